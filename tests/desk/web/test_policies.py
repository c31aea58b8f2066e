"""Unknown senders in the settings: the choice, its history, and mailboxes of another mind."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from core.database import Database
from core.history import Change, FactRow
from core.options import option
from desk.mailboxes import Mailbox, add_mailbox

URL = "/settings/unknown-senders"


@pytest.fixture
def workshop(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "workshop@desk.example", "Workshop")


def test_create_is_the_default_and_explained(admin_client: FlaskClient, workshop: Mailbox) -> None:
    page = admin_client.get(URL).text
    assert 'value="create" checked' in page and "Until somebody chooses, a person is created" in page


def test_a_change_is_a_fact_with_before_and_after(
    admin_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    assert admin_client.post(URL, data={"unknown_sender": "never", "version": "0"}).status_code == 303
    assert admin_client.post(URL, data={"unknown_sender": "ask", "version": "1"}).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "ask"
        facts = db.scalars(select(FactRow).where(FactRow.kind == "option.changed").order_by(FactRow.id)).all()
        assert [fact.by_uid for fact in facts] == [jonas.uid] * 2
        changes = db.scalars(select(Change).order_by(Change.id)).all()
    assert [(c.before, c.after) for c in changes] == [("create", "never"), ("never", "ask")]
    page = admin_client.get(URL).text
    assert "Version 2" in page and "by Jonas Berg" in page


def test_saving_without_a_change_is_no_fact(admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(URL, data={"unknown_sender": "create", "version": "0"})
    with fresh_database.read() as db:
        assert db.scalars(select(FactRow).where(FactRow.kind == "option.changed")).all() == []


def test_a_mailbox_may_differ_and_follow_again(
    admin_client: FlaskClient, workshop: Mailbox, fresh_database: Database,
) -> None:
    data = {"unknown_sender": "create", "version": "0"}
    admin_client.post(URL, data=data | {f"mailbox_{workshop.uid}": "ask"})
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender", workshop.uid) == "ask"
        assert option(db, "intake.unknown_sender") == "create"
    admin_client.post(URL, data=data | {f"mailbox_{workshop.uid}": ""})
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender", workshop.uid) == "create"
        changes = db.scalars(select(Change).order_by(Change.id)).all()
    assert [(c.before, c.after) for c in changes] == [(None, "ask"), ("ask", None)]


def test_a_colleagues_choice_is_not_overwritten(admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(URL, data={"unknown_sender": "ask", "version": "0"})
    answer = admin_client.post(URL, data={"unknown_sender": "never", "version": "0"})
    assert answer.status_code == 409 and "A colleague has changed this" in answer.text
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "ask"


def test_nonsense_is_refused(admin_client: FlaskClient) -> None:
    assert admin_client.post(URL, data={"unknown_sender": "perhaps"}).status_code == 422


def test_the_desk_as_a_whole(admin_client: FlaskClient, fresh_database: Database) -> None:
    form = {"desk.name": "Fjordhaven", "desk.language": "nb", "desk.timezone": "Europe/Oslo", "desk.reopen_days": "30",
            "contacts.bin_days": "15", "mail.loop_limit": "20", "mail.retry_days": "2", "desk.acknowledge": "1"}
    assert admin_client.post("/settings/desk", data=form).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "desk.name") == "Fjordhaven" and option(db, "desk.reopen_days") == 30
        assert option(db, "contacts.company_required") is False
        named = {fact.data["name"] for fact in db.scalars(select(FactRow).where(FactRow.kind == "option.changed"))}
    assert named == {"desk.name", "desk.language", "desk.reopen_days", "mail.retry_days", "contacts.company_required"}
    answer = admin_client.post("/settings/desk", data=form | {"mail.retry_days": "99", "desk.timezone": "Mars"})
    assert answer.status_code == 422 and "This value does not fit here." in answer.text and "no such time zone" in answer.text
