"""A deleted person's name stands nowhere: not in lists, not on the ticket, not in what explains it (section 0.3)."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.person import Person
from core.database import Database
from desk.tickets.deciding import change_requester
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, now_of, page, words
from tests.letters_made import mail


@pytest.fixture
def left(arrive: Arrive, jonas: Agent, fresh_database: Database) -> Ticket:
    """A ticket of Ingrid Solheim's, who was said to be its sender and is deleted."""
    ticket = arrive(mail("ingrid@kunde.example"))
    with fresh_database.write() as db:
        row, by = db.get_one(Ticket, ticket.id), db.get_one(Agent, jonas.id)
        person = change_requester(db, row, by, create={"first_name": "Solveig", "last_name": "Solheim"})[0].requester
        assert person is not None
        row.identification = {**row.identification, "evidence": [{"clue": "address", "points": 100, "words": "Of Solveig Solheim"}]}
        for message_person in {row.requester_id, row.origin_requester_id}:
            bin_person(db, db.get_one(Person, message_person), by=by)
    return ticket


def test_the_name_stands_nowhere(agent_client: FlaskClient, left: Ticket) -> None:
    for url in (f"/tickets/{left.number}", f"/tickets/{left.number}/requester", "/tickets?view=all"):
        assert "Solheim" not in page(agent_client, url), url
    seen = words(page(agent_client, f"/tickets/{left.number}"))
    assert "Deleted person" in seen and "ingrid@kunde.example" not in seen
    assert "says who the sender is" in seen or "said who the sender is" in seen


def test_an_admin_may_restore_the_person(agent_client: FlaskClient, admin_client: FlaskClient, left: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:      # the one the mail itself made is deleted too
        for person in db.query(Person).filter(Person.binned_at.is_(None)):
            bin_person(db, person, by=db.query(Agent).first())
    assert "The address belongs to a deleted person." in page(agent_client, f"/tickets/{left.number}")
    assert "Restore the person" not in page(agent_client, f"/tickets/{left.number}")
    door = re.search(r'action="(/persons/[0-9a-f]{24}/restoring)"', page(admin_client, f"/tickets/{left.number}"))
    assert door and admin_client.post(door[1]).status_code == 303
    assert now_of(left).requester_id is not None


def test_nobody_settles_twice(agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(mail())
    stale = {"standing": "held", "first_name": "Ole", "last_name": "Two"}
    answer = agent_client.post(f"/tickets/{ticket.number}/requester?act=create", data=stale)
    assert answer.status_code == 409 and "Somebody has decided anew" in words(answer.text)
    with fresh_database.read() as db:
        assert [p.name for p in db.query(Person)] == ["Ole Vang"]
    form = page(agent_client, f"/tickets/{ticket.number}/requester")
    now = re.search(r'name="standing" value="([0-9a-f]{24})"', form)
    assert now and admin_client.post(f"/tickets/{ticket.number}/requester?act=create",
                                     data=stale | {"standing": now[1]}).status_code == 303
