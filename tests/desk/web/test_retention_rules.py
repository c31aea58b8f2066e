"""Rules of retention on their pages: tried before they are saved, told on the card, planned and carried out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.person import LegalBasis, Person
from core.clock import now
from core.database import Database
from core.operations import Operation
from core.options import option
from desk.retention.rule import RetentionRule
from jobs import operations as job

RULE = {"period": "24", "unit": "months", "since": "contact", "act": "erase", "active": "1", "version": "0"}
PATH = "/settings/retention/persons.legitimate_interest"


@pytest.fixture
def mads(fresh_database: Database, jonas: Agent) -> str:
    """Somebody whom we know for a hundred months."""
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=jonas, exempt=True)
        person.to_be_completed, person.created_at = False, now() - timedelta(days=3000)
        for one in db.scalars(select(LegalBasis)):
            one.at = person.created_at
        return person.uid


def test_tried_before_it_is_saved(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    """How many fall due now and in the next thirty days, with the list of them; nothing is kept of a trial."""
    tried = admin_client.post(f"{PATH}/preview", data=RULE)
    assert tried.status_code == 303
    shown = admin_client.get(tried.location).text
    assert "Mads Zyxwold" in shown and re.search(r"Due now<span class=\"tabs__count\">1", shown)
    later = admin_client.get(f"{PATH}?period=3020&unit=days&since=contact&act=erase").text
    assert "Nothing falls due" in later and re.findall(r"tabs__count\">(\d)", later) == ["0", "1"]
    assert "Mads Zyxwold" in admin_client.get(f"{PATH}?period=3020&unit=days&since=contact&act=erase&when=soon").text
    with fresh_database.read() as db:
        assert db.scalars(select(RetentionRule)).all() == []
    assert "Write a whole number" in admin_client.get(f"{PATH}?period=0&unit=days&since=contact&act=erase").text


def test_the_card_says_when_and_why(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    """Computed, not guessed: without a rule it says so."""
    assert "No rule says when this record is deleted." in agent_client.get(f"/persons/{mads}").text
    assert admin_client.post(PATH, data=RULE | {"period": "120"}).status_code == 303
    with fresh_database.read() as db:
        begun = db.scalars(select(Person)).one().created_at
    card = agent_client.get(f"/persons/{mads}").text
    assert f"Will be deleted for good on {begun.day} {begun:%b} {begun.year + 10} unless there is contact before" in card
    assert admin_client.post(PATH, data=RULE | {"version": "1", "period": "12"}).status_code == 303
    assert "Has had its time since" in agent_client.get(f"/persons/{mads}").text


def test_a_page_of_those_that_fall_due(admin_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    with fresh_database.write() as db:
        for number in range(53):
            person = create_person(db, {"first_name": "Mads", "last_name": f"Zyxwold {number:02}"}, by=db.get_one(Agent, jonas.id), exempt=True)
            person.to_be_completed, person.created_at = True, now() - timedelta(days=3000)
    path = "/settings/retention/persons.newcomers?period=12&unit=months&since=created&act=bin"
    first = admin_client.get(path).text
    assert "Zyxwold 49" in first and "Zyxwold 50" not in first and 'tabs__count">53' in first
    older = re.search(r'href="([^"]*after=\d+[^"]*)"', first)
    assert older is not None
    second = admin_client.get(older[1].replace("&amp;", "&")).text
    assert "Zyxwold 50" in second and "Zyxwold 49" not in second


def test_planned_looked_through_and_carried_out(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    admin_client.post(PATH, data=RULE)
    planned = admin_client.post("/settings/retention/plan")
    assert planned.status_code == 303
    while_waiting(fresh_database)
    page = admin_client.get(planned.location).text
    assert "What has had its time" in page and "Mads Zyxwold" in page and "Person: erased for good" in page and "will be done" in page
    told = admin_client.get("/notifications").text
    assert "1 record has had its time and waits for your word." in told and f'href="{planned.location}"' in told
    assert "has had its time" not in agent_client.get("/notifications").text
    assert agent_client.get(planned.location).status_code == 404 and agent_client.post(f"{planned.location}/approve").status_code == 404
    assert admin_client.post(f"{planned.location}/approve").status_code == 303
    while_waiting(fresh_database)
    assert admin_client.get(f"/persons/{mads}").status_code == 410
    assert "has had its time" not in admin_client.get("/notifications").text


def while_waiting(database: Database) -> None:
    for _slice in range(200):
        job.run()
        with database.read() as db:
            if not db.scalars(select(Operation.id).where(Operation.state.in_(("approved", "running")))).all():
                return


def test_whether_it_waits_is_switched(admin_client: FlaskClient, fresh_database: Database) -> None:
    assert admin_client.post("/settings/retention/waiting", data={}).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "retention.waits") is False


def test_two_admins_at_once(admin_client: FlaskClient) -> None:
    admin_client.post(PATH, data=RULE)
    late = admin_client.post(PATH, data=RULE | {"period": "48"})
    assert late.status_code == 409 and 'value="48"' in late.text and "A colleague" in late.text
    wrong = admin_client.post(PATH, data=RULE | {"version": "1", "period": "-1"})
    assert wrong.status_code == 422 and "Write a whole number" in wrong.text
    assert "24 months after the last contact: erased for good" in admin_client.get("/settings/retention").text
