"""Mailing on pages: begun from a selection, written in each language, tried, laid out; and the page behind the link, for anybody."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.bases import give
from contacts.editing import create_person
from contacts.person import Person
from contacts.selecting import add_members, new_selection
from contacts.selection import Selection
from core.database import Database
from core.operations import Operation
from core.options import set_option
from desk.mailboxes import Mailbox, add_mailbox
from desk.mailing import Mailing
from desk.mailing_words import way_out
from desk.outbound import OutboundMail
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, post, statements, words

__all__ = ["statements"]


@pytest.fixture
def ole(fresh_database: Database) -> Person:
    with fresh_database.write() as db:
        made = create_person(db, {"first_name": "Ole", "last_name": "Vang", "preferred_language": "nb"}, by=None, exempt=True,
                             addresses=[{"kind": "email", "value": "ole@kunde.example"}])
        give(db, made, "marketing", "consent", source="at the fair", by=None, proof="import")
        return made


@pytest.fixture
def selection(fresh_database: Database, jonas: Agent, ole: Person) -> Selection:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        by = db.get_one(Agent, jonas.id)
        made = new_selection(db, {"name": "Autumn", "of": "persons", "kind": "static", "sharing": "all"}, by=by)
        other = create_person(db, {"first_name": "Nils", "last_name": "Lie"}, by=None, exempt=True, addresses=[{"kind": "email", "value": "nils@kunde.example"}])
        add_members(db, made, [ole.uid, other.uid], by=by)
        return made


@pytest.fixture
def begun(admin_client: FlaskClient, selection: Selection, fresh_database: Database) -> str:
    """The address of a mailing's page."""
    with fresh_database.read() as db:
        mailbox = db.scalars(select(Mailbox)).one()
    answer = post(admin_client, f"/selections/{selection.uid}/mass-mail", purpose="marketing", mailbox=mailbox.uid, language="en")
    return str(answer.location)


def test_who_may_be_mailed_for_each_purpose(admin_client: FlaskClient, selection: Selection) -> None:
    """W20: the numbers, with why the others may not."""
    at = f"/selections/{selection.uid}/mass-mail"
    assert "may get a mass mail 1 has not agreed to this purpose 1" in words(page(admin_client, at))
    assert "may get a mass mail 2" in words(page(admin_client, f"{at}?purpose=service"))
    wrong = admin_client.post(at, data={"purpose": "marketing", "mailbox": "", "language": "en"})
    assert wrong.status_code == 422 and "Choose one of the list." in wrong.text


def test_from_the_words_to_the_operation(admin_client: FlaskClient, begun: str, selection: Selection, ole: Person, fresh_database: Database) -> None:
    tried = admin_client.post(f"{begun}/preview?language=en", data={"subject": "Hi {first_name}", "text": "News <b>", "version": "1", "person": ole.uid})
    assert "Hi Ole" in tried.text and "News &lt;b&gt;" in tried.text
    bad = admin_client.post(f"{begun}?language=en", data={"subject": "Hi {surname}", "text": "", "version": "1"})
    assert bad.status_code == 422 and "nothing to put in for {surname}" in bad.text and 'value="Hi {surname}"' in bad.text
    post(admin_client, f"{begun}?language=en", subject="Hi {first_name}", text="News", version="1")
    late = admin_client.post(f"{begun}?language=en", data={"subject": "Other", "text": "News", "version": "1"})
    assert late.status_code == 409 and "It is now: Hi {first_name}" in late.text
    post(admin_client, f"{begun}?language=nb", subject="Hei {first_name}", text="Nytt", version="2")
    assert "Hei Ole" in page(admin_client, f"{begun}?language=en&person={ole.uid}")              # in their language
    post(admin_client, f"{begun}/test?language=nb", subject="Hei {first_name}", text="Nytt", version="3")
    with fresh_database.read() as db:
        test = db.scalars(select(OutboundMail)).one()
        assert (test.recipients, test.subject, test.kind, test.mailing_id) == (["jonas@desk.example"], "Test: Hei Jonas", "system", None)
    at = post(admin_client, f"{begun}/plan?language=nb", subject="Hei {first_name}", text="Nytt", version="3").location
    job.run()
    shown = words(page(admin_client, at))
    assert "Mail to many persons" in shown and "will be done" in shown and "has not agreed to this purpose" in shown
    post(admin_client, f"{at}/approve")
    job.run()
    shown = words(page(admin_client, at))
    assert "Mails: 1 wait" in shown and "Undo all" not in shown and "Waits to be sent" in shown
    assert "Save" not in words(page(admin_client, begun)).replace("Saved", "")
    assert "Hi {first_name}" in page(admin_client, f"/selections/{selection.uid}/mass-mail")
    assert admin_client.post(f"{begun}/deletion").status_code == 422


