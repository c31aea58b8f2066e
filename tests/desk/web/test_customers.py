"""Private customers and their numbers."""

from __future__ import annotations

import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.customers import next_number
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from tests.desk.web.tickets.conftest import page, words


@pytest.fixture
def ida(fresh_database: Database) -> Person:
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Bo", "last_name": "Lund", "private_customer": True, "customer_number": "10002"}, by=None)
        return create_person(db, {"first_name": "Ida", "last_name": "Lund"}, by=None, exempt=True)


def stored(database: Database, person: Person) -> Person:
    with database.read() as db:
        return db.get_one(Person, person.id)


def test_the_plus_beside_the_customer_number(agent_client: FlaskClient, ida: Person, fresh_database: Database) -> None:
    """T6, T7, T2, T1: one click makes a private customer with the next free number; the same record."""
    card = page(agent_client, f"/persons/{ida.uid}")
    assert f'action="/persons/{ida.uid}/customer"' in card
    for _ in range(2):      # pressed twice: the number stays
        answer = agent_client.post(f"/persons/{ida.uid}/customer")
        assert answer.status_code == 303
    made = stored(fresh_database, ida)
    assert made.private_customer and made.customer_number == "10001" and not made.to_be_completed
    assert "10001" in words(page(agent_client, f"/persons/{ida.uid}")) and "Private customer" in page(agent_client, f"/persons/{ida.uid}")


def test_a_number_that_somebody_has_is_left_out(fresh_database: Database, ida: Person) -> None:
    with fresh_database.write() as db:
        assert [next_number(db) for _ in range(3)] == ["10001", "10003", "10004"]


def test_two_at_once_get_two_numbers(fresh_database: Database, ida: Person) -> None:
    """T7."""
    got: list[str] = []

    def take() -> None:
        with fresh_database.write() as db:
            db.scalars(select(Person.id)).first()
            got.append(next_number(db))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["10001", "10003", "10004", "10005"]


def test_beside_a_colleague(agent_client: FlaskClient, ida: Person, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.get_one(Person, ida.id).title = "Manager"
    assert agent_client.post(f"/persons/{ida.uid}/customer", data={"version": str(ida.version)}).status_code == 412
    assert stored(fresh_database, ida).customer_number is None


def test_for_those_who_signed_in(visitor: FlaskClient, ida: Person) -> None:
    assert visitor.post(f"/persons/{ida.uid}/customer").headers["Location"].startswith("/sign-in")
