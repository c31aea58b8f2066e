"""Finding persons and companies by any part of what they are called (T13), in order of their names, paged by key.

A common part of a name is found by reading the name index from the top; a rare one by trigrams. Both are
bounded, so that a million persons are searched as fast as a thousand.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.person import Employment, Person
from core.database import LARGEST_ID
from core.errors import Refused
from core.fold import fold
from core.search import escape_like, rows_with

Found = TypeVar("Found", Person, Company)
#: Names read from the index before trigrams are asked.
SCANNED = 3000
MOST = 500
_NUMBER = re.compile(r"\+?\d[\d\s().-]{3,30}\d")
_SEPARATED = re.compile(r"[\s().-]+")


@dataclass(frozen=True, slots=True)
class Names(Generic[Found]):
    """One page of persons or companies, and the cursor of what follows."""

    rows: Sequence[Found]
    next: str | None


def search_persons(
    db: Session, query: str = "", *, cursor: str = "", limit: int = 50, to_be_completed: bool | None = None,
    company: Company | None = None, binned: bool = False,
) -> Names[Person]:
    """Living persons (or those in the bin) by any part of name, address, company or customer number."""
    conditions: list[ColumnElement[bool]] = [
        Person.merged_into_id.is_(None), Person.binned_at.is_not(None) if binned else Person.binned_at.is_(None)]
    if to_be_completed is not None:
        completed: ColumnElement[bool] = Person.to_be_completed.expression
        conditions.append(completed if to_be_completed else ~completed)
    if company is not None:
        conditions.append(exists().where(Employment.person_id == Person.id, Employment.company_id == company.id,
                                         Employment.ended_on.is_(None)))
    if _NUMBER.fullmatch(query.strip()):        # a phone number is found however it is cut into groups
        query = "".join(_SEPARATED.split(query))
    return _search(db, Person, "person_search", query, conditions, cursor, limit)


def search_companies(
    db: Session, query: str = "", *, cursor: str = "", limit: int = 50, binned: bool = False,
) -> Names[Company]:
    """Companies (or those in the bin) by any part of name, organisation number or website."""
    condition = Company.binned_at.is_not(None) if binned else Company.binned_at.is_(None)
    return _search(db, Company, "company_search", query, [condition], cursor, limit)


def count_persons(db: Session, *, to_be_completed: bool | None = None, most: int = 1000) -> int | None:
    """How many living persons there are; None where they are more than is worth counting."""
    query = select(Person.id).where(Person.merged_into_id.is_(None), Person.binned_at.is_(None))
    if to_be_completed is not None:
        query = query.where(Person.to_be_completed if to_be_completed else ~Person.to_be_completed)
    found = db.scalar(select(func.count()).select_from(query.limit(most + 1).subquery())) or 0
    return found if found <= most else None


def _search(
    db: Session, kind: type[Found], table: str, query: str, conditions: list[ColumnElement[bool]], cursor: str, limit: int,
) -> Names[Found]:
    base = select(kind).where(*conditions, *_after(kind, cursor)).order_by(kind.sort_name, kind.id).limit(limit + 1)
    terms = fold(query[:200]).split()
    if not terms:
        rows = db.scalars(base).all()
    elif max(map(len, terms)) < 3:
        rows = db.scalars(base.where(kind.sort_name >= terms[0], kind.sort_name < terms[0] + "\U0010ffff")).all()
    else:
        rows = _from_the_top(db, kind, terms, conditions, cursor, limit)
        if len(rows) <= limit:
            rows = db.scalars(base.where(kind.id.in_(rows_with(db, table, query, most=MOST)))).all()
    more = len(rows) > limit
    return Names(rows[:limit], _write(rows[limit - 1]) if more else None)


def _from_the_top(
    db: Session, kind: type[Found], terms: Sequence[str], conditions: list[ColumnElement[bool]], cursor: str, limit: int,
) -> Sequence[Found]:
    """Matches among the next names in order: enough of them when the term is common."""
    names = select(kind.id, kind.sort_name).where(*_after(kind, cursor)).order_by(
        kind.sort_name, kind.id).limit(SCANNED).subquery()
    fits = [names.c.sort_name.like(f"%{escape_like(term)}%", escape="\\") for term in terms]
    ids: Select[Any] = select(names.c.id).where(*fits).limit(4 * (limit + 1))
    return db.scalars(select(kind).where(kind.id.in_(ids.scalar_subquery()), *conditions).order_by(
        kind.sort_name, kind.id).limit(limit + 1)).all()


def _after(kind: type[Found], cursor: str) -> list[ColumnElement[bool]]:
    if not cursor:
        return []
    try:
        name, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(last) is not int or not 0 < last <= LARGEST_ID or b"\0" in name.encode():
            raise ValueError(last)
        return [tuple_(kind.sort_name, kind.id) > (name, last)]
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("This page of the list is not there any more. Start from the top.") from error


def _write(last: Person | Company) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.sort_name, last.id]).encode()).decode().rstrip("=")
