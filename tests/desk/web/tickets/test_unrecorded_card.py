"""The card of a ticket without a record: one click makes the person, and it says until when the ticket is kept (S83d)."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Holding
from contacts.editing import create_person
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, now_of, page, post, words
from tests.letters_made import mail

MADS = "Mads Holm <mads@new.example>"


def unrecorded(arrive: Arrive, database: Database, *mailboxes: Mailbox) -> Ticket:
    with database.write() as db:
        set_option(db, "intake.unknown_sender", "never")
    for mailbox in mailboxes:
        arrive(mail(sender=MADS, subject="Earlier"), mailbox)
    return arrive(mail(sender=MADS))


def test_it_says_what_else_came_and_until_when_it_is_kept(agent_client: FlaskClient, arrive: Arrive, support: Mailbox, fresh_database: Database) -> None:
    """S83d."""
    ticket = unrecorded(arrive, fresh_database, support)
    said = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "Nobody is recorded." in said and "Create Mads Holm" in said
    assert "1 other ticket of this address is nobody’s either. They come along when the person is created." in said
    assert "Deleted for good 90 days after the last thing that happens on it once it is closed." in said
    post(agent_client, f"/tickets/{ticket.number}/state", state="closed")
    assert "Deleted for good on" in words(page(agent_client, f"/tickets/{ticket.number}"))


def test_one_click_makes_the_person_and_gathers(agent_client: FlaskClient, arrive: Arrive, support: Mailbox, fresh_database: Database) -> None:
    """S83c, S83d."""
    ticket = unrecorded(arrive, fresh_database, support, support)
    answer = agent_client.post(f"/tickets/{ticket.number}/requester?act=create", follow_redirects=True)
    assert "Mads Holm is created. 2 other tickets followed." in words(answer.text)
    assert now_of(ticket).requester_id is not None and "Nobody is recorded" not in answer.text


def test_what_the_agent_may_not_see_is_not_counted(agent_client: FlaskClient, arrive: Arrive, board: Mailbox, fresh_database: Database) -> None:
    """A ticket of a mailbox that is closed to the agent is not even a number."""
    ticket = unrecorded(arrive, fresh_database, board)
    said = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "Nobody is recorded." in said and "nobody’s either" not in said


def test_a_held_ticket_is_asked_about_and_not_spoken_of_so(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    ticket = arrive(mail(sender=MADS))
    said = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "Nobody is recorded." not in said and "Deleted for good" not in said


def test_who_shares_an_address_keeps_it_when_a_ticket_is_anothers(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    """The one click says whose this ticket is, and nothing of the address or of other tickets."""
    with fresh_database.write() as db:
        for first in ("Ole", "Kari"):
            create_person(db, {"first_name": first, "last_name": "Vang"}, by=None, exempt=True, share=True,
                          addresses=[{"kind": "email", "value": "post@kunde.example"}])
    other, ticket = (arrive(mail("post@kunde.example", subject=subject)) for subject in ("One", "Two"))
    card = page(agent_client, f"/tickets/{ticket.number}")
    assert "add the address" not in card and "Deleted for good" not in card
    url = unescape(re.findall(rf'action="(/tickets/{ticket.number}/requester\?[^"]*act=person[^"]*)"', card)[0])
    post(agent_client, url)
    assert now_of(ticket).requester_id is not None and now_of(other).requester_id is None
    with fresh_database.read() as db:
        assert len(db.scalars(select(Holding).where(Holding.until.is_(None))).all()) == 2
