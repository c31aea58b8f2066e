"""Deleting many persons and companies as a bulk act, and bringing them all back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

import contacts.person_criteria  # noqa: F401 - what a selection may go by
from contacts.agent import Agent
from contacts.bin import Binned
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.person import Person
from contacts.searching import search_persons
from contacts.selected import who_selected
from contacts.selecting import new_selection
from core import bulk
from core.database import Database
from core.errors import Forbidden
from core.operations import Operation, OperationItem
from desk.mass_delete import plan_deletion
from desk.operating import act_on
from desk.tickets.returning import restore_person
from jobs import operations as job


@pytest.fixture
def jonas(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        return add_agent(db, "jonas@desk.example", "a sentence is easier", name="Jonas Berg", role="admin")


def acted(database: Database, operation_id: int, name: str, by: Agent) -> str:
    with database.write() as db:
        act_on(db, db.get_one(Operation, operation_id), name, by=by)
    return worked(database, operation_id)


def worked(database: Database, operation_id: int) -> str:
    """Let workers come by until nothing is left to do."""
    for _turn in range(100):
        job.run()
        with database.read() as db:
            state = db.get_one(Operation, operation_id).state
        if state not in ("approved", "running"):
            return state
    raise AssertionError(state)


def asked(database: Database, by: Agent, what: str, chosen: Any) -> int:
    with database.write() as db:
        operation_id = plan_deletion(db, what, chosen, by).id
    assert worked(database, operation_id) == "planned"
    return operation_id


def living(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).where(Person.binned_at.is_(None))) or 0


def test_500_are_deleted_and_all_come_back(fresh_database: Database, jonas: Agent) -> None:
    """S66-S68, acceptance 6 (PRIVACY 7): a dynamic selection; nothing happens before a word is said; then all are masked, and all are back."""
    with fresh_database.write() as db:
        for n in range(500):
            create_person(db, {"first_name": "Ole", "last_name": f"Hansen {n}"}, by=None, exempt=True,
                          addresses=[{"value": f"ole{n}@kunde.example"}] if n % 10 == 0 else [])
        stays = create_person(db, {"first_name": "Eva", "last_name": "Lund"}, by=None, exempt=True).uid
    with fresh_database.write() as db:
        by = db.get_one(Agent, jonas.id)
        chosen = who_selected(db, new_selection(db, {"of": "persons", "kind": "dynamic", "name": "All of them", "criteria": [
            {"field": "name", "op": "contains", "value": "hansen"}]}, by=by), by)
    operation = asked(fresh_database, jonas, "persons", chosen)
    assert living(fresh_database) == 501
    assert acted(fresh_database, operation, "approve", jonas) == "done"
    with fresh_database.read() as db:
        assert db.scalars(select(Person.uid).where(Person.binned_at.is_(None))).all() == [stays]
        assert set(db.execute(select(Binned.act, Binned.by_id))) == {(db.get_one(Operation, operation).uid, jonas.id)}
        assert search_persons(db, "hansen").rows == []
    assert acted(fresh_database, operation, "undo", jonas) == "undone"
    assert living(fresh_database) == 501
    with fresh_database.read() as db:
        assert len(search_persons(db, "hansen 499").rows) == 1 and db.scalar(select(func.count()).select_from(Binned)) == 0


def test_whose_address_was_given_away_stays_in_the_bin(fresh_database: Database, jonas: Agent) -> None:
    """S68: the others come back; who was restored by hand is no conflict."""
    with fresh_database.write() as db:
        uids = [create_person(db, {"first_name": name, "last_name": "Vang"}, by=None, exempt=True, addresses=[{"value": f"{name}@kunde.example"}]).uid
                for name in ("ole", "eva", "bo")]
    operation = asked(fresh_database, jonas, "persons", uids)
    acted(fresh_database, operation, "approve", jonas)
    with fresh_database.write() as db:
        create_person(db, {"first_name": "New", "last_name": "Vang"}, by=None, exempt=True, addresses=[{"value": "ole@kunde.example"}])
        restore_person(db, db.scalars(select(Person).where(Person.uid == uids[1])).one(), by=db.get_one(Agent, jonas.id))
    acted(fresh_database, operation, "undo", jonas)
    with fresh_database.read() as db:
        assert db.scalars(select(Person.uid).where(Person.binned_at.is_not(None))).all() == uids[:1]
        assert bulk.counts(db, db.get_one(Operation, operation)) == {"conflict": 1, "undone": 2}
        assert "Say whose it is" in (db.scalars(select(OperationItem.reason).where(OperationItem.state == "conflict")).one() or "")


def test_companies_take_their_persons_along(fresh_database: Database, jonas: Agent) -> None:
    """S66, S69: each person and each company is an item of its own, and comes back with the rest."""
    with fresh_database.write() as db:
        firms = [create_company(db, name) for name in ("Verksted AS", "Torg AS", "Stays AS")]
        for n, jobs in enumerate(([0], [0], [1], [0, 1], [1, 2])):
            create_person(db, {"first_name": "Ole", "last_name": f"Hansen {n}"}, by=None, exempt=True, employments=[{"company": firms[one]} for one in jobs])
        uids = [firm.uid for firm in firms[:2]]
    operation = asked(fresh_database, jonas, "companies", uids)
    acted(fresh_database, operation, "approve", jonas)
    with fresh_database.read() as db:
        assert set(db.scalars(select(Company.name).where(Company.binned_at.is_(None)))) == {"Stays AS"}
        assert set(db.scalars(select(Person.last_name).where(Person.binned_at.is_(None)))) == {"Hansen 3", "Hansen 4"}
    acted(fresh_database, operation, "undo", jonas)
    assert living(fresh_database) == 5
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).where(Company.binned_at.is_(None))) == 3


def test_admins_alone(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")
        with pytest.raises(Forbidden):
            plan_deletion(db, "persons", ["f" * 24], nora)
