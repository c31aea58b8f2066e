"""Two at the same form: whoever saves a page that was loaded before the other's change hears of it, and overwrites nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from contacts.enrolling import add_agent
from contacts.staffing import save_team
from core.clock import now
from core.database import Database, take_turns
from core.html import to_text
from core.options import option, set_option
from desk.mailboxes import Mailbox, MailboxAccess, add_mailbox
from desk.saving_mailboxes import set_access
from desk.tickets.assigning import assign
from desk.tickets.canned import save_canned
from desk.tickets.message import CannedReply, Wording
from desk.tickets.opening import new_ticket
from desk.tickets.ticket import Ticket
from desk.wording import Text, choose

SAID = "A colleague has changed this in the meantime."


def hidden(client: FlaskClient, url: str) -> dict[str, str]:
    """The hidden fields of a form, as its page was loaded."""
    return fields(client.get(url).text)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    found = (dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page))
    return {one["name"]: unescape(one.get("value", "")) for one in found if one.get("type") == "hidden"}


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
           "contacts.bin_days": "15", "mail.loop_limit": "5", "mail.retry_days": "3", "intake.spam_score": "10", "reports.small_cell": "5"} | hidden(admin_client, "/settings/desk")
    with fresh_database.write() as db:
        set_option(db, "desk.reopen_days", 30)
    answer = admin_client.post("/settings/desk", data=old)
    assert answer.status_code == 409 and SAID in answer.text
    assert "It is now: 30" in answer.text and "It is now: on" in answer.text and 'value="14"' in answer.text
    with fresh_database.read() as db:
        assert option(db, "desk.reopen_days") == 30
    admin_client.post("/settings/desk", data=old | fields(answer.text))
    with fresh_database.read() as db:
        assert option(db, "desk.reopen_days") == 14


@pytest.mark.parametrize("url", ["/settings/wording/acknowledgement/en", "/canned/{uid}"])
def test_texts(url: str, admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        row = save_canned(db, None, prefix="hello", name="Hello", text="Hello there.")
    url = url.format(uid=row.uid)
    form = {"prefix": "hello", "title": "Hello", "language": "", "text": "One.", "subject": "One", "body": "One."}
    form |= hidden(admin_client, url)
    assert admin_client.post(url, data=form).status_code == 303
    two = form | {"text": "Two.", "subject": "Two", "body": "Two."}
    answer = admin_client.post(url, data=two)
    assert answer.status_code == 409 and SAID in answer.text and "Two." in answer.text and "It is now: One." in answer.text
    assert texts(fresh_database) == "One."
    assert admin_client.post(url, data=two | fields(answer.text)).status_code == 303
    assert texts(fresh_database) == "Two."


@pytest.mark.parametrize(("url", "away"), [("/settings/wording/acknowledgement/en", "ours"), ("/canned/{uid}", "deletion")])
def test_texts_are_not_taken_away_unseen(url: str, away: str, admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        row = save_canned(db, None, prefix="hello", name="Hello", text="Hello there.")
    url = url.format(uid=row.uid)
    form = {"prefix": "hello", "title": "Hello", "text": "One.", "subject": "One", "body": "One."} | hidden(admin_client, url)
    admin_client.post(url, data=form)
    answer = admin_client.post(f"{url}/{away}", data=form)
    assert answer.status_code == 409 and SAID in answer.text and "One." in answer.text
    assert texts(fresh_database) == "One."
    assert admin_client.post(f"{url}/{away}", data=fields(answer.text)).status_code == 303
    assert texts(fresh_database) == ""


def test_a_preview_does_not_make_a_stale_page_fresh(admin_client: FlaskClient, fresh_database: Database) -> None:
    url = "/settings/wording/acknowledgement/en"
    old = hidden(admin_client, url)
    admin_client.post(url, data=old | {"subject": "One", "body": "One."})
    for body in ("Two.", "Two {nonsense}."):
        shown = admin_client.post(f"{url}/preview", data=old | {"subject": "Two", "body": body}).text
        answer = admin_client.post(url, data=fields(shown) | {"subject": "Two", "body": "Two."})
        assert answer.status_code == 409 and texts(fresh_database) == "One."


def texts(database: Database) -> str:
    """What one of the two holds now: a wording, or the canned reply (as begun: nothing)."""
    with database.read() as db:
        found = [*db.scalars(select(Wording.body)), *(to_text(html) for html in db.scalars(select(CannedReply.html)))]
    return next((text for text in found if text != "Hello there."), "")


def test_a_new_team_counts_for_its_members(admin_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    """The form of an agent, loaded before the team was there, would take her out of it."""
    hers = {"name": "Nora Vik", "email": nora.email, "role": "agent", "language": "en", "active": "1"}
    hers |= hidden(admin_client, f"/settings/agents/{nora.uid}")
    admin_client.post("/settings/teams", data={"name": "Service", "members": [nora.uid]})
    assert admin_client.post(f"/settings/agents/{nora.uid}", data=hers).status_code == 409
    with fresh_database.read() as db:
        assert [agent.name for agent in db.scalars(select(Team)).one().members] == ["Nora Vik"]


def test_a_team_is_shown_as_it_is_now(admin_client: FlaskClient, nora: Agent, jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        team = save_team(db, Team(), "Service", [])
    url = f"/settings/teams/{team.uid}"
    old = hidden(admin_client, url)
    admin_client.post(url, data=old | {"name": "Repairs", "members": [nora.uid, jonas.uid]})
    answer = admin_client.post(url, data=old | {"name": "Service", "members": []})
    assert "It is now: Repairs" in answer.text and "It is now: Jonas Berg, Nora Vik" in answer.text
    assert admin_client.post(f"{url}/end", data=old).status_code == 409
    assert admin_client.post(f"{url}/end", data=hidden(admin_client, url)).status_code == 303


def test_what_a_mailbox_does_with_unknown_senders(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    """It stands on the page of the policy and in the form of the mailbox: neither overwrites the other."""
    with fresh_database.write() as db:
        box = add_mailbox(db, "support@desk.example", "Support")
    policy, form = "/settings/unknown-senders", f"/settings/mailboxes/{box.uid}"
    mailbox: dict[str, Any] = {"name": "Support", "address": box.address, "language": "en", "everybody": "1"}
    chosen: dict[str, Any] = {"unknown_sender": "create", f"mailbox_{box.uid}": ""}
    old, stale = chosen | hidden(admin_client, policy), mailbox | hidden(admin_client, form)
    assert admin_client.post(policy, data=old | {f"mailbox_{box.uid}": "ask"}).status_code == 303
    assert admin_client.post(policy, data=old).status_code == 409
    assert admin_client.post(form, data=stale).status_code == 409
    old, fresh = chosen | hidden(admin_client, policy), mailbox | hidden(admin_client, form)
    assert admin_client.post(form, data=fresh | {"unknown_sender": "never"}).status_code == 303
    assert admin_client.post(policy, data=old).status_code == 409
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender", box.uid) == "never"



def of_canned(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    row = save_canned(db, None, prefix="hello", name="Hello", text="Hello there.")
    return f"/canned/{row.uid}", {"prefix": "hello", "title": "Hello", "text": "Two."}, lambda: setattr(row, "html", "One.")


def of_wording(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    def change() -> None:
        take_turns(db, "wordings")
        choose(db, "acknowledgement", "en", None, Text("One", "One."))
    return "/settings/wording/acknowledgement/en", {"subject": "Two", "body": "Two."}, change


def of_options(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    def change() -> None:
        take_turns(db, "options")
        set_option(db, "desk.reopen_days", 30)
    return "/settings/desk", {"desk.name": "Demo", "desk.language": "en", "desk.timezone": "Europe/Oslo", "desk.reopen_days": "14",
                              "contacts.bin_days": "15", "mail.loop_limit": "5", "mail.retry_days": "3", "intake.spam_score": "10", "reports.small_cell": "5"}, change


def of_team(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    team = save_team(db, Team(), "Service", [])
    return f"/settings/teams/{team.uid}", {"name": "Two"}, lambda: save_team(db, team, "One", [])


def of_agent(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    agent = add_agent(db, "kari@desk.example", name="Kari Moe")

    def change() -> None:
        agent.name, agent.version = "Kari One", agent.version + 1
    return f"/settings/agents/{agent.uid}", {"name": "Kari Two", "email": agent.email, "role": "agent", "language": "en"}, change


def of_mailbox(db: Session) -> tuple[str, dict[str, Any], Callable[[], object]]:
    box = add_mailbox(db, "support@desk.example", "Support")
    return f"/settings/mailboxes/{box.uid}", {"name": "Two", "address": box.address, "language": "en"}, lambda: setattr(box, "name", "One")


@pytest.mark.parametrize("what", [of_canned, of_wording, of_options, of_team, of_agent, of_mailbox])
def test_two_who_save_at_the_same_moment(
    what: Callable[[Session], tuple[str, dict[str, Any], Callable[[], object]]], admin_client: FlaskClient, fresh_database: Database,
) -> None:
    """The second has passed every comparison when the first commits, and still overwrites nothing."""
    with fresh_database.writer() as db:
        url, form, change = what(db)
        db.commit()
        form |= hidden(admin_client, url)
        change()
        db.flush()
        with ThreadPoolExecutor(1) as threads:
            second = threads.submit(admin_client.post, url, data=form)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
            db.commit()
            answer = second.result(timeout=20)
    assert answer.status_code == 409 and ("A colleague" in answer.text or "Somebody else has changed" in answer.text)


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
