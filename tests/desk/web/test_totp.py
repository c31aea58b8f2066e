"""The second factor: setting up, signing in with it, codes that are good once."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pyotp
import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.second_factor import STEP
from core.database import Database
from core.tokens import unseal
from tests.desk.web.conftest import PASSWORD


def code(agent: Agent, database: Database, steps: int = 0) -> str:
    with database.read() as db:
        secret = unseal(db.get_one(Agent, agent.id).totp)
    return pyotp.TOTP(secret).at(int(time.time()) + steps * STEP)


@pytest.fixture
def codes(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> list[str]:
    """Nora has switched it on a while ago; her recovery codes."""
    assert agent_client.post("/profile/second-factor").location == "/profile/second-factor"
    page = agent_client.get("/profile/second-factor").text
    assert 'action="/profile/second-factor/code#totp"' in page
    assert 'action="/profile/second-factor#totp"' in agent_client.get("/profile").text
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    answer = agent_client.post("/profile/second-factor/code", data={"code": pyotp.TOTP(secret).now()})
    found = re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)
    assert len(found) == 10
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).totp_used -= 10
    return found


def password(client: FlaskClient):
    return client.post("/sign-in", data={"email": "nora@desk.example", "password": PASSWORD})


def test_picture_has_no_styles_and_is_an_image(agent_client: FlaskClient) -> None:
    assert agent_client.get("/profile/second-factor.svg").status_code == 404
    agent_client.post("/profile/second-factor")
    answer = agent_client.get("/profile/second-factor.svg")
    assert answer.mimetype == "image/svg+xml" and answer.headers["Cache-Control"] == "no-store"
    root = ElementTree.fromstring(answer.data)
    assert root.tag.endswith("svg") and not [e for e in root.iter() if "style" in e.attrib]


def test_wrong_first_code_switches_nothing_on(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    agent_client.post("/profile/second-factor")
    answer = agent_client.post("/profile/second-factor/code", data={"code": "000000"})
    assert answer.status_code == 422 and "Type the six digits" in answer.text
    with fresh_database.read() as db:
        assert db.get_one(Agent, nora.id).totp == ""


def test_recovery_codes_are_shown_once_and_kept_as_digests(
    agent_client: FlaskClient, codes: list[str], nora: Agent, fresh_database: Database,
) -> None:
    assert codes[0] not in agent_client.get("/profile").text
    with fresh_database.read() as db:
        kept = db.get_one(Agent, nora.id)
    assert codes[0] not in str(kept.recovery_codes) and len(kept.recovery_codes) == 10


def test_the_secret_is_sealed(codes: list[str], nora: Agent, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        sealed = db.get_one(Agent, nora.id).totp
    assert unseal(sealed) not in sealed


def test_password_alone_is_not_enough(visitor: FlaskClient, codes: list[str]) -> None:
    assert password(visitor).location == "/sign-in/code"
    assert visitor.get("/profile").status_code == 303
    assert "One more step" in visitor.get("/sign-in/code").text


def test_code_signs_in_and_is_good_once(
    visitor: FlaskClient, app, codes: list[str], nora: Agent, fresh_database: Database,
) -> None:
    shown = code(nora, fresh_database)
    password(visitor)
    assert visitor.post("/sign-in/code", data={"code": f"{shown[:3]} {shown[3:]}"}).location == "/tickets?view=mine"
    another = app.test_client()
    password(another)
    answer = another.post("/sign-in/code", data={"code": shown})
    assert answer.status_code == 422 and "was used before" in answer.text


def test_a_clock_that_is_half_a_minute_off_does_not_matter(
    visitor: FlaskClient, codes: list[str], nora: Agent, fresh_database: Database,
) -> None:
    password(visitor)
    assert visitor.post("/sign-in/code", data={"code": code(nora, fresh_database, 1)}).status_code == 303
    assert STEP == 30


def test_an_old_code_is_not_taken(visitor: FlaskClient, codes: list[str], nora: Agent, fresh_database: Database) -> None:
    password(visitor)
    assert visitor.post("/sign-in/code", data={"code": code(nora, fresh_database, -3)}).status_code == 422


def test_recovery_code_signs_in_once(visitor: FlaskClient, app, codes: list[str]) -> None:
    password(visitor)
    assert visitor.post("/sign-in/code", data={"code": codes[3].upper()}).status_code == 303
    another = app.test_client()
    password(another)
    assert another.post("/sign-in/code", data={"code": codes[3]}).status_code == 422
    assert another.post("/sign-in/code", data={"code": codes[4].replace("-", " ")}).status_code == 303, "however it is typed"


def test_guessing_codes_is_stopped(visitor: FlaskClient, codes: list[str]) -> None:
    password(visitor)
    answers = [visitor.post("/sign-in/code", data={"code": "000000"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_code_without_password_begins_anew(visitor: FlaskClient) -> None:
    assert visitor.get("/sign-in/code").location == "/sign-in"
    assert visitor.post("/sign-in/code", data={"code": "000000"}).location == "/sign-in"


def test_waiting_too_long_begins_anew(visitor: FlaskClient, codes: list[str]) -> None:
    password(visitor)
    with visitor.session_transaction() as session:
        session["second"]["at"] -= 301
        session.modified = True
    assert visitor.post("/sign-in/code", data={"code": "000000"}).location == "/sign-in"
    assert "That took too long" in visitor.get("/sign-in").text


def test_switching_off(agent_client: FlaskClient, visitor: FlaskClient, codes: list[str]) -> None:
    for typed in ({}, {"password_now": "wrong"}):
        answer = agent_client.post("/profile/second-factor/end", data=typed)
        assert answer.status_code == 422 and "This is not your password." in answer.text
    assert agent_client.post("/profile/second-factor").status_code == 422       # nor is it replaced by another
    assert password(visitor).location == "/sign-in/code"
    assert agent_client.post("/profile/second-factor/end", data={"password_now": PASSWORD}).status_code == 303
    assert password(visitor).location == "/tickets?view=mine"


def test_admin_switches_it_off_for_a_lost_telephone(
    admin_client: FlaskClient, visitor: FlaskClient, codes: list[str], nora: Agent,
) -> None:
    assert admin_client.post(f"/settings/agents/{nora.uid}/second-factor").status_code == 303
    assert password(visitor).location == "/tickets?view=mine"


def test_reset_link_still_asks_for_the_code(
    visitor: FlaskClient, codes: list[str], nora: Agent, fresh_database: Database,
) -> None:
    from contacts.resetting import new_reset

    with fresh_database.write() as db:
        token = new_reset(db, db.get_one(Agent, nora.id))
    assert visitor.post(f"/reset/{token}", data={"password": "another sentence"}).location == "/sign-in/code"


def test_the_second_step_speaks_the_agents_language(
    visitor: FlaskClient, codes: list[str], nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).language = "sv"
    password(visitor)
    assert '<html lang="sv"' in visitor.get("/sign-in/code").text
