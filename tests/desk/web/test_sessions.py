"""Signing in: the password, guessing it, where to go afterwards, and what ends a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from contacts import throttling
from contacts.agent import Agent, EndedSession, SignInFailure
from contacts.enrolling import set_password
from core.clock import now
from core.database import Database
from core.settings import settings
from desk.web.sessions import own
from jobs import cleaning
from tests.desk.web.conftest import PASSWORD


def sign_in(client: FlaskClient, email: str = "nora@desk.example", password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_right_password_leads_to_the_desk(visitor: FlaskClient, nora: Agent) -> None:
    answer = sign_in(visitor)
    assert (answer.status_code, answer.location) == (303, "/tickets?view=mine")
    assert visitor.get("/profile").status_code == 200


def test_case_of_the_address_does_not_matter(visitor: FlaskClient, nora: Agent) -> None:
    assert sign_in(visitor, "Nora@Desk.Example").status_code == 303


@pytest.mark.parametrize(("email", "password"), [
    ("nora@desk.example", "wrong"), ("nobody@desk.example", PASSWORD), ("", ""), ("nora@desk.example", "x" * 3000)])
def test_wrong_ones_are_told_the_same(visitor: FlaskClient, nora: Agent, email: str, password: str) -> None:
    answer = sign_in(visitor, email, password)
    assert answer.status_code == 422 and "The address or the password is wrong." in answer.text
    assert visitor.get("/profile").status_code == 303


def test_who_was_let_go_cannot_sign_in(visitor: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).active = False
    assert sign_in(visitor).status_code == 422


def test_ten_wrong_passwords_close_the_door_even_to_the_right_one(
    visitor: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    for _ in range(throttling.MOST["name"]):
        assert sign_in(visitor, password="wrong").status_code == 422
    answer = sign_in(visitor)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 800
    with fresh_database.read() as db:       # refused requests are counted all the same: a transaction of their own
        assert db.scalar(select(func.count()).select_from(SignInFailure)) == 2 * throttling.MOST["name"]


def test_one_client_guessing_many_names_is_stopped(visitor: FlaskClient, nora: Agent) -> None:
    for n in range(throttling.MOST["client"]):
        assert sign_in(visitor, f"agent{n}@desk.example").status_code == 422
    assert sign_in(visitor, "another@desk.example").status_code == 429


def test_the_right_password_forgets_what_failed(visitor: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    for _ in range(3):
        sign_in(visitor, password="wrong")
    assert sign_in(visitor).status_code == 303
    with fresh_database.read() as db:
        left = db.scalars(select(SignInFailure.key)).all()
    assert len(left) == 3 and len(set(left)) == 1       # the client's own, so that others are not guessed from there


def test_nothing_of_who_is_kept_in_clear(visitor: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    sign_in(visitor, password="wrong")
    with fresh_database.read() as db:
        assert all(len(key) == 32 and "nora" not in key for key in db.scalars(select(SignInFailure.key)))


def test_an_unknown_name_costs_a_verification_too(
    visitor: FlaskClient, nora: Agent, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from contacts import enrolling

    asked = []
    honest = enrolling.hasher().verify
    monkeypatch.setattr(type(enrolling.hasher()), "verify",
                        lambda self, stored, given: asked.append(given) or honest(stored, given))
    sign_in(visitor, "nobody@desk.example")
    assert asked == [PASSWORD]


def test_session_is_new_after_signing_in(visitor: FlaskClient, nora: Agent) -> None:
    with visitor.session_transaction() as session:
        session["left_by_somebody"] = "before"
    sign_in(visitor)
    with visitor.session_transaction() as session:
        assert "left_by_somebody" not in session and session["_user_id"].startswith(nora.uid)


@pytest.mark.parametrize(("given", "where"), [
    ("/persons?q=hanse", "/persons?q=hanse"), ("https://evil.example/", None), ("//evil.example", None),
    ("/\\evil.example", None), ("javascript:alert(1)", None), ("/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"),
    ("/\r\nx", None), ("http:/evil.example", None), ("", None), ("\t//evil.example", None)])
def test_next_leads_to_own_pages_only(visitor: FlaskClient, nora: Agent, given: str, where: str | None) -> None:
    assert sign_in(visitor, next=given).location == (where or "/tickets?view=mine")


def test_next_of_the_form_is_checked_too(agent_client: FlaskClient) -> None:
    assert agent_client.get("/sign-in?next=//evil.example").location == "/tickets?view=mine"


def test_whoever_is_sent_to_sign_in_comes_back(visitor: FlaskClient, nora: Agent) -> None:
    assert visitor.get("/persons?q=hanse").location == "/sign-in?next=/persons?q%3Dhanse"


def test_a_new_password_ends_every_session(
    agent_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    assert agent_client.get("/profile").status_code == 200
    with fresh_database.write() as db:
        set_password(db, db.get_one(Agent, nora.id), "something new entirely")
    assert agent_client.get("/profile").status_code == 303


def test_signing_out(agent_client: FlaskClient) -> None:
    assert agent_client.post("/sign-out").location == "/sign-in"
    assert agent_client.get("/profile").status_code == 303


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(app, visitor: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    sign_in(visitor, nora.email)
    copy, other = app.test_client(), app.test_client()
    cookie = visitor.get_cookie("skranke")
    copy.set_cookie("skranke", cookie.value)
    sign_in(other, nora.email)
    assert copy.get("/profile").status_code == 200
    visitor.post("/sign-out")
    assert copy.get("/profile").status_code == 303
    assert other.get("/profile").status_code == 200, "another place where she is signed in stays so"
    with fresh_database.write() as db:
        db.execute(update(EndedSession).values(until=now()))
    cleaning.sign_ins()
    with fresh_database.read() as db:
        assert db.scalar(select(EndedSession)) is None


def test_signing_in_as_somebody_else(agent_client: FlaskClient, jonas: Agent) -> None:
    sign_in(agent_client, "jonas@desk.example")
    assert agent_client.get("/settings/agents").status_code == 200


def test_speaks_the_language_of_the_browser(app, visitor: FlaskClient) -> None:
    assert '<html lang="nb"' in visitor.get("/sign-in", headers={"Accept-Language": "no,en;q=0.5"}).text
    with app.test_request_context():
        assert own("/x") == "/x"


def test_a_demo_says_who_one_can_be(visitor: FlaskClient, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from skranke.demo import telling

    data_folder.mkdir(exist_ok=True)
    telling.hand_out()
    assert telling.PASSWORD not in visitor.get("/sign-in").text
    monkeypatch.setenv("SKRANKE_DEMO", "1")
    settings.forget()
    page = visitor.get("/sign-in").text
    assert telling.PASSWORD in page and "Nora Vik" in page


def test_the_cookie_is_for_us_alone(visitor: FlaskClient, nora: Agent) -> None:
    cookie = sign_in(visitor).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_forms_want_their_token(app, nora: Agent, signed_in: Callable[[Agent], FlaskClient]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = signed_in(nora)
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and not rule.rule.startswith(("/api/", "/no-more/"))]
    assert len(posts) > 30      # (a mail program ends a mailing by one press, RFC 8058: it has no session)
    for rule in posts:
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<int:{name}>", "1").replace(f"<{name}>", "x")
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        assert client.post(path).status_code == 400, path


def test_a_script_is_told_that_it_is_signed_out(visitor: FlaskClient) -> None:
    answer = visitor.put("/tickets/1/draft", json={}, headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.json["detail"] == "You are signed out."
    assert visitor.post("/tickets/1/replies").location.startswith("/sign-in")


def test_only_pages_renew_the_cookie(visitor: FlaskClient, nora: Agent) -> None:
    """A poll that is answered after a form was sent would put the session of before back, and the toast would be lost."""
    sign_in(visitor)
    visitor.get("/tickets?view=mine")
    assert visitor.get("/tickets?view=mine").headers.getlist("Set-Cookie")
    for path, asked in (("/live?view=mine", {}), ("/static/css/index.css", {}), ("/tickets?view=mine", {"Sec-Fetch-Dest": "empty"})):
        with visitor.get(path, headers=asked) as answer:
            assert answer.status_code == 200 and answer.headers.getlist("Set-Cookie") == [], path
