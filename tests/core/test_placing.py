"""A row is put at a place of its list, and no place is taken twice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.placing import put_at, step


@dataclass(eq=False)
class Row:
    name: str
    place: int


def order(rows: list[Row]) -> str:
    assert sorted(row.place for row in rows) == list(range(1, len(rows) + 1))
    return "".join(row.name for row in sorted(rows, key=lambda row: row.place))


@pytest.fixture
def rows() -> list[Row]:
    """Places with holes, as they are where rows are no longer offered."""
    return [Row("a", 1), Row("b", 4), Row("c", 9)]


@pytest.mark.parametrize(("to", "after"), [(0, "cab"), (1, "acb"), (-7, "cab")])
def test_put_where_it_was_dropped(rows: list[Row], to: int, after: str) -> None:
    assert put_at(rows, rows[2], to) and order(rows) == after


def test_past_the_end_is_the_end_and_where_it_stands_nothing_happens(rows: list[Row]) -> None:
    assert put_at(rows, rows[0], 99) and order(rows) == "bca"
    assert not put_at(sorted(rows, key=lambda row: row.place), rows[0], 2)
    assert not put_at(rows, Row("d", 1), 0)


def test_a_step_up_or_down_ends_at_the_ends(rows: list[Row]) -> None:
    assert step(rows, rows[1], up=True) and order(rows) == "bac"
    rows.sort(key=lambda row: row.place)
    assert not step(rows, rows[0], up=True) and not step(rows, rows[2], up=False) and not step(rows, Row("d", 1), up=True)
    assert step(rows, rows[1], up=False) and order(rows) == "bca"
