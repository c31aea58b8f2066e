"""Taking back who the sender is, from the history of the ticket: long after the toast is gone."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from contacts.agent import Agent
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.policy import save_policy
from tests.desk.web.tickets.conftest import Arrive, now_of, page, post, words
from tests.letters_made import mail

UNDO = re.compile(r'action="(/tickets/\d+/requester/[0-9a-f]{24}/undo)"')


def test_the_history_keeps_the_undo_of_the_last_decision(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    """Deliver 5: undo for each, also after further mails arrived."""
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    ticket = arrive(mail(sender="Mads Holm <mads@new.example>"))
    url = f"/tickets/{ticket.number}"
    assert not UNDO.findall(page(agent_client, url))
    post(agent_client, f"{url}/requester", act="create")
    assert len(UNDO.findall(page(agent_client, url))) == 2, "the toast's and the history's"
    text = page(agent_client, url)
    assert "data-toast" not in text
    later = arrive(mail(sender="Mads Holm <mads@new.example>", subject="Later"))
    assert not UNDO.findall(page(agent_client, f"/tickets/{later.number}"))
    (undo,) = UNDO.findall(text)
    assert agent_client.post(undo).status_code == 303
    assert (now_of(ticket).held, now_of(later).held) == (True, True)
    agent_client.get(url)
    assert not UNDO.findall(page(agent_client, url))
    assert agent_client.post(undo).status_code == 422


def test_how_many_followed_is_told_of_those_that_the_agent_sees(
    agent_client: FlaskClient, arrive: Arrive, board: Mailbox, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    ticket, seen, unseen = (arrive(mail(sender="Mads Holm <mads@new.example>", subject=f"Mail {n}"), board if n == 3 else None) for n in (1, 2, 3))
    post(agent_client, f"/tickets/{ticket.number}/requester", act="create")
    assert (now_of(seen).held, now_of(unseen).held) == (False, False)
    assert "1 other ticket followed." in page(agent_client, f"/tickets/{ticket.number}")


def test_why_names_the_rule_of_the_policy_that_decided(
    agent_client: FlaskClient, arrive: Arrive, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        save_policy(db, [{"when": {"senders": ["@new.example"]}, "then": {"act": "ask"}}], {}, by=jonas)
    ticket = arrive(mail(sender="Mads Holm <mads@new.example>"))
    text = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "A rule of the policy asks an agent before a person is made." in text
    assert "Rule 1 of version 1 of the policy says so." in text and "mailbox is set" not in text
