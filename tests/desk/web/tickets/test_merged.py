"""The page of a ticket that others were merged into: it shows what was said on all of them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from core.database import Database, database
from core.errors import Refused
from desk.mailboxes import Mailbox
from desk.tickets.merging import merge, unmerge
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, messages_of, page, post, words
from tests.letters_made import mail

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def two(arrive: Arrive) -> tuple[Ticket, Ticket]:
    """A request by Ole, and one by Eva at the same firm."""
    return (arrive(mail(text="The printer smokes.")),
            arrive(mail("Eva Lie <eva@kunde.example>", subject="Also", text="It burns now.")))


def _merged(ticket: Ticket, into: Ticket, by: Agent) -> None:
    with database().write() as db:
        merge(db, db.get_one(Ticket, ticket.id), db.get_one(Ticket, into.id), by=by)


def _said(client: FlaskClient, ticket: Ticket, query: str = "") -> str:
    """What stands in the conversation, without the list beside it."""
    return words(page(client, f"/tickets/{ticket.number}{query}").partition('id="conversation"')[2])


def test_what_was_said_on_both_is_on_the_page(agent_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent) -> None:
    first, second = two
    _merged(first, second, nora)            # the younger one goes on: the order is that of time all the same
    seen = _said(agent_client, second)
    assert seen.index("The printer smokes.") < seen.index("It burns now.")
    assert f"Nora Vik merged ticket {first.number} into this one" in seen
    assert agent_client.get(f"/tickets/{first.number}").location.endswith(f"/tickets/{second.number}")
    with database().write() as db:
        unmerge(db, db.get_one(Ticket, first.id), by=nora)
    assert "The printer smokes." not in _said(agent_client, second)


def test_earlier_messages_are_counted_with_them(agent_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent) -> None:
    _merged(two[1], two[0], nora)
    seen = _said(agent_client, two[0], "?messages=1")
    assert "It burns now." in seen and "The printer smokes." not in seen and "1 earlier message" in seen


def test_everybody_who_asked_is_answered(agent_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent) -> None:
    _merged(two[1], two[0], nora)
    seen = page(agent_client, f"/tickets/{two[0].number}")
    assert "eva@kunde.example" in seen.partition('name="to"')[2][:400] and "ole@kunde.example" in seen.partition('name="cc"')[2][:400]


def test_a_message_of_a_merged_ticket_is_sent_on(agent_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent) -> None:
    first, second = two
    _merged(second, first, nora)
    original = messages_of(second)[0].uid
    form = page(agent_client, f"/tickets/{first.number}/forwards/new?message={original}")
    assert f'name="original" value="{original}" checked' in form
    post(agent_client, f"/tickets/{first.number}/forwards", to="smith@forge.example", html="<div>Can you?</div>",
         subject="Fwd: Also", original=original)
    assert "It burns now." in messages_of(first)[-1].text


def test_what_lies_in_a_closed_mailbox_stays_hidden(
    agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, board: Mailbox, jonas: Agent, fresh_database: Database,
) -> None:
    seen, hidden = arrive(mail(text="For all.")), arrive(mail(to="board@desk.example", text="For few."), board)
    _merged(hidden, seen, jonas)
    assert "For few." not in page(agent_client, f"/tickets/{seen.number}")
    assert "For few." in page(admin_client, f"/tickets/{seen.number}")


def test_news_of_a_merged_ticket_is_news_here(agent_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent) -> None:
    first, second = two
    _merged(second, first, nora)
    last = messages_of(second)[-1].id
    assert agent_client.get(f"/live/tickets/{first.number}?last={last}").get_json()["text"] == "The ticket has changed"
    assert agent_client.get(f"/live/tickets/{first.number}?last={last - 1}").get_json()["text"] == "A message came"


def test_what_was_merged_into_a_deleted_ticket_is_gone_with_it(
    agent_client: FlaskClient, admin_client: FlaskClient, two: tuple[Ticket, Ticket], nora: Agent,
) -> None:
    first, second = two
    _merged(first, second, nora)
    uid = messages_of(first)[0].uid
    assert agent_client.get(f"/messages/{uid}/original").status_code == 200
    post(admin_client, f"/tickets/{second.number}/deletion")
    assert [agent_client.get(f"/messages/{uid}/original").status_code, agent_client.get(f"/tickets/{first.number}").status_code] == [404, 404]
    assert page(admin_client, "/tickets?view=bin").count("row-item__title") <= 1
    with pytest.raises(Refused, match="deleted"), database().write() as db:
        unmerge(db, db.get_one(Ticket, first.id), by=nora)
    post(admin_client, f"/tickets/{second.number}/restoration")
    assert agent_client.get(f"/messages/{uid}/original").status_code == 200
    assert "The printer smokes." in _said(agent_client, second)
