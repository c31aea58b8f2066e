"""Finding sales, campaigns, projects and orders by any part of their words, of an order's number, or of whom they are with.

What is common is found by reading the latest from the top, what is rare by trigrams; both are bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, union
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.matter import Matter
from contacts.matter_kinds import Kind, kind_of
from contacts.name_pages import beginning
from contacts.person import Person
from core.fold import fold
from core.search import LAST, bodies, escape_like, forget, index_substring, rows_with

#: The latest, read from the top; as far as words of one and two letters are looked for.
SCANNED = 3000
#: So many are asked of the trigrams, and so many persons and companies whose name fits.
MOST, CALLED = 20_000, 500
#: Of several words the rarest of so many is looked for by itself, as far as so many of the latest that have it.
MOST_TERMS, RARE = 4, 5000


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
    """A condition: those that ``fits`` says and the words find, enough of them for a page that begins below ``before``. Each word stands in
    what the matter says, or in what the person or the company is called."""
    terms, row = list(dict.fromkeys(fold(query[:200]).split())), kind.row
    below = [*fits, *([row.id < before] if before else [])]
    with_whom = _with(db, kind, terms)
    ids = _from_the_top(db, kind, terms, below, with_whom, limit, SCANNED)
    if len(ids) > limit:
        return row.id.in_(ids)  # type: ignore[no-any-return]
    long = [term for term in terms if len(term) >= 3]
    if long and len(terms) > 1 and kind.customer:
        rarest = min((_ways(db, kind, [term], before, RARE) for term in sorted(long, key=len)[-MOST_TERMS:]), key=lambda ways: sum(len(one) for _column, one in ways))
        ids = [*ids, *_from_the_top(db, kind, terms, [*below, _any(kind, rarest)], (), limit, RARE)]
    own = rows_with(db, table_of(kind), query, most=MOST, before=before or LAST) if long else ()
    return _any(kind, [(row.id, [*ids, *own]), *with_whom])


def _from_the_top(
    db: Session, kind: Kind, terms: Sequence[str], fits: Sequence[ColumnElement[bool]], with_whom: Sequence[tuple[Any, Sequence[int]]], limit: int, most: int,
) -> Sequence[int]:
    """Each of the latest is looked up by its id: where it could join, PostgreSQL would read the words of all."""
    tied = _tied(kind)
    latest = select(kind.row.id, *tied).where(*fits).order_by(kind.row.id.desc()).limit(most).subquery()
    told = [_told(db, table_of(kind), latest.c.id)]
    if len(terms) > 1:                                  # of one word, with_whom says it all
        told += [_told(db, table, latest.c[column.key]) for column, table in tied.items()]
    says = and_(*(or_(*(one.like(f"%{escape_like(term)}%", escape="\\") for one in told)) for term in terms))
    named = or_(false(), *(latest.c[column.key].in_(ids) for column, ids in with_whom if ids))
    return db.scalars(select(latest.c.id).where(or_(named, says)).order_by(latest.c.id.desc()).limit(limit + 1)).all()


def _told(db: Session, table: str, row_id: Any) -> Any:
    key, body = bodies(db, table)
    return select(body).where(key == row_id).scalar_subquery()


def _tied(kind: Kind) -> dict[Any, str]:
    """The columns that say whom it is with, and where these are found."""
    return {kind.row.person_id: "person_search", kind.row.company_id: "company_search"} if kind.customer else {}


def _with(db: Session, kind: Kind, terms: Sequence[str]) -> list[tuple[Any, Sequence[int]]]:
    """Persons and companies whom all the words find, beside the columns that name them; those whose name begins with a word that is short."""
    if kind.customer and len(terms) == 1 and len(terms[0]) < 3:
        persons = beginning(db, Person, terms[0], [Person.binned_at.is_(None)], "", CALLED)
        companies = beginning(db, Company, terms[0], [Company.binned_at.is_(None)], "", CALLED)
        return [(kind.row.person_id, [one.id for one in persons]), (kind.row.company_id, [one.id for one in companies])]
    return [(column, rows_with(db, table, " ".join(terms), most=CALLED)) for column, table in _tied(kind).items()]


def _ways(db: Session, kind: Kind, terms: Sequence[str], before: int | None, most: int) -> list[tuple[Any, Sequence[int]]]:
    return [(kind.row.id, rows_with(db, table_of(kind), " ".join(terms), most=most, before=before or LAST)), *_with(db, kind, terms)]


def _any(kind: Kind, ways: Sequence[tuple[Any, Sequence[int]]]) -> ColumnElement[bool]:
    """Those whom any of these columns names: each by its own index."""
    asked = [select(kind.row.id).where(column.in_(ids)) for column, ids in ways if ids]
    return kind.row.id.in_(union(*asked) if len(asked) > 1 else asked[0]) if asked else false()
