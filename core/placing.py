"""Lists that people put in order: each row has its place, counted from 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Placed(Protocol):
    """A row of such a list."""

    place: int


def renumber(rows: Sequence[Placed]) -> None:
    """Let them stand in this order."""
    for place, row in enumerate(rows, start=1):
        if row.place != place:
            row.place = place


def put_at(rows: Sequence[Placed], row: Placed, to: int) -> bool:
    """Let a row stand at this place among the others, counted from 0; False where it is not among them, or stands there already."""
    order = list(rows)
    if row not in order or order.index(row) == (to := min(max(to, 0), len(order) - 1)):
        return False
    order.remove(row)
    order.insert(to, row)
    renumber(order)
    return True


def step(rows: Sequence[Placed], row: Placed, *, up: bool) -> bool:
    """One place earlier, or later; False where there is none."""
    return row in rows and put_at(rows, row, rows.index(row) + (-1 if up else 1))
