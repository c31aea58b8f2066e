"""Favourites and what was opened last: each agent's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts import at_hand
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.editing import create_person
from contacts.favourite import AtHand
from contacts.person import Person
from core.database import Database
from tests.desk.web.tickets.conftest import page, post


@pytest.fixture
def people(fresh_database: Database) -> list[Person]:
    with fresh_database.write() as db:
        return [create_person(db, {"first_name": first, "last_name": "Dahl", "private_customer": True}, by=None) for first in ("Åse", "Bo", "Cato")]


def listed(client: FlaskClient, only: str) -> list[str]:
    return re.findall(r'data-open>([^<]+)</a>', page(client, f"/persons?only={only}"))


def test_favourites(agent_client: FlaskClient, people: list[Person]) -> None:
    """S8, W28: the star puts a person into the favourites, and takes them out."""
    assert "No favourites yet" in page(agent_client, "/persons?only=favourites")
    for person in people[:2]:
        post(agent_client, f"/persons/{person.uid}/favourite")
    assert listed(agent_client, "favourites") == ["Bo Dahl", "Åse Dahl"]
    assert 'aria-pressed="true"' in page(agent_client, f"/persons/{people[0].uid}")
    post(agent_client, f"/persons/{people[0].uid}/favourite/end")
    assert listed(agent_client, "favourites") == ["Bo Dahl"]
    assert 'aria-pressed="false"' in page(agent_client, f"/persons/{people[0].uid}")


def test_recently_opened(agent_client: FlaskClient, people: list[Person]) -> None:
    """S9: the latest first, each once."""
    for person in (*people, people[0]):
        page(agent_client, f"/persons/{person.uid}")
    assert listed(agent_client, "recent") == ["Åse Dahl", "Cato Dahl", "Bo Dahl"]


def test_each_agents_own(agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person]) -> None:
    page(agent_client, f"/persons/{people[0].uid}")
    post(agent_client, f"/persons/{people[0].uid}/favourite")
    assert listed(admin_client, "recent") == listed(admin_client, "favourites") == []


def test_who_is_deleted_is_at_nobodys_hand(agent_client: FlaskClient, people: list[Person], jonas: Agent, fresh_database: Database) -> None:
    page(agent_client, f"/persons/{people[0].uid}")
    post(agent_client, f"/persons/{people[0].uid}/favourite")
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, people[0].id), by=db.get_one(Agent, jonas.id))
    assert listed(agent_client, "recent") == listed(agent_client, "favourites") == []


def test_the_last_twenty_are_kept(fresh_database: Database, nora: Agent, people: list[Person]) -> None:
    with fresh_database.write() as db:
        at_hand.keep(db, nora, "person", "f" * 24, "favourite", on=True)
    for number in range(at_hand.RECENT + 5):
        with fresh_database.write() as db:
            at_hand.opened(db, nora.id, "person", f"{number:024}")
    with fresh_database.read() as db:
        kept = set(db.scalars(select(AtHand.subject_uid)))
    assert kept == {"f" * 24, *(f"{number:024}" for number in range(5, at_hand.RECENT + 5))}


def test_nobody_who_is_not_signed_in(visitor: FlaskClient, people: list[Person], signed_in: Callable[[Agent], FlaskClient]) -> None:
    assert visitor.post(f"/persons/{people[0].uid}/favourite").status_code == 303
    assert visitor.get(f"/persons/{people[0].uid}/services").status_code == 303
    assert visitor.get(f"/persons/{people[0].uid}/vcard").status_code == 303
