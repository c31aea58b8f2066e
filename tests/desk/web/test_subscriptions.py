"""The bell for those who subscribe to a person or a company."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person, edit_person
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.history import FactRow
from desk.subscribing import tell
from desk.tickets.message import Notification
from jobs import subscriptions
from tests.desk.web.tickets.conftest import page, post, words


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        firm = create_company(db, "Kunde AS", by=nora.uid)
        made = create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id), employments=[{"company": firm}])
        db.execute(update(FactRow).values(at=now() - timedelta(hours=1)))
        return made


def edited(database: Database, person: Person, agent: Agent, **fields: object) -> None:
    with database.write() as db:
        edit_person(db, db.get_one(Person, person.id), fields, by=db.get_one(Agent, agent.id))


def rung(database: Database) -> int:
    subscriptions.run()
    with database.read() as db:
        return len(db.scalars(select(Notification)).all())


def test_told_of_each_change_once(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """W29: from the bell on the card, until it is switched off; what it told is read when the card is opened."""
    assert 'aria-pressed="true"' not in page(agent_client, f"/persons/{ingrid.uid}")
    edited(fresh_database, ingrid, jonas, title="Controller")
    assert rung(fresh_database) == 0
    post(agent_client, f"/persons/{ingrid.uid}/subscription")
    edited(fresh_database, ingrid, jonas, title="Manager")
    assert rung(fresh_database) == 1 == rung(fresh_database)
    text = words(page(agent_client, "/notifications"))
    assert text.count("Ingrid Solheim : Changed: title, Jonas Berg") == 1
    assert 'aria-pressed="true"' in page(agent_client, f"/persons/{ingrid.uid}")
    with fresh_database.read() as db:
        assert all(one.read_at for one in db.scalars(select(Notification)))
    post(agent_client, f"/persons/{ingrid.uid}/subscription/end")
    edited(fresh_database, ingrid, jonas, title="Director")
    assert rung(fresh_database) == 1


def test_nobody_is_told_of_their_own(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    post(agent_client, f"/persons/{ingrid.uid}/subscription")
    edited(fresh_database, ingrid, nora, title="Controller")
    assert rung(fresh_database) == 0


def test_of_a_company_too(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        firm = db.scalars(select(Company)).one()
    post(agent_client, f"/companies/{firm.uid}/subscription")
    with fresh_database.write() as db:
        edit_company(db, db.get_one(Company, firm.id), {"phone": "+47 55 50 10 00"}, by=db.get_one(Agent, jonas.id))
    assert rung(fresh_database) == 1
    assert "Kunde AS : Changed: telephone, Jonas Berg" in words(page(agent_client, "/notifications"))


def test_what_is_gone_or_long_past_rings_no_bell(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    post(agent_client, f"/persons/{ingrid.uid}/subscription")
    edited(fresh_database, ingrid, jonas, title="Controller")
    with fresh_database.write() as db:
        db.execute(update(FactRow).values(at=now() - timedelta(hours=1)))
        assert tell(db) == 0
    edited(fresh_database, ingrid, jonas, title="Manager")
    assert rung(fresh_database) == 1
    with fresh_database.write() as db:
        db.get_one(Person, ingrid.id).binned_at = now()
    page(agent_client, "/notifications")            # with the toast of the subscription
    assert "Solheim" not in page(agent_client, "/notifications")


def test_for_those_who_signed_in(visitor: FlaskClient, ingrid: Person) -> None:
    assert visitor.post(f"/persons/{ingrid.uid}/subscription").headers["Location"].startswith("/sign-in")
