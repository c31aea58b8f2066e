"""Forgotten passwords, the link in the mail, and changing one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, PasswordReset
from contacts.enrolling import SHORTEST, right_password
from core.clock import now
from core.database import Database
from desk.outbound import OutboundMail
from tests.desk.web.conftest import PASSWORD

NEW = "a lamp in the hall is dark"


@pytest.fixture
def link(visitor: FlaskClient, nora: Agent, fresh_database: Database) -> str:
    """The path in the mail."""
    assert visitor.post("/forgotten", data={"email": "nora@desk.example"}).status_code == 200
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail)).one()
    assert mail.recipients == ["nora@desk.example"] and mail.kind == "system"
    return re.search(r"http://[^/]+(/reset/[\w-]+)", mail.text)[1]


def test_link_lets_choose_a_password_and_signs_in(
    visitor: FlaskClient, link: str, nora: Agent, fresh_database: Database,
) -> None:
    assert "Choose a new password" in visitor.get(link).text
    answer = visitor.post(link, data={"password": NEW})
    assert answer.location == "/tickets?view=mine"
    assert visitor.get("/profile").status_code == 200
    with fresh_database.read() as db:
        agent = db.get_one(Agent, nora.id)
    assert right_password(agent, NEW) and agent.session_version == nora.session_version + 1


def test_link_works_once(visitor: FlaskClient, link: str) -> None:
    visitor.post(link, data={"password": NEW})
    answer = visitor.post(link, data={"password": "another sentence"})
    assert answer.status_code == 422 and "This link has been used" in answer.text
    assert visitor.get(link).status_code == 422


def test_link_ends_after_an_hour(visitor: FlaskClient, link: str, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.scalars(select(PasswordReset)).one().until = now() - timedelta(seconds=1)
    assert visitor.post(link, data={"password": NEW}).status_code == 422


def test_a_newer_link_ends_the_older(visitor: FlaskClient, link: str) -> None:
    visitor.post("/forgotten", data={"email": "nora@desk.example"})
    assert visitor.get(link).status_code == 422


def test_a_short_password_keeps_the_link(visitor: FlaskClient, link: str) -> None:
    answer = visitor.post(link, data={"password": "short"})
    assert answer.status_code == 422 and "shorter than 8 characters" in answer.text
    assert visitor.post(link, data={"password": NEW}).status_code == 303


def test_pages_ask_for_as_many_characters_as_are_needed(visitor: FlaskClient, link: str) -> None:
    for page in (visitor.get(link).text, visitor.post(link, data={"password": NEW}) and visitor.get("/profile").text):
        assert f'minlength="{SHORTEST}"' in page and f"At least {SHORTEST} characters." in page


def test_only_a_digest_of_the_link_is_kept(link: str, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        kept = db.scalars(select(PasswordReset.digest)).one()
    assert kept not in link and len(kept) == 32


def test_unknown_address_is_answered_alike_and_gets_nothing(
    visitor: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    known = visitor.post("/forgotten", data={"email": "nora@desk.example"})
    unknown = visitor.post("/forgotten", data={"email": "nobody@desk.example"})
    assert known.status_code == unknown.status_code == 200
    without_token = [re.sub(r'(content|value)="[^"]{30,}"', "", answer.text) for answer in (known, unknown)]
    assert without_token[0] == without_token[1] and "on its way" in known.text
    with fresh_database.read() as db:
        assert len(db.scalars(select(OutboundMail)).all()) == 1


def test_nobody_is_flooded_with_links(visitor: FlaskClient, nora: Agent) -> None:
    answers = [visitor.post("/forgotten", data={"email": "nora@desk.example"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_changing_ends_the_other_sessions_and_keeps_this(
    signed_in: Callable[[Agent], FlaskClient], nora: Agent,
) -> None:
    here, there = signed_in(nora), signed_in(nora)
    answer = here.post("/profile/password", data={"old": PASSWORD, "password": NEW})
    assert answer.location == "/profile"
    assert "Everywhere else you are signed out." in here.get("/profile").text
    assert there.get("/profile").status_code == 303


def test_changing_wants_the_old_one(agent_client: FlaskClient, nora: Agent) -> None:
    answer = agent_client.post("/profile/password", data={"old": "wrong", "password": NEW})
    assert answer.status_code == 422 and "This is not your password." in answer.text
    for _ in range(9):
        agent_client.post("/profile/password", data={"old": "wrong", "password": NEW})
    answer = agent_client.post("/profile/password", data={"old": PASSWORD, "password": NEW})
    assert answer.status_code == 422 and "Too many attempts" in answer.text


def test_changing_to_a_short_one_is_refused(agent_client: FlaskClient) -> None:
    answer = agent_client.post("/profile/password", data={"old": PASSWORD, "password": "short"})
    assert answer.status_code == 422 and "Choose a longer one." in answer.text


def test_the_page_behind_the_link_speaks_the_agents_language(
    visitor: FlaskClient, link: str, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).language = "da"
    shown = visitor.get(link, headers={"Accept-Language": "en"}).text
    assert '<html lang="da"' in shown and "Choose a new password" not in shown
    assert '<html lang="da"' in visitor.post(link, data={"password": "short"}).text
