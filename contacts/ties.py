"""Who is tied to a person or a company, as their card lists it: both ways, what holds and what is past (S44, S51)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, Subquery, exists, or_, select, union
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from contacts.company import Company
from contacts.person import Person
from contacts.relating import Party, parties
from contacts.relation import Relation
from core.clock import now
from core.counting import MOST, upto


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as one of its sides has it: what they are to the ``other``, in the words of the kind."""

    relation: Relation
    words: str
    other: Party
    first: bool


def ties(db: Session, whose: Party, *, past: bool = False, before: int | None = None, limit: int = 50) -> list[Tie]:
    """The latest first: those that hold today or will, or those that are ``past``; ``before`` is the relation a page begins below.

    Not there are those to somebody in the bin, and a merged person's to themselves: an unmerge brings these back.
    """
    day = now().date()
    when = Relation.until < day if past else or_(Relation.until.is_(None), Relation.until >= day)
    found = _both(whose, when, *([Relation.id < before] if before else []), limit=limit)
    rows = db.scalars(select(Relation).options(*_beside()).where(Relation.id.in_(select(found.c.id))).order_by(
        Relation.id.desc()).limit(limit)).all()
    return [seen_from(row, whose) for row in rows]


def ties_of(whose: Party) -> Select[int]:
    """A question: the ids of all there are, past ones too, to a thousand."""
    return select(_both(whose, limit=MOST).c.id)


def count_ties(db: Session, whose: Party) -> int:
    """How many there are, past ones too; counted to a thousand."""
    return db.scalar(select(upto(ties_of(whose)))) or 0


def seen_from(relation: Relation, whose: Party) -> Tie:
    """The relation as this side of it has it."""
    first, second = parties(relation)
    if whose is first:
        return Tie(relation, relation.kind.name, second, True)
    return Tie(relation, relation.kind.reverse, first, False)


def all_ties(db: Session, *, whose: Party | None = None, before: int | None = None, limit: int = 50) -> Sequence[Relation]:
    """Relations of one, or of everybody, past ones too, the latest first."""
    query = select(Relation).options(*_beside()).where(*_shown(), *([Relation.id < before] if before else []))
    if whose is not None:
        found = _both(whose, *([Relation.id < before] if before else []), limit=limit)
        query = select(Relation).options(*_beside()).where(Relation.id.in_(select(found.c.id)))
    return db.scalars(query.order_by(Relation.id.desc()).limit(limit)).all()


def _both(whose: Party, *conditions: ColumnElement[bool], limit: int) -> Subquery:
    """Ids from either side, each read from the end of its own index."""
    columns = (Relation.person_id, Relation.other_person_id) if isinstance(whose, Person) else (
        Relation.company_id, Relation.other_company_id)
    legs = [select(Relation.id).where(column == whose.id, *conditions, *_shown()).order_by(Relation.id.desc()).limit(limit).subquery()
            for column in columns]
    return union(*(select(leg.c.id) for leg in legs)).subquery()


@cache
def _shown() -> list[ColumnElement[bool]]:
    gone = [exists().where(Person.id == column, or_(Person.binned_at.is_not(None), Person.merged_into_id.is_not(None)))
            for column in (Relation.person_id, Relation.other_person_id)]
    gone += [exists().where(Company.id == column, Company.binned_at.is_not(None))
             for column in (Relation.company_id, Relation.other_company_id)]
    return [*(~one for one in gone), or_(
        Relation.person_id.is_(None), Relation.other_person_id.is_(None), Relation.person_id != Relation.other_person_id)]


@cache
def _beside() -> list[ORMOption]:
    return [joinedload(one) for one in (Relation.kind, Relation.person, Relation.company, Relation.other_person, Relation.other_company)]


def holds(relation: Relation, on: date | None = None) -> bool:
    """Whether it holds on a day: today, unless another is named."""
    day = on or now().date()
    return (relation.since or day) <= day <= (relation.until or day)
