"""Finding persons and companies by any part of what they are called (T13), in order of their names, paged by key.

A common part of a name is found by reading the name index from the top; a rare one by trigrams. Both are
bounded, so that a million persons are searched as fast as a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.name_pages import after, beginning, few, read, written
from contacts.person import Employment, Person
from contacts.phones import dialled
from core.fold import fold
from core.search import escape_like, rows_with

Found = TypeVar("Found", Person, Company)
#: Names read from the index before trigrams are asked.
SCANNED = 3000
MOST = 500
#: So many are put in order at once.
FEW = 2000
#: As many as are looked at where only some of those who fit are wanted.
NARROWED = 20_000


@dataclass(frozen=True, slots=True)
class Names(Generic[Found]):
    """One page of persons or companies, and the cursor of what follows."""

    rows: Sequence[Found]
    next: str | None


def search_persons(
    db: Session, query: str = "", *, cursor: str = "", limit: int = 50, to_be_completed: bool | None = None,
    company: Company | None = None, binned: bool = False, restricted: bool | None = False, where: Sequence[ColumnElement[bool]] = (),
) -> Names[Person]:
    """Living persons (or those in the bin) by any part of name, address, company or customer number, a phone number in any
    spelling; ``where`` narrows (T14). ``restricted``: None finds those whose data may not be used too, True them alone; for admins."""
    conditions: list[ColumnElement[bool]] = [
        Person.merged_into_id.is_(None), _masked(binned, restricted)]
    if to_be_completed is not None:
        completed: ColumnElement[bool] = Person.to_be_completed.expression
        conditions.append(completed if to_be_completed else ~completed)
    if company is not None:
        conditions.append(exists().where(Employment.person_id == Person.id, Employment.company_id == company.id,
                                         Employment.ended_on.is_(None)))
    return _search(db, Person, "person_search", query, conditions, cursor, limit, where)


def _masked(binned: bool, restricted: bool | None) -> ColumnElement[bool]:
    if restricted is None:
        return or_(Person.binned_at.is_(None), Person.restricted_at.is_not(None))
    if restricted:
        return Person.restricted_at.is_not(None)
    return and_(Person.binned_at.is_not(None), Person.restricted_at.is_(None)) if binned else Person.binned_at.is_(None)


def search_companies(
    db: Session, query: str = "", *, cursor: str = "", limit: int = 50, binned: bool = False,
    where: Sequence[ColumnElement[bool]] = (),
) -> Names[Company]:
    """Companies (or those in the bin) by any part of name, organisation number, phone, website or domain."""
    condition = Company.binned_at.is_not(None) if binned else Company.binned_at.is_(None)
    return _search(db, Company, "company_search", query, [condition], cursor, limit, where)


def count_persons(db: Session, *, to_be_completed: bool | None = None, most: int = 1000) -> int | None:
    """How many living persons there are; None where they are more than is worth counting."""
    query = select(Person.id).where(Person.merged_into_id.is_(None), Person.binned_at.is_(None))
    if to_be_completed is not None:
        query = query.where(Person.to_be_completed if to_be_completed else ~Person.to_be_completed)
    found = db.scalar(select(func.count()).select_from(query.limit(most + 1).subquery())) or 0
    return found if found <= most else None


def _search(
    db: Session, kind: type[Found], table: str, query: str, conditions: list[ColumnElement[bool]], cursor: str, limit: int,
    where: Sequence[ColumnElement[bool]],
) -> Names[Found]:
    query, conditions = dialled(query) or query, [*conditions, *where]
    base = select(kind).where(*conditions, *after(kind, read(cursor))).order_by(kind.order_key, kind.id).limit(limit + 1)
    terms = fold(query[:200]).split()
    if not terms:
        rows = _narrowed(db, kind, conditions, cursor, limit) if where else db.scalars(base).all()
    elif max(map(len, terms)) < 3:
        rows = beginning(db, kind, terms[0], conditions, cursor, limit)
    else:
        rows = _from_the_top(db, kind, terms, conditions, cursor, limit)
        if len(rows) <= limit:
            found = kind.id.in_(rows_with(db, table, query, most=NARROWED if where else MOST))
            rows = db.scalars(base.where(found) if where else few(kind, [*conditions, found], cursor, limit)).all()
    more = len(rows) > limit
    return Names(rows[:limit], written(rows[limit - 1]) if more else None)


def _from_the_top(
    db: Session, kind: type[Found], terms: Sequence[str], conditions: list[ColumnElement[bool]], cursor: str, limit: int,
) -> Sequence[Found]:
    """Matches among the next names in order: enough of them when the term is common."""
    names = select(kind.id, kind.sort_name).where(*after(kind, read(cursor))).order_by(
        kind.order_key, kind.id).limit(SCANNED).subquery()
    fits = [names.c.sort_name.like(f"%{escape_like(term)}%", escape="\\") for term in terms]
    ids: Select[Any] = select(names.c.id).where(*fits).limit(4 * (limit + 1))
    return db.scalars(select(kind).where(kind.id.in_(ids.scalar_subquery()), *conditions).order_by(
        kind.order_key, kind.id).limit(limit + 1)).all()


def _narrowed(
    db: Session, kind: type[Found], conditions: list[ColumnElement[bool]], cursor: str, limit: int,
) -> Sequence[Found]:
    """Those who meet conditions: where they are few, they are found by the conditions' own indexes and put in order; where they are
    many, the names are gone through in order until a page is full."""
    ids = db.scalars(select(kind.id).where(*conditions).limit(FEW + 1)).all()
    if len(ids) <= FEW:
        return db.scalars(few(kind, [kind.id.in_(ids)], cursor, limit)).all()
    meant = func.coalesce(and_(true(), *conditions), false())
    return db.scalars(select(kind).where(meant, *after(kind, read(cursor))).order_by(kind.order_key, kind.id).limit(limit + 1)).all()
