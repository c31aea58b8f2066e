"""Lists that people put in order: each row has its place, counted from 1.

Places are written past the version: a row that another one passes has not changed for whoever has it before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value


class Placed(Protocol):
    """A row of such a list."""

    __table__: ClassVar[Any]
    id: Any
    place: Any


def renumber(db: Session, rows: Sequence[Placed]) -> None:
    """Let them stand in this order. All of them are in the database."""
    moved = [{"row": row.id, "at": place} for place, row in enumerate(rows, start=1) if row.place != place]
    if moved:
        table: Table = rows[0].__table__
        db.flush()
        db.execute(update(table).where(table.c.id == bindparam("row")).values(place=bindparam("at")), moved)
    for place, row in enumerate(rows, start=1):
        set_committed_value(row, "place", place)


def put_at(db: Session, rows: Sequence[Placed], row: Placed, to: int) -> bool:
    """Let a row stand at this place among the others, counted from 0; False where it is not among them, or stands there already."""
    order = list(rows)
    if row not in order or order.index(row) == (to := min(max(to, 0), len(order) - 1)):
        return False
    order.remove(row)
    order.insert(to, row)
    renumber(db, order)
    return True


def step(db: Session, rows: Sequence[Placed], row: Placed, *, up: bool) -> bool:
    """One place earlier, or later; False where there is none."""
    return row in rows and put_at(db, rows, row, rows.index(row) + (-1 if up else 1))
