"""The card of a ticket without a record: one click makes the person, and it says until when the ticket is kept (S83d)."""

from __future__ import annotations

from flask.testing import FlaskClient

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
