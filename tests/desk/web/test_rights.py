"""The rights desk on pages: for admins alone; the page behind the link for anybody who has it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.address import Holding
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.editing import create_person, person_called
from contacts.restricting import restrict
from core.clock import now
from core.database import Database
from core.operations import Operation
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.rights.case import RightsCase
from jobs import operations


@pytest.fixture
def mads(fresh_database: Database, jonas: Agent) -> str:
    """Somebody with an address for a year."""
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold", "preferred_language": "sv"}, by=jonas, exempt=True)
        add_address(db, person, "email", "mads@zyx.example", by=jonas)
        db.execute(update(Holding).values(since=now() - timedelta(days=365)))
        return person.uid


@pytest.fixture
def case(admin_client: FlaskClient, mads: str) -> str:
    """A case of theirs."""
    opened = admin_client.post("/rights", data={"kind": "erasure", "who": "mads@zyx.example", "received": ""})
    assert opened.status_code == 303
    return str(opened.location).rsplit("/", 1)[1]


def test_from_the_list_to_the_decision(admin_client: FlaskClient, visitor: FlaskClient, fresh_database: Database, case: str, mads: str) -> None:
    assert "Mads Zyxwold" in admin_client.get("/rights").text
    shown = admin_client.get(f"/rights/{case}").text
    assert f"/persons/{mads}/erasure?case={case}" in shown and "mads@zyx.example" in shown
    refused = admin_client.post(f"/rights/{case}/decision", data={"outcome": "done"})
    assert refused.status_code == 422 and "Nobody has confirmed" in refused.text
    address = re.search(r'name="address" value="([0-9a-f]{24})"', shown)[1]  # type: ignore[index]
    assert admin_client.post(f"/rights/{case}/identity", data={"address": address}).status_code == 303
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail).order_by(OutboundMail.id.desc())).first()
        link = re.search(r"/identity/\S+", mail.text)[0]  # type: ignore[index]
    page = visitor.get(link)
    assert page.status_code == 200 and "Mads" not in page.text and 'lang="sv"' in page.text
    with fresh_database.read() as db:
        assert not db.scalars(select(RightsCase)).one().known, "looking at it does nothing"
    assert visitor.post(link).status_code == 200
    assert visitor.post(link).status_code == visitor.get(link).status_code == 422
    assert "They followed a link to mads@zyx.example" in admin_client.get(f"/rights/{case}").text
    assert admin_client.post(f"/rights/{case}/decision", data={"outcome": "done", "tell": "1"}).status_code == 303
    assert "Take it up again" in admin_client.get(f"/rights/{case}").text
    assert admin_client.post(f"/rights/{case}/reopening").status_code == 303


def test_mistakes_are_said_at_the_field(admin_client: FlaskClient, case: str) -> None:
    for path, data, said in (("decision", {"outcome": "refused"}, "a refusal has to state its reasons"), ("extension", {}, "Say why: the person is told."),
                             ("unproven", {}, "Say how you know"), ("identity", {"address": "0" * 24}, "stood on the card before")):
        answer = admin_client.post(f"/rights/{case}/{path}", data=data)
        assert answer.status_code == 422 and said in answer.text, path
    for day in ("soon", "20261120", "2026-W47-5", "0001-01-01"):
        assert admin_client.post("/rights", data={"kind": "access", "received": day}).status_code == 422, day
    assert admin_client.post(f"/rights/{case}", data={"version": "1", "kind": "access", "who": "Mads Zyxwold"}).status_code == 303
    assert admin_client.post(f"/rights/{case}", data={"version": "1", "kind": "access"}).status_code == 409


@pytest.mark.parametrize(("method", "path"), [
    ("get", "/rights"), ("get", "/rights/new"), ("post", "/rights"), ("get", "/rights/{0}"), ("post", "/rights/{0}"), ("post", "/rights/{0}/identity"),
    ("post", "/rights/{0}/unproven"), ("post", "/rights/{0}/extension"), ("post", "/rights/{0}/decision"), ("post", "/rights/{0}/reopening")])
def test_admins_alone(agent_client: FlaskClient, visitor: FlaskClient, case: str, method: str, path: str) -> None:
    assert getattr(agent_client, method)(path.format(case)).status_code == 403
    assert getattr(visitor, method)(path.format(case)).location.startswith("/sign-in")
    assert "/rights" not in agent_client.get("/persons").text


def test_bell_tells_admins(signed_in, fresh_database: Database, nora: Agent, admin_client: FlaskClient, case: str) -> None:
    with fresh_database.write() as db:
        other = Agent(email="siri@desk.example", name="Siri Lund", role="admin")
        db.add(other)
    admin_client.post("/rights", data={"kind": "access", "who": "mads@zyx.example"})
    assert "A new request for rights" in signed_in(other).get("/notifications").text
    assert "A new request for rights" not in signed_in(nora).get("/notifications").text


def test_the_erasing_and_the_case_know_each_other(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, case: str, mads: str) -> None:
    form = admin_client.get(f"/persons/{mads}/erasure?case={case}").text
    assert f'name="case" value="{case}"' in form and "Nobody has confirmed yet" in form
    begun = admin_client.post(f"/persons/{mads}/erasure", data={"case": case, "reason": "request", "review": "erase"})
    assert begun.status_code == 303
    operations.run()
    assert f"/rights/{case}" in admin_client.get(begun.location).text
    refused = admin_client.post(f"{begun.location}/approve", follow_redirects=True).text
    assert "Nobody has confirmed that it was the person who asked." in refused
    assert begun.location in admin_client.get(f"/rights/{case}").text
    admin_client.post(f"/rights/{case}/unproven", data={"unproven_why": "They called back."})
    admin_client.post(f"{begun.location}/approve")
    with fresh_database.write() as db:
        db.execute(update(OutboundMail).values(state="failed"))
    for _slice in range(300):
        operations.run()
        with fresh_database.write() as db:
            db.execute(update(Operation).values(due_at=now()))
            db.execute(update(OutboundMail).values(state="failed"))
            if db.scalars(select(Operation.state)).one() == "done":
                break
    over = admin_client.get(begun.location).text
    assert "could not be mailed" in over
    url = re.search(r"/certificates/[0-9a-f]{24}", over)[0]  # type: ignore[index]
    printed = admin_client.get(url + "?language=nb")
    assert printed.mimetype == "application/pdf" and printed.data.startswith(b"%PDF")
    assert url in admin_client.get("/certificates").text and url in admin_client.get(f"/rights/{case}").text
    assert agent_client.get(url).status_code == agent_client.get("/certificates").status_code == 403


def test_who_is_in_the_bin_is_named_nowhere(admin_client: FlaskClient, case: str, mads: str) -> None:
    assert admin_client.post(f"/persons/{mads}/end").status_code == 303
    for path in ("/rights", f"/rights/{case}"):
        page = admin_client.get(path).text
        assert "Zyxwold" not in page and "mads@zyx.example" not in page, path


def test_a_link_of_nobody(visitor: FlaskClient) -> None:
    assert visitor.get("/identity/nonsense").status_code == visitor.post("/identity/nonsense").status_code == 422


def test_whoever_is_restricted_has_their_rights(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    """Restriction (Article 18) is often the first step of an erasing: the case names them, is found by their address, and a link can go out."""
    with fresh_database.write() as db:
        restrict(db, person_called(db, mads), ground="claims", reason="A dispute.", by=db.get_one(Agent, jonas.id))
    opened = admin_client.post("/rights", data={"kind": "access", "who": "mads@zyx.example", "received": ""})
    assert opened.status_code == 303
    shown = admin_client.get(opened.location).text
    assert "Mads Zyxwold" in shown and f"/persons/{mads}/privacy" in shown and 'name="address"' in shown
    assert admin_client.post("/rights", data={"kind": "access", "who": "Mads Zyxwold", "received": ""}).status_code == 303