def test_thrown_away_while_nobody_has_it(admin_client: FlaskClient, begun: str) -> None:
    post(admin_client, f"{begun}/deletion")
    page(admin_client, begun, 404)


def test_agents_only_where_an_admin_lets_them(
    agent_client: FlaskClient, visitor: FlaskClient, begun: str, selection: Selection, fresh_database: Database,
) -> None:
    routes = [("GET", begun), *(("POST", begun + end) for end in ("", "/preview", "/test", "/plan", "/deletion")), ("POST", f"/selections/{selection.uid}/mass-mail")]
    for method, path in routes:
        assert agent_client.open(path, method=method).status_code == 403, path
        assert visitor.open(path, method=method).status_code == 303, path
    assert "Write to them" not in page(agent_client, f"/selections/{selection.uid}/mass-mail")
    with fresh_database.write() as db:
        set_option(db, "mailing.by", "agents")
    assert "Write to them" in page(agent_client, f"/selections/{selection.uid}/mass-mail")
    for method, path in routes[:-1]:
        assert agent_client.open(path, method=method).status_code == 404, path                   # a colleague's


@pytest.fixture
def link(admin_client: FlaskClient, begun: str, ole: Person, fresh_database: Database) -> str:
    """The page behind the link of a mail that Ole got."""
    at = post(admin_client, f"{begun}/plan?language=en", subject="Hi", text="News", version="1").location
    job.run()
    post(admin_client, f"{at}/approve")
    job.run()
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail).where(OutboundMail.kind == "mass")).one()
        found = re.search(r"/no-more/\w+/\w+", mail.text)
    assert found
    return found[0]


def stopped(database: Database, ole: Person) -> str:
    with database.read() as db:
        row = db.get_one(Person, ole.id).standing_bases["marketing"]
        return f"{row.event} {row.proof}"


def test_looking_does_nothing_and_the_button_does(visitor: FlaskClient, link: str, ole: Person, fresh_database: Database) -> None:
    """In the person's language, and nothing of the person is told."""
    shown = page(visitor, link)
    assert "Du får e-post fra Skranke om" in shown and "Markedsføring" in shown
    assert not any(word in shown for word in ("Ole", "Vang", "kunde.example"))
    assert stopped(fresh_database, ole) == "given import"
    assert "Det er notert" in visitor.post(link).text
    assert stopped(fresh_database, ole) == "withdrawn link"
    assert "Det er notert" in visitor.post(link).text                                            # twice is once


def test_one_click_without_cookies_or_tokens(app: Flask, link: str, ole: Person, fresh_database: Database) -> None:
    """RFC 8058: where every form asks for a token, this POST does not."""
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client(use_cookies=False).post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and stopped(fresh_database, ole) == "withdrawn one_click"


def test_a_link_that_is_none_tells_nothing(visitor: FlaskClient, link: str) -> None:
    answers = [visitor.open(path, method=method) for method in ("GET", "POST") for path in (link[:-1] + ("a" if link[-1] != "a" else "b"), link[:-20], f"/no-more/{'0' * 24}/{'a' * 32}",
                                                                                              way_out("0" * 24).partition("8080")[2])]
    assert {(answer.status_code, words(answer.text)) for answer in answers} == {(422, words(answers[0].text))}


def test_the_link_of_a_test_changes_nothing(admin_client: FlaskClient, visitor: FlaskClient, begun: str, fresh_database: Database) -> None:
    post(admin_client, f"{begun}/test?language=en", subject="Hi", text="News", version="1")
    with fresh_database.read() as db:
        test = db.scalars(select(OutboundMail)).one()
    assert "This mail was a test" in visitor.post(way_out(test.uid).partition("8080")[2]).text


def test_pages_ask_few_questions(admin_client: FlaskClient, begun: str, link: str, fresh_database: Database, statements: list[str]) -> None:
    statements.clear()
    page(admin_client, begun)
    assert len(statements) < 25
    with fresh_database.read() as db:
        operation, mailing = db.scalars(select(Operation)).one(), db.scalars(select(Mailing)).one()
    assert mailing.operation_id == operation.id
    statements.clear()
    page(admin_client, f"/operations/{operation.uid}")
    assert len(statements) < 25


def test_two_presses_at_once_are_one(app: Flask, link: str, ole: Person, fresh_database: Database) -> None:
    """The button of the mail program and the one of the page, at the same moment."""
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: app.test_client().post(link, data={"List-Unsubscribe": "One-Click"} if n % 2 else {}).status_code, range(4)))
    assert answers == [200] * 4
    with fresh_database.read() as db:
        assert [one.event for one in db.get_one(Person, ole.id).legal_bases if one.purpose == "marketing"] == ["given", "withdrawn"]
