"""A row is put at a place of its list, and no place is taken twice."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from contacts.sale import SaleStage
from core.placing import put_at, step


def row(name: str, place: int) -> SaleStage:
    return SaleStage(name=name, probability=50, place=place)


def order(rows: list[SaleStage]) -> str:
    assert sorted(row.place for row in rows) == list(range(1, len(rows) + 1))
    return "".join(row.name for row in sorted(rows, key=lambda row: row.place))


@pytest.fixture
def rows(db: Session) -> list[SaleStage]:
    """Places with holes, as they are where rows are no longer offered."""
    found = [row("a", 1), row("b", 4), row("c", 9)]
    db.add_all(found)
    db.flush()
    return found


@pytest.mark.parametrize(("to", "after"), [(0, "cab"), (1, "acb"), (-7, "cab")])
def test_put_where_it_was_dropped(db: Session, rows: list[SaleStage], to: int, after: str) -> None:
    assert put_at(db, rows, rows[2], to) and order(rows) == after


def test_past_the_end_is_the_end_and_where_it_stands_nothing_happens(db: Session, rows: list[SaleStage]) -> None:
    assert put_at(db, rows, rows[0], 99) and order(rows) == "bca"
    assert not put_at(db, sorted(rows, key=lambda row: row.place), rows[0], 2)
    assert not put_at(db, rows, row("d", 1), 0)


def test_a_step_up_or_down_ends_at_the_ends(db: Session, rows: list[SaleStage]) -> None:
    assert step(db, rows, rows[1], up=True) and order(rows) == "bac"
    rows.sort(key=lambda row: row.place)
    assert not step(db, rows, rows[0], up=True) and not step(db, rows, rows[2], up=False) and not step(db, rows, row("d", 1), up=True)
    assert step(db, rows, rows[1], up=False) and order(rows) == "bca"


def test_who_has_one_before_them_is_not_overtaken(db: Session, rows: list[SaleStage]) -> None:
    """What stands in a row is as it was, also of the one that was moved: the places are kept, the versions stay."""
    assert put_at(db, rows, rows[2], 0)
    db.expire_all()
    assert order(rows) == "cab" and [one.version for one in rows] == [1, 1, 1]
    rows[1].probability = 60
    db.flush()
    assert [one.version for one in rows] == [1, 2, 1]
