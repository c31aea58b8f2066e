"""An agent's other addresses: they count once the link that was mailed to them has been followed, by the agent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent, AgentAddress
from contacts.editing import create_person
from contacts.identifying import agent_at
from core.clock import now
from core.database import Database
from core.history import FactRow
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail

HOME = "nora@home.example"


def counts(database: Database) -> bool:
    with database.read() as db:
        return agent_at(db, HOME) is not None


def person_with(db: Session, address: str) -> None:
    create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, exempt=True,
                  addresses=[{"kind": "email", "value": address}])


def links(database: Database) -> list[str]:
    """The paths in the mails, the oldest first."""
    with database.read() as db:
        mails = db.scalars(select(OutboundMail).order_by(OutboundMail.id)).all()
        assert {(mail.kind, *mail.recipients) for mail in mails} == {("system", HOME)}
        return [re.search(r"http://[^/]+(/profile/addresses/\d+/proof/\w+)", mail.text)[1] for mail in mails]


@pytest.fixture
def link(agent_client: FlaskClient, fresh_database: Database) -> str:
    """The path in the mail."""
    assert agent_client.post("/profile/addresses", data={"address": "Nora@Home.example"}).status_code == 303
    return links(fresh_database)[0]


def test_counts_once_the_button_behind_the_link_is_pressed(agent_client: FlaskClient, link: str, fresh_database: Database) -> None:
    page = agent_client.get("/profile").text
    assert HOME in page and "unproven" in page and "Send again" in page
    assert "This is my address" in agent_client.get(link).text and not counts(fresh_database)
    assert agent_client.post(link).status_code == 303 and counts(fresh_database)
    page = agent_client.get("/profile").text
    assert "unproven" not in page and "Send again" not in page
    assert agent_client.get(link).status_code == agent_client.post(link).status_code == 422
    assert agent_client.post(link.partition("/proof")[0] + "/end").status_code == 303 and not counts(fresh_database)
    with fresh_database.read() as db:
        told = [row.data["change"] for row in db.scalars(select(FactRow).where(FactRow.kind == "agent.changed").order_by(FactRow.id))]
    assert told[-3:] == ["address_added", "address_proven", "address_removed"]


def test_nobody_else_can_follow_it_or_touch_the_address(
    visitor: FlaskClient, admin_client: FlaskClient, link: str, fresh_database: Database,
) -> None:
    address = link.partition("/proof")[0]
    for path in (link, f"{address}/link", f"{address}/end"):
        assert admin_client.post(path).status_code == 404
        assert "/sign-in" in visitor.post(path).location
    assert admin_client.get(link).status_code == 404 and "/sign-in" in visitor.get(link).location
    assert "/sign-in" in visitor.post("/profile/addresses", data={"address": HOME}).location
    assert not counts(fresh_database) and len(links(fresh_database)) == 1


def test_a_forged_and_an_earlier_link_prove_nothing(agent_client: FlaskClient, link: str, fresh_database: Database) -> None:
    assert agent_client.post(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 422
    agent_client.post(link.partition("/proof")[0] + "/link")
    later = links(fresh_database)[1]
    assert agent_client.post(link).status_code == 422
    assert not counts(fresh_database)
    assert agent_client.post(later).status_code == 303 and counts(fresh_database)


def test_a_link_ends_after_a_day(
    agent_client: FlaskClient, link: str, fresh_database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr("contacts.proving.now", lambda: late)
    answer = agent_client.post(link)
    assert answer.status_code == 422 and "older than a day" in answer.text and not counts(fresh_database)


@pytest.mark.parametrize(("address", "said"), [
    ("not an address", "Write it like"), ("jonas@desk.example", "Another agent has this address."),
    ("Support+x@desk.example", "This is the address of a mailbox."), ("ole@kunde.example", "A person has this address."),
    ("nora@desk.example", "You have this address already.")])
def test_what_is_somebody_elses_is_refused(
    agent_client: FlaskClient, jonas: Agent, fresh_database: Database, address: str, said: str,
) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        person_with(db, "ole@kunde.example")
    answer = agent_client.post("/profile/addresses", data={"address": address})
    assert answer.status_code == 422 and said in answer.text and f'value="{address}"' in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(AgentAddress)).all() == db.scalars(select(OutboundMail)).all() == []


def test_a_person_who_got_it_meanwhile_keeps_it(agent_client: FlaskClient, link: str, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        person_with(db, HOME)
    answer = agent_client.post(link)
    assert answer.status_code == 422 and "A person has this address" in answer.text and not counts(fresh_database)


def test_nobody_is_flooded_with_links(agent_client: FlaskClient, link: str, fresh_database: Database) -> None:
    again = link.partition("/proof")[0] + "/link"
    answers = [agent_client.post(again).status_code for _ in range(11)]
    assert answers[0] == 303 and answers[-1] == 422 and len(links(fresh_database)) < 12
