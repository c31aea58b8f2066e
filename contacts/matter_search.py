"""Finding sales, campaigns, projects and orders by any part of their words, of an order's number, or of whom they are with.

What is common is found by reading the latest from the top, what is rare by trigrams; both are bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, union
from sqlalchemy.orm import Session

from contacts.matter import Matter
from contacts.matter_kinds import Kind, kind_of
from core.fold import fold
from core.search import LAST, bodies, escape_like, forget, index_substring, rows_with

#: The latest, read from the top; as far as words of one and two letters are looked for.
SCANNED = 3000
#: So many are asked of the trigrams, and so many persons and companies whose name fits.
MOST, CALLED = 20_000, 500


def table_of(kind: Kind) -> str:
    """Where a kind is found."""
    return f"{kind.of}_search"


def index_matter(db: Session, matter: Matter) -> None:
    """Let it be found by what it says now; what is deleted is not found."""
    kind, one = kind_of(matter), matter
    if matter.binned_at is not None:
        return forget(db, table_of(kind), matter.id)
    words = [str(one.number), *(line.text for line in one.lines)] if kind.of == "order" else []  # type: ignore[attr-defined]
    return index_substring(db, table_of(kind), matter.id, [matter.title, matter.text, *words])


def found(db: Session, kind: Kind, query: str, fits: Sequence[ColumnElement[bool]], *, before: int | None, limit: int) -> ColumnElement[bool]:
    """A condition: those that ``fits`` says and the words find, enough of them for a page that begins below ``before``."""
    terms, row = fold(query[:200]).split(), kind.row
    with_whom = _with(db, kind, query)
    ids = _from_the_top(db, kind, terms, [*fits, *([row.id < before] if before else [])], with_whom, limit)
    if len(ids) > limit or max(map(len, terms)) < 3:
        return row.id.in_(ids)  # type: ignore[no-any-return]
    own = rows_with(db, table_of(kind), query, most=MOST, before=before or LAST)
    ways = [select(row.id).where(column.in_(one)) for column, one in with_whom if one]
    return row.id.in_(union(select(row.id).where(row.id.in_(own)), *ways) if ways else own)  # type: ignore[no-any-return]


def _from_the_top(
    db: Session, kind: Kind, terms: Sequence[str], fits: Sequence[ColumnElement[bool]], with_whom: Sequence[tuple[Any, Sequence[int]]], limit: int,
) -> Sequence[int]:
    """Each of the latest is looked up by its id: where it could join, PostgreSQL would read the words of all."""
    latest = select(kind.row.id, *(column for column, _ids in with_whom)).where(*fits).order_by(kind.row.id.desc()).limit(SCANNED).subquery()
    key, body = bodies(db, table_of(kind))
    told = select(body).where(key == latest.c.id).scalar_subquery()
    says = and_(*(told.like(f"%{escape_like(term)}%", escape="\\") for term in terms))
    named = or_(false(), *(latest.c[column.key].in_(ids) for column, ids in with_whom if ids))
    return db.scalars(select(latest.c.id).where(or_(named, says)).order_by(latest.c.id.desc()).limit(limit + 1)).all()


def _with(db: Session, kind: Kind, query: str) -> list[tuple[Any, Sequence[int]]]:
    """Persons and companies that the words find, beside the columns that name them."""
    if not kind.customer:
        return []
    return [(kind.row.person_id, rows_with(db, "person_search", query, most=CALLED)), (kind.row.company_id, rows_with(db, "company_search", query, most=CALLED))]
