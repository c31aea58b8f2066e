"""Names in the order of the alphabet, a page at a time: by key, so that the thousandth page costs what the first does."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.person import Person
from core.alphabet import beginnings
from core.database import LARGEST_ID
from core.errors import Refused
from core.search import escape_like

Found = TypeVar("Found", Person, Company)
#: Behind every letter.
LAST = "\U0010ffff"


def beginning(
    db: Session, kind: type[Found], term: str, conditions: list[ColumnElement[bool]], cursor: str, limit: int,
) -> Sequence[Found]:
    """Those whose name begins so: a stretch of the alphabet for each letter that is folded to what is asked, read as far as a page goes."""
    last = read(cursor)
    stretches = [select(_stretch(kind, term, start, last).where(*conditions).order_by(kind.order_key, kind.id).limit(limit + 1).subquery().c.id)
                 for start in beginnings(term) if last is None or last[0] < start + LAST]
    return db.scalars(few(kind, [kind.id.in_(union_all(*stretches))], "", limit)).all() if stretches else []


def _stretch(kind: type[Found], term: str, start: str, last: tuple[str, int] | None) -> Select[Any]:
    """One bound at each end: PostgreSQL begins to read at the wrong one of two."""
    found = select(kind.id).where(kind.order_key < start + LAST, *(
        after(kind, last) if last is not None and last[0] >= start else [kind.order_key >= start]))
    if "y" not in start:
        return found
    begins = kind.sort_name.like(f"{escape_like(term)}%", escape="\\")         # a y may be an ü, which is searched for as u
    return found.where(func.coalesce(begins, false()))


def few(kind: type[Found], conditions: Sequence[ColumnElement[bool]], cursor: str, limit: int) -> Select[Any]:
    """A page of few who are known by id: taken by it and put in order. Where the order were a plain column, PostgreSQL would go
    through the names of all until it has met enough of them."""
    return select(kind).where(*conditions, *after(kind, read(cursor))).order_by(kind.order_key + "", kind.id).limit(limit + 1)


def after(kind: type[Found], last: tuple[str, int] | None) -> list[ColumnElement[bool]]:
    """Behind the last one of the page before."""
    return [tuple_(kind.order_key, kind.id) > last] if last is not None else []


def read(cursor: str) -> tuple[str, int] | None:
    """The key and id that a page begins behind; none for the first. Raises Refused for a cursor that is none."""
    if not cursor:
        return None
    try:
        name, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(last) is not int or not 0 < last <= LARGEST_ID or b"\0" in name.encode():
            raise ValueError(last)
        return name, last
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("This page of the list is not there any more. Start from the top.") from error


def written(last: Person | Company) -> str:
    """The cursor of the page that begins behind this one."""
    return base64.urlsafe_b64encode(json.dumps([last.order_key, last.id]).encode()).decode().rstrip("=")
