"""Tickets that an agent begins: what is typed is kept, offered again, thrown away, and never mixed with another."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from contacts.agent import Agent
from core.database import Database, new_uid
from desk.mailboxes import Mailbox, MailboxAccess, add_mailbox
from desk.tickets.message import Draft
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import now_of, open_to, page, post, said, words

EVA = "eva@kunde.example"


def keep(client: FlaskClient, uid: str, kind: str = "mail", version: int = 0, **fields: Any) -> TestResponse:
    """What the script sends a moment after a change."""
    return client.put(f"/drafts/{uid}?kind={kind}", json={**fields, "version": version}, headers={"Accept": "application/json"})


def uid_in(html: str) -> str:
    """The draft that a page writes to."""
    found = re.search(r'name="draft" value="([0-9a-f]{24})"', html)
    assert found is not None
    return found[1]


def drafts(database: Database) -> list[Draft]:
    with database.read() as db:
        return list(db.scalars(select(Draft).order_by(Draft.id)))


def test_a_mail_is_kept_as_it_is_typed(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        sales = add_mailbox(db, "sales@desk.example", "Sales")
    form = page(agent_client, "/tickets/new")
    uid = uid_in(form)
    assert f'data-draft="/drafts/{uid}?kind=mail"' in form and f'data-draft-page="/tickets/new?draft={uid}"' in form
    answer = keep(agent_client, uid, **{"from": sales.uid}, to=f'"Eva Lind" <{EVA}>', cc="ole@kunde.example", subject="Toner",
                  html="<div>It is <strong>here</strong>.</div>", language="da")
    assert answer.json is not None
    assert answer.json["version"] == 1 and re.fullmatch(r"\d\d:\d\d", answer.json["saved"])
    again = page(agent_client, f"/tickets/new?draft={uid}")
    assert 'data-editor="&lt;div&gt;It is &lt;strong&gt;here&lt;/strong&gt;.&lt;/div&gt;"' in again
    assert 'name="subject" value="Toner"' in again and "Eva Lind" in again and "ole@kunde.example" in again
    assert f'<option value="{sales.uid}" data-address="sales@desk.example" data-signature="" selected>' in again
    assert f"Saved {answer.json['saved']}" in words(again) and 'data-version="1"' in again and "Begun tickets 1" in words(again)
    assert (drafts(fresh_database)[0].language, drafts(fresh_database)[0].kind) == ("da", "mail")


def test_a_call_is_kept_as_it_is_typed(agent_client: FlaskClient, support: Mailbox, jonas: Agent, fresh_database: Database) -> None:
    uid = uid_in(page(agent_client, "/tickets/new?channel=phone"))
    keep(agent_client, uid, "phone", who="Eva Lind", phone="555 01 200", subject="She called", text="First\n\n  second < third",
         mailbox=support.uid, agent=jonas.uid)
    again = page(agent_client, f"/tickets/new?draft={uid}")
    for typed in ('value="Eva Lind"', 'value="555 01 200"', 'value="She called"', "First\n\n  second &lt; third</textarea>",
                  f'<option value="{jonas.uid}" selected>', "Saved "):
        assert typed in again, typed
    post(agent_client, "/tickets", channel="phone", draft=uid, who="Eva Lind", subject="She called", text="First", mailbox=support.uid)
    assert drafts(fresh_database) == []


def test_files_are_kept(agent_client: FlaskClient, support: Mailbox) -> None:
    file = agent_client.post("/files", data={"file": (io.BytesIO(b"x"), "plan.txt")}).json
    assert file is not None
    uid = new_uid()
    keep(agent_client, uid, to=EVA, attachments=[file["uid"]])
    assert f'name="attachments" value="{file["uid"]}"' in page(agent_client, f"/tickets/new?draft={uid}")


def test_it_is_offered_until_the_ticket_is_there(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    assert "Begun tickets" not in page(agent_client, "/tickets?view=mine")
    uid, beside = new_uid(), new_uid()
    keep(agent_client, uid, to=EVA, subject="Toner", html="<div>Here</div>")
    form = page(agent_client, "/tickets/new")
    assert f'href="/tickets/new?draft={uid}"' in form and f"{EVA} Toner" in words(form)
    assert uid_in(form) != uid and "Here" not in form
    assert f'href="/tickets/new?draft={uid}"' in page(agent_client, "/tickets?view=mine")
    keep(agent_client, beside, "phone", who="Ole", text="Call back")
    assert 'class="rail__item" href="/tickets/new"' in page(agent_client, "/tickets?view=mine")
    assert "Ole Call back" in words(page(agent_client, f"/tickets/new?draft={uid}"))
    post(agent_client, "/tickets", draft=uid, to=EVA, subject="Toner", html="<div>Here</div>")
    assert [one.uid for one in drafts(fresh_database)] == [beside]


def test_what_is_refused_stays_with_its_draft(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    uid = new_uid()
    keep(agent_client, uid, to=EVA, html="<div>Here</div>")
    refused = said(agent_client.post("/tickets", data={"draft": uid, "to": EVA, "html": "<div>There</div>", "subject": ""}), 422)
    assert uid_in(refused) == uid and 'data-version="1"' in refused and "There" in refused and "needs a subject" in refused
    assert [one.html for one in drafts(fresh_database)] == ["<div>Here</div>"]


def test_a_link_to_somebody_else_leaves_what_was_begun(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    """From a person's card: the other draft is seen, and nothing of it is in the form or written over."""
    uid = new_uid()
    keep(agent_client, uid, to=EVA, subject="For Eva alone", html="<div>Dear Eva</div>")
    with fresh_database.read() as db:
        person = f"/persons/{db.get_one(Ticket, ticket.id).requester.uid}"      # type: ignore[union-attr]
    link = re.search(r'href="(/tickets/new\?to=[^"]+)"', page(agent_client, person))
    assert link is not None
    form = page(agent_client, link[1])
    composer = form[form.index("<form class=\"composer"):]
    assert uid_in(form) != uid and "ole@kunde.example" in composer and EVA not in composer and "For Eva" not in composer
    assert f"{EVA} For Eva alone" in words(form)
    keep(agent_client, uid_in(form), to="ole@kunde.example", html="<div>Dear Ole</div>")
    post(agent_client, "/tickets", draft=uid_in(form), to="ole@kunde.example", subject="Hi", html="<div>Dear Ole</div>")
    assert [(one.uid, one.to, one.html) for one in drafts(fresh_database)] == [(uid, EVA, "<div>Dear Eva</div>")]


