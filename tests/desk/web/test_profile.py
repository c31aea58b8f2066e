"""The profile: what an agent chooses for themselves, and their tokens."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, ApiToken
from contacts.enrolling import agent_with
from core.database import Database

FORM = {"name": "Nora Vik", "language": "nb", "timezone": "Europe/Copenhagen", "theme": "dark", "bell_new": "1",
        "mail_assigned": "1"}


def test_saves_everything(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    answer = agent_client.post("/profile", data=FORM | {"version": nora.version})
    assert answer.status_code == 303
    with fresh_database.read() as db:
        agent = db.get_one(Agent, nora.id)
        assert (agent.language, agent.timezone, agent.theme, agent.keys) == ("nb", "Europe/Copenhagen", "dark", False)
        assert agent.notify == {"new": ["bell"], "assigned": ["mail"], "answered": [], "alert": ["mail"]}
    page = agent_client.get("/profile").text
    assert '<html lang="nb" data-bs-theme="dark"' in page and 'data-keys="off"' in page


def test_an_admin_may_do_without_mails_of_alerts(
    agent_client: FlaskClient, admin_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    assert 'name="mail_alert"' not in agent_client.get("/profile").text
    form = admin_client.get("/profile").text
    assert re.search(r'name="mail_alert" value="1" checked', form) and 'name="bell_alert"' not in form
    for form, wants in (({"mail_alert": "1"}, True), ({}, False)):
        admin_client.post("/profile", data=FORM | form)
        with fresh_database.read() as db:
            assert db.get_one(Agent, jonas.id).wants("alert", "mail") is wants


def test_saving_keeps_the_sign_in(agent_client: FlaskClient, nora: Agent) -> None:
    agent_client.post("/profile", data=FORM)
    assert agent_client.get("/profile").status_code == 200


def test_says_what_does_not_fit_and_keeps_what_was_typed(agent_client: FlaskClient, fresh_database: Database) -> None:
    for changed, said in (({"name": ""}, "Give a name"), ({"timezone": "Mars/Olympus"}, "Choose one of those offered."),
                          ({"language": "tlh"}, "Choose one of those offered.")):
        answer = agent_client.post("/profile", data=FORM | changed)
        assert answer.status_code == 422 and said in answer.text, changed
        assert "Not saved." in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(Agent.language).where(Agent.email == "nora@desk.example")).one() == "en"


def test_role_and_address_are_not_mine_to_change(
    agent_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    agent_client.post("/profile", data=FORM | {"role": "admin", "email": "other@desk.example", "active": ""})
    with fresh_database.read() as db:
        agent = db.get_one(Agent, nora.id)
    assert (agent.role, agent.email, agent.active) == ("agent", "nora@desk.example", True)


def test_a_token_is_shown_once_and_works_until_it_is_ended(
    agent_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    page = agent_client.post("/tokens", data={"name": "Reports"}).text
    token = re.search(r"sk_[\w-]{43}", page)[0]
    with fresh_database.read() as db:
        assert agent_with(db, token).id == nora.id
        uid = db.scalars(select(ApiToken.uid)).one()
    assert token not in agent_client.get("/tokens").text and "Reports" in agent_client.get("/tokens").text
    assert agent_client.post(f"/tokens/{uid}/end").status_code == 303
    with fresh_database.read() as db:
        assert agent_with(db, token) is None


def test_tokens_of_others_are_not_mine_to_end(
    agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    admin_client.post("/tokens", data={"name": "Theirs"})
    with fresh_database.read() as db:
        uid = db.scalars(select(ApiToken.uid)).one()
    assert agent_client.post(f"/tokens/{uid}/end").status_code == 404
    assert "Theirs" not in agent_client.get("/tokens").text


def test_a_token_says_what_it_is_for(agent_client: FlaskClient) -> None:
    assert agent_client.post("/tokens", data={"name": " "}).status_code == 422
