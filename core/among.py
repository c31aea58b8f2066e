"""Rows that are named one by one, many at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, String, any_, bindparam
from sqlalchemy.orm import Session


def among(db: Session, column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """``column IN values``, for numbers or texts. PostgreSQL takes them as one array: the statement is the same however many they
    are, where a name for each would be written out and read again every time."""
    if db.get_bind().dialect.name != "postgresql":
        found: ColumnElement[bool] = column.in_(values)
        return found
    kind = ARRAY(Integer() if isinstance(column.type, Integer) else String())
    return column == any_(bindparam(None, list(values), type_=kind, unique=True))  # type: ignore[no-any-return]
