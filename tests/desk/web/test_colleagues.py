"""Two at the same form: whoever saves a page that was loaded before the other's change hears of it, and overwrites nothing."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, Team
from contacts.staffing import save_team
from core.clock import now
from core.database import Database
from core.options import option, set_option
from desk.mailboxes import Mailbox, MailboxAccess, add_mailbox
from desk.saving_mailboxes import set_access
from desk.tickets.assigning import assign
from desk.tickets.canned import save_canned
from desk.tickets.message import CannedReply
from desk.tickets.opening import new_ticket
from desk.tickets.ticket import Ticket

SAID = "A colleague has changed this in the meantime."


def hidden(client: FlaskClient, url: str) -> dict[str, str]:
    """The hidden fields of a form, as its page was loaded."""
    fields = (dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", client.get(url).text))
    return {one["name"]: unescape(one.get("value", "")) for one in fields if one.get("type") == "hidden"}


def test_members_of_a_team(admin_client: FlaskClient, nora: Agent, jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        team = save_team(db, Team(), "Service", [db.get_one(Agent, nora.id)])
    form = {"name": "Service", "members": [nora.uid]} | hidden(admin_client, f"/settings/teams/{team.uid}")
    hers = {"name": "Nora Vik", "email": nora.email, "role": "agent", "language": "en", "active": "1", "teams": [team.uid]
            } | hidden(admin_client, f"/settings/agents/{nora.uid}")
    assert admin_client.post(f"/settings/teams/{team.uid}", data=form | {"members": []}).status_code == 303
    assert SAID in admin_client.post(f"/settings/teams/{team.uid}", data=form).text
    assert admin_client.post(f"/settings/agents/{nora.uid}", data=hers).status_code == 409
    with fresh_database.read() as db:
        row = db.get_one(Team, team.id)
        assert row.members == [] and row.version == team.version + 1


def test_access_to_a_mailbox(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        box = add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
        set_access(db, box, [db.get_one(Agent, nora.id)], [])
    old: dict[str, Any] = {"name": "Board", "address": "board@desk.example", "language": "en", "agents": [nora.uid]}
    old |= hidden(admin_client, f"/settings/mailboxes/{box.uid}")
    with fresh_database.write() as db:
        set_access(db, db.get_one(Mailbox, box.id), [], [])
    assert admin_client.post(f"/settings/mailboxes/{box.uid}", data=old).status_code in (409, 412)
    with fresh_database.read() as db:
        assert not db.scalars(select(MailboxAccess)).all()


def test_membership_from_an_agents_form_counts_for_the_team(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        team = save_team(db, Team(), "Service", [])
    form = {"name": nora.name, "email": nora.email, "role": "agent", "language": "en", "active": "1", "teams": [team.uid]}
    assert admin_client.post(f"/settings/agents/{nora.uid}", data=form).status_code == 303
    with fresh_database.read() as db:
        assert db.get_one(Team, team.id).version == team.version + 1


def test_settings_of_the_desk(admin_client: FlaskClient, fresh_database: Database) -> None:
    old = {"desk.name": "Demo", "desk.language": "en", "desk.timezone": "Europe/Oslo", "desk.reopen_days": "14",
           "contacts.bin_days": "15", "mail.loop_limit": "5", "mail.retry_days": "3"} | hidden(admin_client, "/settings/desk")
    with fresh_database.write() as db:
        set_option(db, "desk.reopen_days", 30)
    answer = admin_client.post("/settings/desk", data=old)
    assert answer.status_code == 409 and SAID in answer.text
    with fresh_database.read() as db:
        assert option(db, "desk.reopen_days") == 30


@pytest.mark.parametrize("url", ["/settings/wording/acknowledgement/en", "/canned/{uid}"])
def test_texts(url: str, admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        row = save_canned(db, None, prefix="hello", name="Hello", text="Hello there.")
    url = url.format(uid=row.uid)
    form = {"prefix": "hello", "title": "Hello", "language": "", "text": "One.", "subject": "One", "body": "One."}
    form |= hidden(admin_client, url)
    assert admin_client.post(url, data=form).status_code == 303
    answer = admin_client.post(url, data=form | {"text": "Two.", "subject": "Two", "body": "Two."})
    assert answer.status_code == 409 and SAID in answer.text
    with fresh_database.read() as db:
        assert "Two" not in db.scalars(select(CannedReply)).one().html


def test_a_ticket_is_not_taken_from_a_colleague(agent_client: FlaskClient, jonas: Agent, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        box = add_mailbox(db, "support@desk.example", "Support")
        ticket = new_ticket(db, subject="Hello", mailbox_id=box.id, at=now(), person=None, address=None)
    version = ticket.version
    with fresh_database.write() as db:
        assign(db, db.get_one(Ticket, ticket.id), by=db.get_one(Agent, jonas.id), assignee=db.get_one(Agent, jonas.id))
    url = f"/tickets/{ticket.number}/assignment"
    answer = agent_client.post(url, data={"agent": nora.uid, "version": version}, follow_redirects=True)
    assert "Jonas Berg has taken this ticket in the meantime." in answer.text
    with fresh_database.read() as db:
        row = db.get_one(Ticket, ticket.id)
    assert row.assignee_id == jonas.id
    agent_client.post(url, data={"agent": nora.uid, "version": row.version})
    with fresh_database.read() as db:
        assert db.get_one(Ticket, ticket.id).assignee_id == nora.id
