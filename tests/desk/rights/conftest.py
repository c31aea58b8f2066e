"""An admin, an agent, and somebody with an address whom a case is about."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from contacts.address import Holding
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.editing import create_person
from contacts.person import Person
from core.clock import now
from desk.mailboxes import add_mailbox


@pytest.fixture
def jonas(db):
    agent = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def nora(db):
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def support(db):
    return add_mailbox(db, "support@desk.example", "Support")


@pytest.fixture
def mads(db, jonas, support) -> Person:
    """Mads has had two addresses for a year; he reads Danish."""
    person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold", "preferred_language": "da"}, by=jonas, exempt=True)
    for value in ("mads@zyx.example", "mads@home.example"):
        add_address(db, person, "email", value, by=jonas)
    db.execute(update(Holding).where(Holding.person_id == person.id).values(since=now() - timedelta(days=365)))
    db.expire_all()
    return db.scalars(select(Person).where(Person.id == person.id)).one()
