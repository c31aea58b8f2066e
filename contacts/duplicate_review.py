"""Looking at pairs who may be one: the likeliest first, saying that they are two, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, contains_eager

from contacts.agent import Agent
from contacts.duplicate_pair import DuplicatePair
from contacts.facts import PersonsToldApart
from contacts.merge import NotTheSame
from contacts.person import Person
from core.database import take_turns
from core.errors import Unknown
from core.history import record
from core.i18n import N_

#: Up to which the open pairs are counted.
MOST = 1000
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of pairs, and the place (points, id) of its last where more follow."""

    pairs: Sequence[DuplicatePair]
    next: Place | None


def open_pairs(db: Session, *, after: Place | None = None, limit: int = 20, person: Person | None = None) -> Leaf:
    """Pairs of living persons that nobody has looked at, the likeliest first; of one person where one is given (S57)."""
    rows = db.scalars(open_pairs_query(after=after, person=person).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Leaf(rows[:limit], (last.points, last.id) if last is not None else None)


def open_pairs_query(*, after: Place | None = None, person: Person | None = None) -> Select[DuplicatePair]:
    """The pairs of a page and of all that follow, in their order."""
    query = _open(person.id if person is not None else None).order_by(DuplicatePair.points.desc(), DuplicatePair.id.desc())
    return query if after is None else query.where(tuple_(DuplicatePair.points, DuplicatePair.id) < after)


def count_open(db: Session, person: Person | None = None) -> int | None:
    """How many there are; None where they are more than is worth counting."""
    found = db.scalar(_counted(person is not None), {"person": person.id} if person is not None else {}) or 0
    return found if found <= MOST else None


def pair_called(db: Session, uid: str) -> DuplicatePair:
    """The pair with this uid. Raises Unknown, also where one of the two is deleted or merged by now."""
    pair = db.scalar(select(DuplicatePair).where(DuplicatePair.uid == uid))
    if pair is None or not (pair.person.living and pair.other.living):
        raise Unknown(N_("There is no such pair any more."))
    return pair


def tell_apart(db: Session, pair: DuplicatePair, *, by: Agent) -> None:
    """They are two persons: remembered, also by the next scan. Saying it twice is saying it once."""
    take_turns(db, f"pair {pair.person_id} {pair.other_id}")
    if db.get(NotTheSame, (pair.person_id, pair.other_id)) is None:
        db.add(NotTheSame(person_id=pair.person_id, other_id=pair.other_id, by_uid=by.uid))
        record(db, PersonsToldApart(pair.person.uid, pair.other.uid), by=by.uid)
    pair.state = "two"
    db.flush()


def take_back(db: Session, pair: DuplicatePair, *, by: Agent) -> None:
    """They may be one after all."""
    row = db.get(NotTheSame, (pair.person_id, pair.other_id))
    if row is not None:
        db.delete(row)
        record(db, PersonsToldApart(pair.person.uid, pair.other.uid, taken_back=True), by=by.uid)
    pair.state = "open"
    db.flush()


@cache
def _counted(of_one: bool) -> Select[int]:
    """The question for how many, built once: every card of a person asks it."""
    whose: ColumnElement[int] | None = bindparam("person") if of_one else None
    return select(func.count()).select_from(_open(whose).with_only_columns(DuplicatePair.id).limit(MOST + 1).subquery())


def _open(person: ColumnElement[int] | int | None) -> Select[DuplicatePair]:
    one, other = aliased(Person), aliased(Person)
    query = select(DuplicatePair).join(one, one.id == DuplicatePair.person_id).join(other, other.id == DuplicatePair.other_id).where(
        DuplicatePair.state == "open", one.binned_at.is_(None), one.merged_into_id.is_(None), other.binned_at.is_(None),
        other.merged_into_id.is_(None)).options(contains_eager(DuplicatePair.person.of_type(one)), contains_eager(DuplicatePair.other.of_type(other)))
    if person is not None:
        query = query.where(or_(DuplicatePair.person_id == person, DuplicatePair.other_id == person))
    return query
