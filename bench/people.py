"""Invented people at invented companies: the same number is always the same person."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.words import LANGUAGES

COLLEAGUES = 20
"""So many persons, numbered in a row, work at one company."""

NEWCOMERS = 50_000_000
"""Persons from this number on are in no fill: whoever sees them, sees them for the first time."""

FIRST = (
    "Anna", "Bjørn", "Camilla", "Dagny", "Erik", "Freja", "Gunnar", "Hanne", "Ingrid", "Jørgen", "Karin", "Lars",
    "Mette", "Niels", "Oda", "Per", "Ragnhild", "Søren", "Tove", "Ulla", "Viggo", "Wenche", "Yngve", "Åse", "Ærø",
    "Øystein", "Kåre", "Märta", "Göran", "Sigrid", "Torbjørn", "Astrid", "Henrik", "Johan", "Magnus", "Emma", "Oliver",
    "Grace", "James", "Priya", "Ahmed", "Zofia", "Mateusz", "Leila", "Nikolaj", "Amalie", "Sverre", "Solveig",
)  # fmt: skip

LAST = (
    "Hansen", "Johansen", "Nielsen", "Jensen", "Andersson", "Lindqvist", "Bergström", "Sørensen", "Rasmussen",
    "Kristoffersen", "Haugland", "Nygård", "Østergaard", "Ågren", "Dahl", "Moen", "Solberg", "Lund", "Vestergaard",
    "Holmberg", "Öberg", "Strand", "Bakke", "Krogh", "Thorsen", "Eriksson", "Smith", "Brown", "Taylor", "Kowalska",
    "Haddad", "Sharma", "Mikkelsen", "Fossum", "Granlund", "Sjöberg", "Myhre", "Skov", "Frandsen", "Ødegaard",
)  # fmt: skip

FARMS = (
    "Hanse", "Berg", "Lind", "Nor", "Sønder", "Vester", "Øster", "Knud", "Tor", "Grøn", "Storm", "Ulv", "Ek", "Gran",
    "Bjørke", "Asker", "Fale", "Mose", "Hede", "Klit", "Vin", "Steen", "Sand", "Brat", "Lang", "Kvam", "Hov", "Rev",
)  # fmt: skip
PLACES = ("tvedt", "gård", "strøm", "vik", "dal", "rud", "stad", "by", "holm", "skov", "mark", "nes", "haug", "lid", "sæter")

STEMS = ("nord", "fjord", "bak", "skov", "hav", "berg", "sol", "strand", "lind", "vest", "ost", "dal", "elv", "mark")
ENDS = ("byg", "kraft", "data", "handel", "frakt", "teknik", "mat", "marine", "energi", "papir", "logistikk", "lys")


@dataclass(frozen=True, slots=True)
class Human:
    """One invented human: a number, a name, an address, a language and the company's name."""

    number: int
    name: str
    address: str
    language: str
    company: str


def human(number: int) -> Human:
    """The person with this number; two in five have a family name of a farm, of which there are many."""
    random = Random(number)
    first, last = random.choice(FIRST), random.choice(LAST)
    if random.random() < 0.4:
        last = random.choice(FARMS) + random.choice(PLACES)
    company = company_of(number)
    address = f"{_plain(first)}.{_plain(last)}{number}@{company}.example"
    return Human(number, f"{first} {last}", address, random.choice(LANGUAGES), company)


def company_of(number: int) -> str:
    """The company at which a person works, as the first label of its domain."""
    place = number // COLLEAGUES
    stem, end = STEMS[place % len(STEMS)], ENDS[place // len(STEMS) % len(ENDS)]
    return f"{stem}{end}-{place // (len(STEMS) * len(ENDS))}"


def colleague_of(number: int, random: Random) -> int:
    """Another person of the same company."""
    step = random.randint(1, COLLEAGUES - 1)
    return number - number % COLLEAGUES + (number % COLLEAGUES + step) % COLLEAGUES


def _plain(name: str) -> str:
    table = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe"})
    return name.lower().translate(table)
