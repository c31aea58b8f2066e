"""Invented people of the north, some names far more common than others, as in a real register.

First names are the usual ones of five countries over sixty years, with those of people who moved there. Family names are
put together here: a father's name with its ending, two words of a landscape as Swedes took them, a farm of Norway or
Denmark, a Finnish stem with *-nen* or *-la*. None of this was taken from the matcher's tables, nor they from it: short
forms are made by rule (``short``), spellings by what keyboards and clerks do (``respelt``).
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random

WOMEN = (
    "Inger", "Anne", "Marit", "Astrid", "Kirsten", "Gerd", "Bente", "Hilde", "Turid", "Randi", "Wenche", "Tone", "Silje", "Ingvild",
    "Marte", "Sunniva", "Tuva", "Nora", "Thea", "Frida", "Birgitta", "Margareta", "Ulla", "Gunilla", "Anette", "Ylva", "Lovisa",
    "Elsa", "Alva", "Saga", "Moa", "Tyra", "Linnéa", "Åsa", "Annika", "Helle", "Lone", "Jette", "Dorthe", "Pia", "Vibeke", "Tove",
    "Mette", "Rikke", "Signe", "Freja", "Laerke", "Karoline", "Ditte", "Aino", "Tuula", "Ritva", "Päivi", "Sirpa", "Outi", "Heidi",
    "Satu", "Kaisu", "Guðrún", "Sigríður", "Hildur", "Katrín", "Agnieszka", "Fatima", "Amina", "Nadia", "Layla", "Olena", "Thi",
    "Marie Louise", "Anne Grete", "Inger Johanne", "Ann-Sofie", "Liv Marit", "Anna-Karin", "Eva", "Julie", "Emma", "Sara", "Maria",
)  # fmt: skip
MEN = (
    "Jan", "Per", "Bjørn", "Ole", "Kjell", "Arne", "Svein", "Terje", "Odd", "Geir", "Tor", "Morten", "Thomas", "Øyvind", "Trond", "Eirik",
    "Håkon", "Sondre", "Magnus", "Jonas", "Sverre", "Lars", "Anders", "Mikael", "Karl", "Göran", "Lennart", "Åke", "Stig", "Rolf",
    "Fredrik", "Oskar", "Viggo", "Elias", "Hugo", "Jens", "Peter", "Søren", "Niels", "Hans", "Jørgen", "Henrik", "Flemming", "Torben",
    "Bent", "Kaj", "Mads", "Rasmus", "Esben", "Juhani", "Matti", "Timo", "Kari", "Antti", "Jukka", "Pekka", "Heikki", "Esko", "Jón",
    "Sigurður", "Guðmundur", "Einar", "Þór", "Mateusz", "Ahmed", "Mohammed", "Ali", "Hassan", "Viktor", "Andrij", "Minh", "Nils Petter",
    "Jan Erik", "Ole Martin", "Carl-Johan", "Hans Christian", "Lars-Göran", "Alexander", "Daniel", "Kristian", "Espen", "Vidar",
)  # fmt: skip
FATHERS = (
    "Han", "Johan", "Ol", "Lar", "Ander", "Peder", "Nil", "Kristian", "Jen", "Karl", "Pettersen"[:5], "Erik", "Berg", "Haug", "Hag",
    "Johannes", "Andrea", "Jacob", "Halvor", "Svend", "Thor", "Sør", "Rasmus", "Jørg", "Mad", "Poul", "Christoffer", "Knud", "Mort",
    "Laurit", "Mogen", "Math", "Bjørn", "Gunnar", "Sigurd", "Ein", "Iver", "Tobia", "Abraham", "Isak", "Gust", "Magnu", "Håkan",
)  # fmt: skip
LAND = (
    "Berg", "Lind", "Sand", "Ny", "Ek", "Söder", "Öst", "Väster", "Norr", "Hög", "Löv", "Sjö", "Holm", "Ström", "Björk", "Ceder",
    "Hall", "Hed", "Dal", "Åker", "Äng", "Fors", "Grön", "Blom", "Lund", "Sten", "Palm", "Ros", "Stål", "Wester", "Engel", "Frid",
)  # fmt: skip
ENDS = ("ström", "qvist", "gren", "berg", "lund", "man", "mark", "dahl", "stedt", "blad", "roth", "vall", "borg", "fors", "ö", "strand", "ell", "ing")
FARMS = (
    "Hauge", "Sol", "Nord", "Sør", "Bakke", "Myr", "Moe", "Rø", "Strøm", "Vik", "Lille", "Store", "Øvre", "Ned", "Brek", "Kvit", "Svart",
    "Hell", "Tveit", "Gjer", "Hov", "Sætre", "Skog", "Furu", "Gran", "Aas", "Ager", "Kirke", "Bro", "Ladefoged"[:4], "Damm", "Møll",
    "Kjær", "Toft", "Sønder", "Nørre", "Vester", "Øster", "Bæk", "Hede", "Krog", "Ravn", "Ulv", "Bjør", "Fals", "Vind", "Ask",
)  # fmt: skip
PLACES = ("land", "vold", "seth", "mo", "gaard", "holt", "bø", "haugen", "eng", "lien", "rud", "støl", "heim", "nes", "dal", "vang", "sen", "feldt", "bye")
FINNISH = ("Korho", "Virta", "Mäki", "Niemi", "Laiti", "Heikki", "Koski", "Järvi", "Lehto", "Saari", "Salo", "Turu", "Ranta", "Kallio", "Aho", "Hako")
FINNS = ("nen", "la", "lä", "inen", "")
ELSE = ("Nguyen", "Ahmed", "Khan", "Nowak", "Kowalczyk", "Hussain", "Ali", "Petrenko", "Shevchuk", "Osman", "Silva", "Smith", "Walker", "Novák")
#: How much more common the first of a list is than the rest. Two people then have one first name in a hundred and fifty and one
#: last name in four hundred: rather more often than in Norway, less often than in Denmark.
STEEP_FIRST, STEEP_LAST = 0.25, 0.7


class Names:
    """Draws names: the same seed draws the same."""

    def __init__(self) -> None:
        shuffled = Random(11)
        self.first = [*WOMEN, *MEN]
        shuffled.shuffle(self.first)
        patronymics = [father + end for end in ("sen", "sson", "son") for father in FATHERS]
        made = [a + b for a in LAND for b in ENDS] + [a + b for a in FARMS for b in PLACES] + [a + b for a in FINNISH for b in FINNS]
        shuffled.shuffle(made)
        self.last = [*patronymics[:43], *ELSE, *patronymics[43:], *made]
        self.of_first, self.of_last = _steps(len(self.first), STEEP_FIRST), _steps(len(self.last), STEEP_LAST)

    def draw(self, random: Random) -> tuple[str, str]:
        """A first and a last name; one in nine has two family names."""
        first, last = _pick(self.first, self.of_first, random), _pick(self.last, self.of_last, random)
        if random.random() < 0.11:
            first, last = (f"{first} {_pick(self.last, self.of_last, random)}", last)
        return first, last

    def family(self, random: Random) -> str:
        """A family name."""
        return _pick(self.last, self.of_last, random)


def _steps(n: int, steep: float) -> list[float]:
    return list(accumulate(1 / (rank + 4) ** steep for rank in range(n)))


def _pick(names: list[str], steps: list[float], random: Random) -> str:
    return names[bisect(steps, random.random() * steps[-1])]


def latin(name: str, random: Random) -> str:
    """As a keyboard without the letters writes it."""
    ways = (("ø", "oe", "o"), ("å", "aa", "a"), ("æ", "ae", "ae"), ("ö", "oe", "o"), ("ä", "ae", "a"), ("é", "e", "e"), ("ú", "u", "u"), ("í", "i", "i"),
            ("ó", "o", "o"), ("ð", "d", "d"), ("þ", "th", "th"), ("á", "a", "a"))
    way = random.choice((1, 2))
    for entry in ways:
        name = name.replace(entry[0], entry[way]).replace(entry[0].upper(), entry[way].title())
    return name


def respelt(name: str, random: Random) -> str:
    """As a clerk hears it: one letter or ending another way."""
    ways = [(a, b) for a, b in (("sen", "son"), ("sson", "sen"), ("k", "c"), ("c", "k"), ("th", "t"), ("t", "th"), ("qv", "kv"), ("qv", "qu"),
                                ("w", "v"), ("v", "w"), ("ks", "x"), ("ph", "f"), ("f", "ph"), ("s", "z"), ("nn", "n"), ("ll", "l"), ("dal", "dahl"),
                                ("aa", "å"), ("gaard", "gård"), ("ei", "ej")) if a in name.lower()[1:]]
    if not ways:
        return name
    a, b = random.choice(ways)
    return name[0] + name[1:].replace(a, b, 1)


def mistyped(word: str, random: Random) -> str:
    """One slip of the finger: a letter left out, doubled, or two turned round."""
    at = random.randrange(1, max(2, len(word) - 1))
    slip = random.randrange(3)
    if slip == 0:
        return word[:at] + word[at + 1:]
    return word[:at] + (word[at] * 2 + word[at + 1:] if slip == 1 else word[at:at + 2][::-1] + word[at + 2:])


def short(first: str, random: Random) -> str:
    """What friends say: cut at the second consonant, with an ending of the country."""
    vowels = [n for n, letter in enumerate(first) if letter.lower() in "aeiouyæøåäö"]
    cut = next((n for n in range(vowels[0] + 1, len(first)) if n not in vowels), len(first)) + 1 if vowels else len(first)
    return first[:cut] + random.choice(("e", "an", "is", "a", ""))
