"""Whoever stands beside the person who is written to: proposed in the composer with the reason, shown on the card, never added by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.address import Address
from contacts.agent import Agent
from contacts.editing import create_person
from contacts.person import Person
from contacts.relating import relate
from contacts.relation import RelationKind
from core.clock import now
from core.database import Database
from core.i18n import dated
from desk.outbound import OutboundMail
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import page, words

LONE = "lone@kunde.example"
SAID = "Lone Friis is the assistant of Ole Vang."


@pytest.fixture
def lone(ticket: Ticket, fresh_database: Database) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Lone", "last_name": "Friis"}, by=None, exempt=True,
                             addresses=[{"kind": "email", "value": LONE}])


def tied(database: Database, name: str, first: Person, by: Agent, **days: object) -> None:
    with database.write() as db:
        ole = db.scalars(select(Person).where(Person.last_name == "Vang")).one()
        relate(db, db.scalars(select(RelationKind).where(RelationKind.name == name)).one(), db.get_one(Person, first.id), ole,
               by=db.get_one(Agent, by.id), **days)  # type: ignore[arg-type]


def cc(text: str) -> str:
    return text.partition('name="cc" value="')[2].partition('"')[0]


def test_the_assistant_is_proposed_and_one_click_puts_them_in_copy(
    agent_client: FlaskClient, ticket: Ticket, lone: Person, nora: Agent, fresh_database: Database,
) -> None:
    url = f"/tickets/{ticket.number}"
    assert SAID not in words(page(agent_client, url))
    tied(fresh_database, "assistant of", lone, nora)
    text = page(agent_client, url)
    assert SAID in words(text) and cc(text) == "" and f'name="also" value="{LONE}"' in text
    changed = agent_client.post(f"{url}/replies", data={
        "to": "Ole Vang <ole@kunde.example>", "cc": "kari@kunde.example", "text": "Is it plugged in?", "also": LONE})
    assert changed.status_code == 200
    assert cc(changed.text).startswith("kari@kunde.example, ") and LONE in cc(changed.text) and "Is it plugged in?" in changed.text
    assert SAID not in words(changed.text)
    with fresh_database.read() as db:
        assert not db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply")).all()


def test_what_was_not_proposed_is_not_added(agent_client: FlaskClient, ticket: Ticket, lone: Person, nora: Agent, fresh_database: Database) -> None:
    tied(fresh_database, "assistant of", lone, nora)
    data = {"to": "ole@kunde.example", "text": "Hello", "also": "eve@other.example"}
    assert "eve@other.example" not in cc(agent_client.post(f"/tickets/{ticket.number}/replies", data=data).text)


def test_the_deputy_during_a_leave(agent_client: FlaskClient, ticket: Ticket, lone: Person, nora: Agent, fresh_database: Database) -> None:
    """Proposed while it lasts, with the day; on the card as cover, here and on the person's own."""
    last = now().date() + timedelta(days=4)
    tied(fresh_database, "replaces during leave", lone, nora, since=now().date(), until=last)
    text = words(page(agent_client, f"/tickets/{ticket.number}"))
    day = dated(last, year=False)
    assert f"Lone Friis stands in for Ole Vang until {day}." in text
    assert f"Deputy Lone Friis until {day}" in text
    with fresh_database.read() as db:
        ole = db.scalars(select(Person).where(Person.last_name == "Vang")).one()
    assert f"Deputy Lone Friis until {day}" in words(page(agent_client, f"/persons/{ole.uid}"))


def test_a_standing_deputy_is_cover_and_not_proposed(agent_client: FlaskClient, ticket: Ticket, lone: Person, nora: Agent, fresh_database: Database) -> None:
    tied(fresh_database, "deputy of", lone, nora)
    text = page(agent_client, f"/tickets/{ticket.number}")
    assert "Deputy Lone Friis" in words(text) and 'name="also"' not in text


def test_nobody_whom_mail_does_not_reach(agent_client: FlaskClient, ticket: Ticket, lone: Person, nora: Agent, fresh_database: Database) -> None:
    tied(fresh_database, "assistant of", lone, nora)
    with fresh_database.write() as db:
        db.execute(update(Address).where(Address.value == LONE).values(health="bouncing"))
    assert 'name="also"' not in page(agent_client, f"/tickets/{ticket.number}")
