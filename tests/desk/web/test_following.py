"""The pages that do what a case of the rights desk asks for name the case and lead back; a report that follows one leaves when it is grounded alone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import create_person
from core.database import Database
from desk.outbound import OutboundMail
from desk.privacy.kept import PrivacyReport
from desk.rights.case import RightsCase
from jobs import operations
from tests.desk.web.test_rights import mads as mads

PAGES = ("privacy", "recipients", "restriction", "erasure", "edit", "legal-bases")


@pytest.fixture
def case(admin_client: FlaskClient, mads: str) -> str:
    """They have asked what we hold of them."""
    return opened(admin_client, "access")


def opened(client: FlaskClient, kind: str) -> str:
    return str(client.post("/rights", data={"kind": kind, "who": "mads@zyx.example", "received": ""}).location).rsplit("/", 1)[1]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_work_names_the_case_and_leads_back(admin_client: FlaskClient, case: str, mads: str, page: str) -> None:
    shown = admin_client.get(f"/persons/{mads}/{page}?case={case}").text
    assert "Access, case 1" in shown and re.search(rf'href="/rights/{case}"[^>]*>Back to the case<', shown)
    assert "Nobody has confirmed yet" in shown
    assert page == "recipients" or re.search(rf'action="/persons/{mads}[^"]*\?(?:[^"]*&amp;)?case={case}', shown), "and so does what is posted there"
    assert "Back to the case" not in admin_client.get(f"/persons/{mads}/{page}").text


def test_a_case_of_somebody_else_is_not_followed(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, case: str, mads: str, nora: Agent) -> None:
    """Nor by an agent who is no admin; one that there is not is not found."""
    with fresh_database.write() as db:
        other = create_person(db, {"first_name": "Ole", "last_name": "Hansen"}, by=db.get_one(Agent, nora.id), exempt=True).uid
    assert "Back to the case" not in admin_client.get(f"/persons/{other}/edit?case={case}").text
    assert admin_client.get(f"/persons/{mads}/edit?case={'0' * 24}").status_code == 404
    assert case not in agent_client.get(f"/persons/{mads}/legal-bases").text
    shown = agent_client.get(f"/persons/{mads}/legal-bases?case={case}")
    assert shown.status_code == 200 and "Back to the case" not in shown.text


def test_saving_the_card_leads_back_to_the_case(admin_client: FlaskClient, case: str, mads: str) -> None:
    saved = admin_client.post(f"/persons/{mads}?case={case}", data={"first_name": "Mads", "last_name": "Zyxwold", "version": "", "status": "active"})
    assert saved.location.endswith(f"/rights/{case}"), saved.text[:2000]


def test_a_report_of_a_case_leaves_when_it_is_grounded(admin_client: FlaskClient, fresh_database: Database, case: str, mads: str) -> None:
    """Made from the case's page; refused while nobody knows who asks; the case tells that it was made and sent, and ends by one click (Article 12(6))."""
    asked = admin_client.post(f"/persons/{mads}/privacy?case={case}", data={"form": "report", "language": "sv"})
    assert asked.status_code == 303
    operations.run()
    report = admin_client.get(asked.location).text
    assert f"/rights/{case}" in report and "Nobody has confirmed yet" in report
    sending = {"address": re.search(r'<option value="([0-9a-f]{24})"', report)[1], "way": "link"}  # type: ignore[index]
    refused = admin_client.post(f"{asked.location}/sending", data=sending)
    assert refused.status_code == 422 and "Nobody has confirmed that it was the person who asked" in refused.text
    with fresh_database.read() as db:
        assert db.scalars(select(OutboundMail)).all() == [] and db.scalars(select(PrivacyReport)).one().link_digest is None
    shown = admin_client.get(f"/rights/{case}").text
    assert asked.location in shown and "A report was made" in shown and "It is done: tell them so" not in shown
    admin_client.post(f"/rights/{case}/unproven", data={"unproven_why": "They stood at the counter."})
    assert admin_client.post(f"{asked.location}/sending", data=sending).status_code == 303
    shown = admin_client.get(f"/rights/{case}").text
    assert "The report was sent" in shown
    click = re.search(r"<form[^>]*>(?:(?!</form>).)*It is done: tell them so", shown, re.S)
    assert click, shown
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', click[0].rpartition("<form")[2]))
    assert admin_client.post(f"/rights/{case}/decision", data=fields).status_code == 303
    with fresh_database.read() as db:
        done = db.scalars(select(RightsCase)).one()
        assert (done.state, done.closed) == ("done", True)
    assert asked.location in admin_client.get(f"/rights/{case}").text, "the report is found there while it is kept"
    assert "It is done: tell them so" not in admin_client.get(f"/rights/{case}").text


def test_a_report_of_a_case_that_is_anothers_by_now_stays(admin_client: FlaskClient, fresh_database: Database, case: str, mads: str, nora: Agent) -> None:
    asked = admin_client.post(f"/persons/{mads}/privacy?case={case}", data={"form": "report", "language": "sv"})
    operations.run()
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Ole", "last_name": "Hansen"}, by=db.get_one(Agent, nora.id), exempt=True)
    assert admin_client.post(f"/rights/{case}", data={"kind": "access", "who": "Ole Hansen"}).status_code == 303
    admin_client.post(f"/rights/{case}/unproven", data={"unproven_why": "They stood at the counter."})
    address = re.search(r'<option value="([0-9a-f]{24})"', admin_client.get(asked.location).text)[1]  # type: ignore[index]
    refused = admin_client.post(f"{asked.location}/sending", data={"address": address, "way": "link"})
    assert refused.status_code == 422 and "somebody else" in refused.text


def test_a_case_of_a_restricted_person_goes_on(admin_client: FlaskClient, mads: str) -> None:
    """Restricting is what was asked for: admins still find the person and the work on the page of the case (Article 18)."""
    case = opened(admin_client, "restriction")
    restricted = admin_client.post(f"/persons/{mads}/restriction?case={case}", data={"ground": "accuracy", "reason": "They say so."})
    assert restricted.location.endswith(f"case={case}") and "Back to the case" in admin_client.get(restricted.location).text
    shown = admin_client.get(f"/rights/{case}").text
    assert "Mads Zyxwold" in shown and f"/persons/{mads}/restriction?case={case}" in shown
    made = admin_client.post(f"/persons/{mads}/privacy", data={"form": "report", "language": "en"})
    operations.run()
    assert "Send it to the person" in admin_client.get(made.location).text
