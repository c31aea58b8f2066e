"""What speaks for two persons of the register being one, and what against it: one clue a sentence, with its points.

The measures are those by which a stranger is held against the register (:mod:`contacts.likeness`, :mod:`rules.matching`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contacts.identifying import evidence
from contacts.likeness import MIDDLING, SMALL, addresses_alike
from contacts.phones import is_mobile
from contacts.stranger import Known
from core.fold import fold
from core.i18n import N_
from rules.hearing import keys
from rules.matching import PARTLY, compare
from rules.role_words import is_role

Clue = dict[str, Any]
#: Points from which two are worth showing: as likely as not one human.
THRESHOLD = 45
#: Addresses of each that are compared.
MOST_ADDRESSES = 6


@dataclass(frozen=True, slots=True)
class Candidates:
    """Two who are to be compared (the lesser id first). ``within``: so many at their company carry the name; ``rare``: a word of
    it hardly anybody else has."""

    one: int
    other: int
    within: int = 0
    rare: bool = False


@dataclass(slots=True)
class Around:
    """What is known of a lot of persons together: carriers of a name by its key, companies with their names and how many work
    there, holders of a phone."""

    carriers: dict[str, int] = field(default_factory=dict)
    companies: dict[int, tuple[str, int]] = field(default_factory=dict)
    phone_holders: dict[str, int] = field(default_factory=dict)


def pair_clues(one: Known, other: Known, how: Candidates, around: Around) -> list[Clue]:
    """Every clue, the strongest first; none where nothing but the name's opposite is known."""
    addresses, phones = list(_addresses(one, other)), list(_phones(one, other, around))
    name = _name(one, other, how, around)
    colleagues = name is not None and name["points"] < PARTLY and not addresses
    clues = [*([name] if name else ()), *_rare(name, how), *addresses, *phones, *(() if colleagues else _company(one, other, around)),
             *_number(one, other), *_language(one, other)]
    return sorted(clues, key=lambda clue: -int(clue["points"]))


def _name(one: Known, other: Known, how: Candidates, around: Around) -> Clue | None:
    """A name is held to be one person's within a company (C17): there only its carriers count."""
    if not (one.name and other.name):
        return None
    shared = [around.carriers.get(key, 2) for key in keys(one.name) & keys(other.name)]
    found = compare(one.name, other.name, how.within or (min(shared) if shared else 2))
    return evidence("name", found.points, found.message) if found.points else None


def _rare(name: Clue | None, how: Candidates) -> Iterator[Clue]:
    if how.rare and name is not None and name["points"] >= 20:
        yield evidence("rare", 14, N_("Hardly anybody else in the register has this name"))


def _addresses(one: Known, other: Known) -> Iterator[Clue]:
    """The most that an address of one has in common with an address of the other."""
    names = f"{one.name} {other.name}"
    told = [(*_common(mine, theirs, names), theirs) for mine in one.emails[:MOST_ADDRESSES] for theirs in other.emails[:MOST_ADDRESSES]]
    points, said, address = max(told, default=(0, "", ""))
    if points:
        yield evidence("address", points, said, address=address)


def _common(mine: str, theirs: str, names: str) -> tuple[int, str]:
    if mine != theirs:
        return addresses_alike(mine, theirs, names)
    if is_role(mine.rpartition("@")[0]):
        return 8, N_("Both have %(address)s, behind which many may stand")
    return 36, N_("Both have or had %(address)s")


def _phones(one: Known, other: Known, around: Around) -> Iterator[Clue]:
    shared = set(one.phones) & set(other.phones)
    if shared:
        mobile, holders = any(map(is_mobile, shared)), min(around.phone_holders.get(number, 2) for number in shared)
        if holders > 2:
            yield evidence("phone", 14 if holders < 4 else 6, N_("Same telephone number, which others have too"))
        else:
            yield evidence("phone", *((26, N_("Same mobile number")) if mobile else (22, N_("Same telephone number"))))
    elif any(map(is_mobile, one.phones)) and any(map(is_mobile, other.phones)):
        yield evidence("phone", -4, N_("Another mobile number"))


def _company(one: Known, other: Known, around: Around) -> Iterator[Clue]:
    shared = [around.companies[company] for company in one.companies & other.companies if company in around.companies]
    if shared:
        name, people = min(shared, key=lambda company: company[1])
        points = 26 if people <= SMALL else 22 if people <= MIDDLING else 18
        yield evidence("company", points, N_("Same company, %(company)s"), company=name)
    elif one.companies and other.companies:
        yield evidence("company", -4, N_("Another company"))


def _number(one: Known, other: Known) -> Iterator[Clue]:
    if one.number and other.number and fold(one.number) != fold(other.number):
        yield evidence("number", -14, N_("Another customer number"))


def _language(one: Known, other: Known) -> Iterator[Clue]:
    if one.language and other.language:
        same = one.language == other.language
        yield evidence("language", 2 if same else -2, N_("Same language") if same else N_("Another language"))
