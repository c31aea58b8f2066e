"""Letters that name one person, made with where they do: every letter of a text knows which mention it is part of, if of any."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from random import Random
from unicodedata import normalize

from bench.identification.names import Names, latin
from bench.redaction.sentences import CLOSING, FORWARDED, NAMING, OPENING, QUOTED, SEEMING
from rules.redaction import Aliases

SLOT = re.compile(r"\{(\w)\}")
STREETS = {"nb": ("Fjellveien", "Parkgata", "Nedre Torggate", "Kvartsveien"), "da": ("Nygade", "Åboulevarden", "Møllevej", "Søndergade"), "sv": ("Storgatan", "Östra Hamngatan", "Björkvägen", "Kungsgatan"),
           "en": ("Fjellveien", "Nygade", "Storgatan", "Parkgata")}
TIER = {"A": 1, "T": 1, "K": 1, "N": 2, "G": 2, "S": 2, "F": 3, "L": 3}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is looked for."""

    first: str
    last: str
    language: str
    aliases: Aliases


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names the person; ``tier`` as it is told there."""

    start: int
    end: int
    tier: int


@dataclass(frozen=True, slots=True)
class Case:
    """One letter; ``near`` where the person takes part, ``others`` who else does."""

    person: Person
    text: str
    markup: bool
    near: bool
    others: tuple[str, ...]
    mentions: tuple[Mention, ...]


def cases(n: int, seed: int, names: Names | None = None) -> list[Case]:
    """So many letters; the same seed makes the same."""
    random, names = Random(seed), names or Names()
    found: list[Case] = []
    while len(found) < n:
        person = _person(names, random)
        found += [_letter(person, names, random) for _ in range(4)]
    return found[:n]


def _person(names: Names, random: Random) -> Person:
    first, last = names.draw(random)
    language = random.choice(("nb", "da", "sv", "en"))
    held = [(first, last)] + ([(first, names.family(random))] if random.random() < 0.15 else [])
    local = latin(first.split()[0], Random(1)).lower().replace("-", "")
    tail = latin(last.split()[-1], Random(1)).lower()
    domain = random.choice(("firma.example", "fjord.example", "gmail.com", "nordlys.example", "kommune.example"))
    addresses = (random.choice((f"{local}.{tail}@{domain}", f"{local[0]}{tail}@{domain}", f"{tail}{random.randrange(50, 99)}@{domain}", f"{local}_{tail}@{domain}")),)
    figures = "".join(random.choice("23456789") for _ in range(7))
    phone = {"nb": f"+474{figures}", "da": f"+452{figures}", "sv": f"+4670{figures}", "en": f"+479{figures}"}[language]
    number = random.choice((f"K-{random.randrange(10_000, 99_999)}", f"{random.randrange(200_000, 999_999)}", f"NO{random.randrange(1000, 9999)}"))
    street = f"{random.choice(STREETS[language])} {random.randrange(1, 120)}"
    return Person(first, last, language, Aliases(names=tuple(held), addresses=addresses, phones=(phone,), numbers=(number,), places=(street,)))


def _letter(person: Person, names: Names, random: Random) -> Case:
    spoken = person.language if random.random() < 0.9 else random.choice(("nb", "da", "sv", "en"))
    near = random.random() < 0.6
    writer = _Writer(person, names, random, near=near)
    writer.told(random.choice(OPENING[spoken]) + "\n\n")
    for _ in range(random.randrange(2, 7)):
        writer.told(random.choice((NAMING if random.random() < 0.55 else SEEMING)[spoken]) + random.choice((" ", " ", "\n", "\n\n")))
    writer.told("\n\n" + random.choice(CLOSING[spoken]) + "\n")
    way = random.random()
    if way < 0.3:
        begins = len(writer.letters)
        writer.told("\n" + QUOTED[spoken] + "\n")
        quoted = len(writer.letters)
        writer.told(f"{random.choice(OPENING[spoken])}\n{random.choice(NAMING[spoken])} {random.choice(SEEMING[spoken])} {random.choice(NAMING[spoken])}\n{random.choice(CLOSING[spoken])}")
        writer.letters[quoted:] = _quoted(writer.letters[quoted:], random.randrange(28, 70))
        assert begins < quoted
    elif way < 0.5:
        writer.told("\n" + FORWARDED[spoken] + "\n\n" + random.choice(NAMING[spoken]))
    if random.random() < 0.3:
        letters, markup = _page(writer.letters, random), True
    else:
        letters, markup = _disguised(writer.letters, random), False
    return Case(person, "".join(letter for letter, _ in letters), markup, near, tuple(writer.others[:3]), tuple(_mentions(letters, writer.tiers)))


class _Writer:
    """Fills the slots of sentences and remembers, letter by letter, what is whose."""

    def __init__(self, person: Person, names: Names, random: Random, *, near: bool) -> None:
        self.person, self.names, self.random, self.near = person, names, random, near
        self.letters: list[tuple[str, int | None]] = []
        self.tiers: list[int] = []
        self.others = [" ".join(names.draw(random)) for _ in range(3)]

    def told(self, sentence: str) -> None:
        at = 0
        for slot in SLOT.finditer(sentence):
            self._plain(sentence[at:slot.start()])
            if slot[1] in TIER:
                self._mention(slot[1])
            else:
                self._plain(self._anothers(slot[1]))
            at = slot.end()
        self._plain(sentence[at:])

    def _plain(self, text: str) -> None:
        self.letters += [(letter, None) for letter in text]

    def _mention(self, slot: str) -> None:
        text, tier = self._theirs(slot)
        self.letters += [(letter, len(self.tiers)) for letter in text]
        self.tiers.append(tier)

    def _theirs(self, slot: str) -> tuple[str, int]:
        person, random = self.person, self.random
        first, last = person.first, person.last
        if slot == "F":
            return first.split()[0], 3
        if slot == "L":
            return last, 3
        if slot in "NG":
            name = random.choice((f"{first} {last}",) * 6 + (f"{first} {last}".upper(), latin(f"{first} {last}", random), f"{first.split()[0]} {last}", f"{last}, {first}",
                                                              f"{first} {last}".lower(), f"{first[0]}. {last}"))
            return (name + ("'" if name[-1] in "sxzSXZ" else "S" if name.isupper() else random.choice(("s", "s", "'s"))) if slot == "G" else name), 2
        if slot == "A":
            local, _, domain = person.aliases.addresses[0].partition("@")
            return random.choice((f"{local}@{domain}",) * 5 + (f"{local}@{domain}".upper(), f"{local}+nett@{domain}", f"{local}(at){domain}", f"{local} [at] {domain}",
                                                                f"{local}%40{domain}")), 1
        if slot == "T":
            return _phone(person.aliases.phones[0], random), 1
        if slot == "K":
            return random.choice((person.aliases.numbers[0],) * 3 + (person.aliases.numbers[0].replace("-", " "), person.aliases.numbers[0].lower())), 1
        return person.aliases.places[0], 2

    def _anothers(self, slot: str) -> str:
        person, random = self.person, self.random
        other_first, other_last = self.names.draw(random)
        held = {last.split()[-1] for _first, last in person.aliases.names}
        while other_last.split()[-1] in held or other_first.split()[0] == person.first.split()[0]:
            other_first, other_last = self.names.draw(random)
        first, last = person.first.split()[0], person.last.split()[-1]
        return {
            "o": random.choice(self.others), "f": f"{first} {other_last}", "l": f"{other_first} {last}", "d": f"{other_first} {first} {last}",
            "c": random.choice((f"{last} AS", f"{last} Bygg AS", f"{last} & Sønner", f"{first} {last} ApS")), "s": random.choice((f"{last}s gate 4", f"{first} {last}s vei 12", f"{last}sgata 7")),
            "n": random.choice((str(random.randrange(10_000_000, 99_999_999)), f"{random.randrange(10, 99)} {random.randrange(100, 999)} {random.randrange(100, 999)}", f"{random.randrange(1, 9)}.{random.randrange(100, 999)},50")),
        }[slot]


def _phone(number: str, random: Random) -> str:
    country, tail = number[:3], number[3:]
    if len(tail) == 8:
        groups = random.choice((tail, " ".join(tail[at:at + 2] for at in range(0, 8, 2)), f"{tail[:3]} {tail[3:5]} {tail[5:]}", f"{tail[:4]} {tail[4:]}", ".".join(tail[at:at + 2] for at in range(0, 8, 2))))
        return random.choice((groups, f"{country} {groups}", f"00{country[1:]} {groups}", f"({country}) {groups}", f"{country}{groups}"))
    groups = f"{tail[:2]}-{tail[2:5]} {tail[5:7]} {tail[7:]}"
    return random.choice((f"0{groups}", f"{country} {groups.replace('-', ' ')}", f"{country} (0){groups}", f"0{tail}", f"0{tail[:2]}/{tail[2:]}"))


def _quoted(letters: list[tuple[str, int | None]], width: int) -> list[tuple[str, int | None]]:
    """As mail programs quote: marks before each line, long lines broken at a space, also between the words of a name."""
    found: list[tuple[str, int | None]] = [(">", None), (" ", None)]
    column = 0
    for letter, mark in letters:
        if letter == "\n" or (letter == " " and column > width):
            found += [("\n", mark), (">", mark), (" ", mark)]
            column = 0
        else:
            found.append((letter, mark))
            column += 1
    return found


def _disguised(letters: list[tuple[str, int | None]], random: Random) -> list[tuple[str, int | None]]:
    """Hard spaces, accents apart, signs nobody sees: what comes out of decoded mails."""
    way = random.random()
    if way < 0.06:
        return [(normalize("NFD", letter), mark) for letter, mark in letters]
    if way < 0.12:
        return [("\xa0" if letter == " " and mark is not None else letter, mark) for letter, mark in letters]
    if way < 0.16:
        return [(letter + ("\u200b" if mark is not None and letter.isalpha() and random.random() < 0.2 else ""), mark) for letter, mark in letters]
    if way < 0.22:
        return [("\r\n" if letter == "\n" else letter, mark) for letter, mark in letters]
    return letters


def _page(letters: list[tuple[str, int | None]], random: Random) -> list[tuple[str, int | None]]:
    """As HTML: entities, tags within words, lines as breaks or paragraphs."""
    entities, tags = random.random() < 0.4, random.random() < 0.3
    found: list[tuple[str, int | None]] = [(letter, None) for letter in "<html><body><div style='font-family: Calibri'>"]
    for letter, mark in letters:
        told = html.escape(letter)
        if letter == "\n":
            told = "<br>\n" if mark is not None or random.random() < 0.9 else "</div>\n<div>"
        elif entities and not letter.isascii():
            told = letter.encode("ascii", "xmlcharrefreplace").decode()
        elif mark is not None and letter == " " and random.random() < 0.2:
            told = "&nbsp;"
        if tags and mark is not None and letter.isalpha() and random.random() < 0.1:
            told = f"<b>{told}</b>" if random.random() < 0.7 else f"{told}&shy;"
        found.append((told, mark))
    return [*found, *((letter, None) for letter in "</div></body></html>")]


def _mentions(letters: list[tuple[str, int | None]], tiers: list[int]) -> list[Mention]:
    spans: dict[int, tuple[int, int]] = {}
    at = 0
    for letter, mark in letters:
        if mark is not None:
            spans[mark] = (spans.get(mark, (at, at))[0], at + len(letter))
        at += len(letter)
    return [Mention(start, end, tiers[mark]) for mark, (start, end) in spans.items()]
