"""The pages of operations: one's own, everybody's for admins, one live with its items; who may not see or steer it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.mass_update import plan_update
from contacts.person import Person
from core.database import Database, database
from core.operations import Operation
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, words

MOST_STATEMENTS = 18


@pytest.fixture
def planned(fresh_database: Database, nora: Agent) -> str:
    """A mass update of two persons that Nora asked for; a third one is gone."""
    with fresh_database.write() as db:
        uids = [create_person(db, {"first_name": "Ole", "last_name": name}, by=None, exempt=True).uid for name in ("Hansen", "Dahl")]
        uid = plan_update(db, "persons", [*uids, "f" * 24], {"title": "Chief", "our_contact_id": nora.id}, by=nora).uid
    job.run()
    return uid


@pytest.fixture
def other(fresh_database: Database, signed_in: Callable[[Agent], FlaskClient]) -> FlaskClient:
    with fresh_database.write() as db:
        return signed_in(add_agent(db, "lars@desk.example", "a sentence is easier", name="Lars Dahl"))


def test_live_from_plan_to_undo(agent_client: FlaskClient, planned: str, fresh_database: Database) -> None:
    """Before and after of each record in words, and what is wrong with one; then each button in turn."""
    text = words(page(agent_client, f"/operations/{planned}"))
    for said in ("Change of many persons", "Waits for approval", "asked for by Nora Vik", "0 of 2 records", "Ole Hansen", "title: Chief",
                 "our contact: Nora Vik", "It is not there any more."):
        assert said in text, said
    errors = words(page(agent_client, f"/operations/{planned}?only=errors"))
    assert "It is not there any more." in errors and "Ole Hansen" not in errors
    assert agent_client.post(f"/operations/{planned}/approve").status_code == 303
    assert 'hx-trigger="every 2s"' in page(agent_client, f"/operations/{planned}")
    job.run()
    done = page(agent_client, f"/operations/{planned}")
    assert "2 of 2 records" in words(done) and "every 2s" not in done and f"/operations/{planned}/undo" in done
    agent_client.post(f"/operations/{planned}/undo")
    job.run()
    assert "Taken back" in words(page(agent_client, f"/operations/{planned}"))
    with fresh_database.read() as db:
        assert set(db.scalars(select(Person.title))) == {None}


def test_whose(agent_client: FlaskClient, admin_client: FlaskClient, other: FlaskClient, visitor: FlaskClient, planned: str) -> None:
    """An agent sees the operations they asked for, an admin everybody's."""
    assert "Change of many persons" in page(agent_client, "/operations")
    for seen, client in ((False, other), (True, admin_client)):
        assert ("Change of many persons" in page(client, "/operations?whose=all")) is seen
        assert client.get(f"/operations/{planned}").status_code == (200 if seen else 404)
    assert other.post(f"/operations/{planned}/approve").status_code == 404
    assert "Change of many persons" not in page(admin_client, "/operations")
    assert visitor.get("/operations").status_code == 303 and visitor.get(f"/operations/{planned}").status_code == 303


def test_what_cannot_be_done_is_said(agent_client: FlaskClient, planned: str, fresh_database: Database) -> None:
    for act in ("resume", "undo"):
        assert agent_client.post(f"/operations/{planned}/{act}").status_code == 303
    assert "This cannot be undone" in page(agent_client, f"/operations/{planned}")
    with fresh_database.read() as db:
        assert db.scalars(select(Operation.state)).one() == "planned"


@pytest.mark.parametrize("path", ["/operations", "/operations/{uid}"])
def test_however_many_there_are_it_takes_as_many_statements(agent_client: FlaskClient, planned: str, path: str) -> None:
    asked: list[str] = []
    engine = database().engine

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        page(agent_client, path.format(uid=planned))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)
