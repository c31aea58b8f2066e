"""Which persons of a whole register are worth comparing: those who share an address, a spelling of one, a company, a rare name.

Everybody against everybody would be half a million million comparisons. Each stage reads one index from end to end, a stretch at a
time, and remembers nothing of the stretch before: what it takes does not grow with the register.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, groupby
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from contacts.address import Address, Holding
from contacts.company import Company
from contacts.likeness import addresses_alike
from contacts.name_keys import NameKey
from contacts.pairing import Candidates
from contacts.person import Employment, Person
from rules.hearing import heard
from rules.matching import compare
from rules.role_words import is_role

#: Ids of one stretch.
ADDRESSES, COMPANIES = 50_000, 200
#: Rows of one stretch of an index of texts.
ROWS = 20_000
#: Of more who share something, none is told from the others by it.
MOST_SHARING = 12
#: Letters before the ``@`` that are worth asking for at other domains.
FEWEST_LETTERS = 5
#: People of a company with one last name up to which each is compared with each; of more, those who are called the same.
MOST_OF_A_NAME = 60
#: Carriers of a word of a name up to which it is rare.
RARE = 3
#: Points of a name that are worth a closer look at one company.
WORTH = 8
TOP = "\U0010ffff"


class Stretch(NamedTuple):
    """Who is to be compared; where the next stretch begins (None at the end); and how much of the stage is behind, 0 to 1."""

    found: list[Candidates]
    after: Any
    share: float


def shared_addresses(db: Session, after: Any) -> Stretch:
    """Persons who hold one and the same address or phone."""
    begin, end, share = _ids(db, Address.id, after, ADDRESSES)
    many = select(Holding.address_id).where(Holding.address_id > begin, Holding.address_id <= end).group_by(
        Holding.address_id).having(func.count().between(2, MOST_SHARING))
    rows = db.execute(select(Holding.address_id, Holding.person_id).where(
        Holding.address_id.in_(many), Holding.until.is_(None)).order_by(Holding.address_id)).all()
    return Stretch(_of_groups([person for _a, person in some] for _key, some in groupby(rows, lambda row: row[0])), _on(end, share), share)


def spellings(db: Session, after: Any) -> Stretch:
    """Persons whose addresses are the same but for dots and tags."""
    begin, end, share = _ids(db, Address.id, after, ADDRESSES)
    mine, theirs, other, holding = aliased(Address), aliased(Address), aliased(Holding), aliased(Holding)

    def pairs(same: Any) -> Any:
        return select(holding.person_id, other.person_id).select_from(mine).join(theirs, same).join(
            holding, (holding.address_id == mine.id) & holding.until.is_(None)).join(
            other, (other.address_id == theirs.id) & other.until.is_(None)).where(
            mine.id > begin, mine.id <= end, mine.reduced.is_not(None))

    rows = [*db.execute(pairs((theirs.kind == "email") & (theirs.normalised == mine.reduced))),
            *db.execute(pairs((theirs.reduced == mine.reduced) & (theirs.id < mine.id)))]
    return Stretch(_of_groups(rows), _on(end, share), share)


def same_locals(db: Session, after: Any) -> Stretch:
    """Persons whose addresses begin alike, at different domains."""
    rows = db.execute(select(Address.normalised, Address.id).where(
        Address.kind == "email", Address.normalised > (after or "")).order_by(Address.normalised).limit(ROWS)).all()
    groups, following = _whole(rows, lambda value: value.rpartition("@")[0], "@")
    wanted = [(local, some) for local, some in groups
              if 1 < len(some) <= MOST_SHARING and len(local) >= FEWEST_LETTERS and not is_role(local)]
    holders = _holders(db, [address for _local, some in wanted for address in some])
    groups_of = [(local, {person for address in some for person in holders.get(address, ())}) for local, some in wanted]
    names = _names(db, {person for _local, some in groups_of if len(some) > 1 for person in some})
    return Stretch(_of_groups(pair for local, some in groups_of for pair in combinations(sorted(some), 2) if _telling(local, pair, names)),
                   following, _place(following))


def colleagues(db: Session, after: Any) -> Stretch:
    """People of one company whose names are alike (C17), also if one of them has left."""
    begin, end, share = _ids(db, Company.id, after, COMPANIES)
    rows = db.execute(select(Employment.company_id, Person.id, Person.first_name, Person.last_name).join(
        Person, Person.id == Employment.person_id).where(
        Employment.company_id > begin, Employment.company_id <= end, Person.binned_at.is_(None), Person.merged_into_id.is_(None))).all()
    people: dict[int, dict[int, str]] = {}
    for company, person, first, last in rows:
        people.setdefault(company, {})[person] = f"{first} {last}".strip()
    return Stretch([one for some in people.values() for one in _alike(some)], _on(end, share), share)


def rare_names(db: Session, after: Any) -> Stretch:
    """Persons who share a word of a name that hardly anybody has."""
    rows = db.execute(select(NameKey.key, NameKey.person_id).where(
        NameKey.key > (after or "")).order_by(NameKey.key, NameKey.person_id).limit(ROWS)).all()
    groups, following = _whole(rows, lambda key: key.partition(" ")[0], " ")
    rare = [persons for word, some in groups if len(word) > 1 and 1 < len(persons := set(some)) <= RARE]
    return Stretch(_of_groups(rare, rare=True), following, _place(following))


#: In this order; each with the share of all the work that it is, in hundredths.
STAGES: dict[str, tuple[Callable[[Session, Any], Stretch], int]] = {
    "addresses": (shared_addresses, 10), "spellings": (spellings, 20), "locals": (same_locals, 25), "companies": (colleagues, 25),
    "names": (rare_names, 20)}


def _alike(people: dict[int, str]) -> Iterator[Candidates]:
    """Pairs of one company whose names have something in common, with how many there carry them."""
    words = {person: told for person, name in people.items() if len(told := heard(name)) > 1}
    called: dict[frozenset[str], list[int]] = {}
    blocks: dict[str, list[int]] = {}
    for person, told in words.items():
        called.setdefault(frozenset(told), []).append(person)
        for word in {told[0], told[-1]}:
            blocks.setdefault(word, []).append(person)
    for some in called.values():
        if len(some) <= MOST_OF_A_NAME:
            yield from (Candidates(one, other, within=len(some)) for one, other in combinations(sorted(some), 2))
    seen: set[tuple[int, int]] = set()
    for some in blocks.values():
        for one, other in combinations(sorted(some), 2) if 1 < len(some) <= MOST_OF_A_NAME else ():
            if set(words[one]) != set(words[other]) and (one, other) not in seen:
                seen.add((one, other))
                if compare(people[one], people[other], 2).points >= WORTH:
                    yield Candidates(one, other, within=2)


def _telling(local: str, pair: tuple[int, int], names: dict[int, str]) -> bool:
    """Whether a beginning of addresses says more than the names of the two: every Ole Hansen may be ``ole.hansen@``."""
    if pair[0] not in names or pair[1] not in names:
        return False
    return addresses_alike(f"{local}@a.example", f"{local}@another.example", f"{names[pair[0]]} {names[pair[1]]}")[0] >= WORTH


def _names(db: Session, persons: Collection[int]) -> dict[int, str]:
    """The living among them, with what they are called."""
    ids, found = sorted(persons), {}
    for start in range(0, len(ids), 5000):
        for person, first, last in db.execute(select(Person.id, Person.first_name, Person.last_name).where(
                Person.id.in_(ids[start:start + 5000]), Person.binned_at.is_(None), Person.merged_into_id.is_(None))):
            found[person] = f"{first} {last}".strip()
    return found


def _holders(db: Session, addresses: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for start in range(0, len(addresses), 5000):
        for address, person in db.execute(select(Holding.address_id, Holding.person_id).where(
                Holding.address_id.in_(addresses[start:start + 5000]))):
            found.setdefault(address, []).append(person)
    return found


def _of_groups(groups: Iterable[Collection[int]], *, rare: bool = False) -> list[Candidates]:
    """Each of a group with each other, once."""
    pairs = {pair for some in groups for pair in combinations(sorted(set(some)), 2)}
    return [Candidates(one, other, rare=rare) for one, other in sorted(pairs)]


def _ids(db: Session, column: Any, after: Any, step: int) -> tuple[int, int, float]:
    """A stretch of ids: from (not including), to, and the share behind it."""
    last, begin = db.scalar(select(func.max(column))) or 0, int(after or 0)
    end = begin + step
    return begin, end, 1.0 if end >= last else end / last


def _on(end: int, share: float) -> int | None:
    return None if share >= 1 else end


def _whole(rows: Sequence[Any], of: Callable[[str], str], mark: str) -> tuple[list[tuple[str, list[int]]], str | None]:
    """Rows in groups, without the last, which may go on; and where to go on. A group that fills a whole stretch is passed over."""
    groups = [(key, [row[1] for row in some]) for key, some in groupby(rows, lambda row: of(row[0]))]
    if len(rows) < ROWS:
        return groups, None
    if len(groups) == 1:
        return [], f"{groups[0][0]}{mark}{TOP}"
    kept = len(rows) - len(groups[-1][1])
    return groups[:-1], rows[kept - 1][0]


def _place(following: str | None) -> float:
    """How far in the alphabet: near enough for a line that grows."""
    if following is None:
        return 1.0
    return min(0.99, max(0, ord(following[:1] or "a") - 97) / 26 + max(0, ord(following[1:2] or "a") - 97) / 676)