def test_it_can_be_thrown_away(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    one, other = new_uid(), new_uid()
    for uid in (one, other):
        keep(agent_client, uid, to=EVA, subject="Toner")
    form = page(agent_client, f"/tickets/new?to=ole@kunde.example&draft={one}")
    assert "Discard this draft?" in words(form) and f"The mail to {EVA} is lost: Toner" in words(form)
    action = re.search(rf'action="(/drafts/{other}/deletion[^"]*)"', form)
    assert action is not None
    answer = post(agent_client, action[1].replace("&amp;", "&"))
    assert answer.location == f"/tickets/new?to=ole@kunde.example&draft={one}"
    assert "The draft is gone." in words(page(agent_client, answer.location))
    post(agent_client, f"/drafts/{one}/deletion")
    post(agent_client, f"/drafts/{one}/deletion")
    assert drafts(fresh_database) == []


def test_an_emptied_form_is_no_draft(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    uid = new_uid()
    keep(agent_client, uid, to=EVA)
    answer = keep(agent_client, uid, version=1, to="", html="<div><br></div>").json
    assert answer == {"version": 0, "saved": ""} and drafts(fresh_database) == []


def test_two_windows_hear_of_each_other(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    uid = new_uid()
    keep(agent_client, uid, html="<div>One</div>")
    stale = keep(agent_client, uid, html="<div>Two</div>")
    assert stale.status_code == 409 and stale.json is not None
    assert (stale.json["version"], stale.json["html"]) == (1, "<div>One</div>")
    assert [one.html for one in drafts(fresh_database)] == ["<div>One</div>"]


def test_nobody_else_sees_it(
    agent_client: FlaskClient, admin_client: FlaskClient, support: Mailbox, fresh_database: Database,
) -> None:
    """Not even an admin: not on the page, in the rail, by its address, nor by writing to it."""
    uid = new_uid()
    keep(agent_client, uid, to=EVA, subject="Secret", html="<div>Secret</div>")
    for url in ("/tickets/new", "/tickets?view=all", f"/search?q={EVA}"):
        shown = page(admin_client, url)
        assert "Secret" not in shown and uid not in shown and "Begun tickets" not in shown, url
    page(admin_client, f"/tickets/new?draft={uid}", 404)
    for version in (0, 1):
        answer = keep(admin_client, uid, version=version, html="<div>Mine</div>")
        assert answer.status_code == 404 and "Secret" not in answer.text
    assert admin_client.post(f"/drafts/{uid}/deletion").status_code == 404
    post(admin_client, "/tickets", draft=uid, to=EVA, subject="Mine", text="Mine")
    refused = admin_client.post("/tickets", data={"draft": uid, "to": EVA, "subject": "", "text": "Mine"})
    assert "Secret" not in refused.text
    assert [one.html for one in drafts(fresh_database)] == ["<div>Secret</div>"]


@pytest.mark.parametrize("sent", [b"no json", b"[1]", b'{"version": "x", "to": 7, "attachments": ["x", 8]}'])
def test_nonsense_is_no_draft(sent: bytes, agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    agent_client.put(f"/drafts/{new_uid()}?kind=mail", data=sent, content_type="application/json")
    for path in ("/drafts/x?kind=mail", f"/drafts/{new_uid()}", f"/drafts/{new_uid()}?kind=reply"):
        assert agent_client.put(path, json={"subject": "Hello", "version": 0}).status_code == 422
    assert drafts(fresh_database) == []
    assert uid_in(page(agent_client, "/tickets/new?draft=x&channel=y"))
    with_nul = keep(agent_client, new_uid(), subject="Hel\0lo", html="<div>\0</div>", to="\0")
    assert with_nul.status_code == 200 and drafts(fresh_database)[0].subject == "Hello"


def test_a_mailbox_that_is_no_longer_seen_is_told(
    agent_client: FlaskClient, support: Mailbox, board: Mailbox, nora: Agent, fresh_database: Database,
) -> None:
    open_to(board, nora)
    uid = new_uid()
    keep(agent_client, uid, **{"from": board.uid}, to=EVA, html="<div>Here</div>")
    told = "You no longer see the mailbox that you wrote this for. It is Support now."
    assert told not in page(agent_client, f"/tickets/new?draft={uid}")
    with fresh_database.write() as db:
        for row in db.scalars(select(MailboxAccess)):
            db.delete(row)
    assert told in page(agent_client, f"/tickets/new?draft={uid}")


def test_without_scripts_it_is_as_it_was(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    """A draft that a script kept is in the textarea as well; sending without one needs no draft."""
    uid = new_uid()
    keep(agent_client, uid, to=EVA, subject="Toner", html="<div>It is <b>here</b>.</div>")
    assert ">It is here.</textarea>" in page(agent_client, f"/tickets/new?draft={uid}")
    post(agent_client, "/tickets", to=EVA, subject="Toner", text="It is here.")
    assert len(drafts(fresh_database)) == 1
    post(agent_client, "/tickets", draft=uid, to=EVA, subject="Toner", text="It is here.")
    assert drafts(fresh_database) == []


def test_drafts_on_tickets_are_left_alone(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    agent_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>Reply</div>", "version": 0})
    uid = drafts(fresh_database)[0].uid
    assert keep(agent_client, uid, version=1, html="<div>Other</div>").status_code == 404
    assert agent_client.post(f"/drafts/{uid}/deletion").status_code == 404
    assert "Reply" in page(agent_client, f"/tickets/{now_of(ticket).number}")
    assert "Begun tickets" not in page(agent_client, f"/tickets/{ticket.number}")
