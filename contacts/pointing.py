"""Whether anything in the database points at a row: what may be taken out without a trace points nowhere and is pointed at by nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Column, literal, select
from sqlalchemy.orm import Session

from core.database import Base


def pointed_at(db: Session, table: str, row_id: int, *, but: Collection[str] = ()) -> bool:
    """Whether a row of any table names this one; tables in ``but`` are left out."""
    return any(db.scalar(select(literal(1)).select_from(column.table).where(column == row_id).limit(1)) is not None
               for column in _pointing(table) if column.table.name not in but)


@lru_cache(maxsize=8)
def _pointing(table: str) -> tuple[Column[int], ...]:
    """The columns that point at a table."""
    return tuple(column for other in Base.metadata.tables.values() for column in other.columns
                 if any(key.column.table.name == table for key in column.foreign_keys))
