"""A restricted person is stored and not used: found by no list, search, suggestion, export, selection or feed; their own ticket shows them (Art. 18)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.enrolling import new_token
from contacts.person import Person
from contacts.restricting import restrict
from core.database import Database
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from jobs import fanout
from tests.desk.web.planting import API, ASKED, FIRST, LAST, MAIL, STARTS, WORDS, Planted, plant, walk
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.letters_made import mail

pytestmark = pytest.mark.timeout(900)      # some two thousand pages


@pytest.fixture
def planted(fresh_database: Database, arrive: Arrive, nora: Agent, jonas: Agent) -> Planted:
    return plant(fresh_database, arrive, nora, jonas)


def test_used_nowhere_but_answered(app: Flask, agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, jonas: Agent, nora: Agent, planted: Planted, arrive: Arrive) -> None:
    """Every page, list, suggestion, export, feed and the API, walked as an agent; only tickets that the person asked for say who it is."""
    with fresh_database.write() as db:
        token = new_token(db, db.get_one(Agent, nora.id))
        restrict(db, db.scalars(select(Person).where(Person.uid == planted.person)).one(), ground="accuracy", reason="Says that the title is wrong.", by=db.get_one(Agent, jonas.id))
    written = arrive(mail(f"{FIRST} {LAST} <{MAIL}>", subject="And another thing"))
    fanout.run()
    with fresh_database.read() as db:
        person = db.scalars(select(Person).where(Person.uid == planted.person)).one()
        own = set(db.scalars(select(Ticket.id).where(Ticket.requester_id == person.id)))
        mails = db.scalars(select(Message.uid).where(Message.ticket_id.in_(own))).all()
        assert db.get_one(Ticket, written.id).requester_id == person.id and not db.get_one(Ticket, written.id).held
    starts = [*STARTS, *planted.places, *ASKED, *(f"/api/v1/{path}" for path in API), f"/persons/{planted.person}", f"/companies/{planted.company}",
              f"/persons/{planted.companion}", f"/tickets/{written.number}", f"/tickets/{written.number}/requester", f"/api/v1/tickets/{written.number}"]
    walked = walk(app, agent_client, token, starts)
    assert len(walked.seen) > 300
    theirs = re.compile(rf"^(/api/v1)?(/live)?/tickets/({'|'.join(map(str, sorted(own)))})\b|^(/api/v1)?/messages/({'|'.join(mails)})/")
    assert {url: word for url, word in walked.at(*WORDS).items() if not theirs.match(url)} == {}
    page = walked.seen[f"/tickets/{written.number}"]
    assert FIRST in page and "restricted" in page
    assert walked.seen[f"/persons/{planted.person}"].startswith("404")
    assert FIRST in admin_client.get(f"/persons/{planted.person}").text
    assert FIRST in admin_client.get(f"/persons?q={FIRST}").text and FIRST in admin_client.get("/persons?only=restricted").text
    assert FIRST not in admin_client.get("/persons").text and FIRST not in admin_client.get("/exports/persons.csv").text
