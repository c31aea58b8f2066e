"""Many persons moved, and many pairs merged: planned, approved, and taken back one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_company
from contacts.companies import new_company
from contacts.company import Company
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicate_review import tell_apart
from contacts.editing import create_person, edit_person
from contacts.mass_merge import plan_merges
from contacts.mass_move import Wanted, plan_moves
from contacts.matter_kinds import SALES
from contacts.matters import add_matter
from contacts.merging import unmerge
from contacts.person import Person
from contacts.sale import Sale
from contacts.unmoving import standing
from core.database import Database
from core.operations import Operation, OperationItem
from desk.operating import operations_of
from jobs import operations as job
from tests.desk.test_operating import acted, nora, states  # noqa: F401


def hold(database: Database) -> dict[str, Any]:
    """How all stand: employments, fields, and with which company each sale is."""
    with database.read() as db:
        return {one.uid: standing(one) for one in db.scalars(select(Person))} | {one.uid: one.company_id for one in db.scalars(select(Sale))}


def person(database: Database, uid: str, **fields: Any) -> None:
    with database.write() as db:
        edit_person(db, db.scalars(select(Person).where(Person.uid == uid)).one(), fields, by=None)


@pytest.fixture
def staff(fresh_database: Database, nora: Agent) -> list[str]:  # noqa: F811
    """Three at Kunde AS, each with an old and a new sale; a fourth is at Nord AS already."""
    with fresh_database.write() as db:
        kunde, nord = (new_company(db, {"name": name}, by=nora) for name in ("Kunde AS", "Nord AS"))
        found = [create_person(db, {"first_name": name, "last_name": "Dahl"}, by=nora, employments=[{"company": kunde if n < 3 else nord}])
                 for n, name in enumerate(("Anne", "Bo", "Cato", "Dina"))]
        for one in found[:3]:
            for year in (2020, 2026):
                sale = add_matter(db, SALES, {"title": f"Sale {year}", "person_id": one.id, "company_id": kunde.id}, by=nora)
                sale.at = datetime(year, 2, 1, tzinfo=UTC)
        return [one.uid for one in found]


def moved(database: Database, nora: Agent, uids: list[str], **more: Any) -> int:  # noqa: F811
    with database.write() as db:
        nord = db.scalars(select(Company).where(Company.name == "Nord AS")).one()
        operation_id = plan_moves(db, uids, Wanted(nord, date(2026, 3, 1), **more), nora).id
    job.run()
    return operation_id


def test_many_move_and_are_taken_back(fresh_database: Database, nora: Agent, staff: list[str]) -> None:  # noqa: F811
    """Shown before with what goes along; undone, each is as before, or says why not."""
    before = hold(fresh_database)
    operation_id = moved(fresh_database, nora, [*staff, "f" * 24], take="after", after=date(2026, 1, 1), kinds=("sales",))
    assert hold(fresh_database) == before
    with fresh_database.read() as db:
        items = db.scalars(select(OperationItem).where(OperationItem.operation_id == operation_id).order_by(OperationItem.id)).all()
    assert [(item.state, item.reason) for item in items[3:]] == [("skipped", "Dina Dahl is there already."), ("failed", "It is not there any more.")]
    assert (items[0].data["before"]["company"], items[0].data["after"]) == ("Kunde AS", {"company": "Nord AS", "sales": "1 of 2 go along"})
    person(fresh_database, staff[1], title="Chief")
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done", "failed", "done", "skipped", "failed"]
    after = hold(fresh_database)
    with fresh_database.write() as db:
        anne, cato = (db.scalars(select(Person).where(Person.uid == staff[n])).one() for n in (0, 2))
        assert [one.employment.company.name for one in (anne, cato) if one.employment] == ["Nord AS", "Nord AS"]
        assert [row.company.name for row in db.scalars(select(Sale).where(Sale.person_id == anne.id).order_by(Sale.at)) if row.company] == ["Kunde AS", "Nord AS"]
        assert [row.id for row in operations_of(db, nora, everybody=False, before=None, most=9)] == [operation_id]
        cato.employments[0].position = "Clerk"
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    found = states(fresh_database, operation_id)
    assert [state for state, _why in found] == ["undone", "failed", "conflict", "skipped", "failed"] and "have changed since" in (found[2][1] or "")
    now = hold(fresh_database)
    assert now[staff[0]] == before[staff[0]] and after[staff[2]] != before[staff[2]]
    assert sum(now[uid] != before[uid] for uid in now if uid not in staff) == 1      # the sale that is with Cato at Nord AS


def test_none_is_taken_back_into_a_deleted_company(fresh_database: Database, nora: Agent, staff: list[str]) -> None:  # noqa: F811
    operation_id = moved(fresh_database, nora, staff[:3])
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    after = hold(fresh_database)
    with fresh_database.write() as db:
        bin_company(db, db.scalars(select(Company).where(Company.name == "Kunde AS")).one(), by=nora)
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert states(fresh_database, operation_id) == [("conflict", "The company is deleted. Restore it first.")] * 3
    assert hold(fresh_database) == after


@pytest.fixture
def pairs(fresh_database: Database, nora: Agent) -> list[str]:  # noqa: F811
    """Anne twice, Bo twice, Cato twice, and one Anne with one Bo."""
    with fresh_database.write() as db:
        found = [create_person(db, {"first_name": name, "last_name": last, "private_customer": True, "title": "Chief" if n else None}, by=nora, exempt=True)
                 for name in ("Anne", "Bo", "Cato") for n, last in enumerate(("Dahl", "Dal"))]
        rows = [DuplicatePair(person_id=found[a].id, other_id=found[b].id, points=50, evidence=[]) for a, b in ((0, 1), (2, 3), (4, 5), (1, 2))]
        db.add_all(rows)
        db.flush()
        return [row.uid for row in rows]


def cards(database: Database) -> dict[str, tuple[Any, ...]]:
    with database.read() as db:
        return {one.uid: (one.name, one.title, one.merged_into_id, one.sort_name) for one in db.scalars(select(Person))}


def test_pairs_are_merged_when_approved_and_taken_apart(fresh_database: Database, nora: Agent, pairs: list[str]) -> None:  # noqa: F811
    """What would be overwritten is shown, nothing happens before the word, and each comes apart again."""
    before = cards(fresh_database)
    with fresh_database.write() as db:
        tell_apart(db, db.scalars(select(DuplicatePair).where(DuplicatePair.uid == pairs[2])).one(), by=nora)
        operation_id = plan_merges(db, pairs, nora).id
    job.run()
    assert cards(fresh_database) == before
    with fresh_database.read() as db:
        first, _second, third, fourth = db.scalars(select(OperationItem).where(OperationItem.operation_id == operation_id).order_by(OperationItem.id)).all()
        assert db.get_one(Operation, operation_id).state == "planned"
    assert (first.data["name"], first.data["before"], first.data["after"]) == ("Anne Dal", {"title": None}, {"into": "Anne Dahl", "title": "Chief"})
    assert "two persons" in (third.reason or "") and "in a pair before this one" in (fourth.reason or "")
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done", "done", "skipped", "skipped"]
    assert sum(into is not None for _name, _title, into, _sort in cards(fresh_database).values()) == 2
    with fresh_database.write() as db:
        unmerge(db, db.scalars(select(Person).where(Person.first_name == "Bo", Person.last_name == "Dal")).one(), by=nora)
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    found = states(fresh_database, operation_id)
    assert [state for state, _why in found] == ["undone", "conflict", "skipped", "skipped"] and "taken the two apart" in (found[1][1] or "")
    assert cards(fresh_database) == before


def test_what_changed_since_it_was_shown_is_not_merged(fresh_database: Database, nora: Agent, pairs: list[str]) -> None:  # noqa: F811
    with fresh_database.write() as db:
        operation_id = plan_merges(db, pairs[:2], nora).id
    job.run()
    with fresh_database.read() as db:
        uid = db.scalars(select(Person.uid).where(Person.first_name == "Anne").order_by(Person.id)).first()
    person(fresh_database, uid or "", title="Clerk")
    acted(fresh_database, operation_id, "approve", nora)
    assert [state for state, _why in states(fresh_database, operation_id)] == ["failed", "done"]
