"""Restricting a person and lifting that (Art. 18): by whom, what it keeps, and that the person is told first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_person, restore_person
from contacts.editing import create_person
from contacts.enrolling import new_token
from contacts.mass_mail import standings
from contacts.merging import merge
from contacts.person import Person
from contacts.restricting import restrict
from contacts.restriction import Restriction
from core.clock import now
from core.database import Database
from core.errors import Refused
from core.operations import Operation
from desk.outbound import OutboundMail
from desk.tickets.ticket import Ticket
from jobs import purging
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.letters_made import mail

WHY = {"ground": "accuracy", "reason": "Says that the title is wrong."}


@pytest.fixture
def ole(fresh_database: Database, jonas: Agent) -> str:
    """A person with an address, who reads Danish."""
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Ole", "last_name": "Vang", "preferred_language": "da"}, by=db.get_one(Agent, jonas.id), exempt=True,
                             addresses=[{"value": "ole@kunde.example"}]).uid


def person(database: Database, uid: str) -> Person:
    with database.read() as db:
        return db.scalars(select(Person).where(Person.uid == uid)).one()


def restricted(database: Database, uid: str, by: Agent) -> None:
    with database.write() as db:
        restrict(db, db.scalars(select(Person).where(Person.uid == uid)).one(), **WHY, by=db.get_one(Agent, by.id))


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("post", ""), ("post", "/end"), ("post", "/undo?version=1")])
def test_for_admins(agent_client: FlaskClient, admin_client: FlaskClient, ole: str, method: str, path: str) -> None:
    assert getattr(agent_client, method)(f"/persons/{ole}/restriction{path}").status_code == 403
    assert getattr(admin_client, method)(f"/persons/{ole}/restriction{path}").status_code in (200, 303, 422)


def test_from_the_card_and_lifted_with_a_mail(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, ole: str) -> None:
    """The form shows the mail in the person's language, and lifting queues exactly that in one transaction."""
    assert f'href="/persons/{ole}/restriction"' in admin_client.get(f"/persons/{ole}/privacy").text
    refused = admin_client.post(f"/persons/{ole}/restriction", data={"ground": "", "reason": "  "})
    assert refused.status_code == 422 and "Choose a ground." in refused.text and "Say in some words why." in refused.text
    assert admin_client.post(f"/persons/{ole}/restriction", data=WHY | {"version": person(fresh_database, ole).version}).status_code == 303
    assert agent_client.get(f"/persons/{ole}").status_code == 404
    card = admin_client.get(f"/persons/{ole}", follow_redirects=True).text
    assert "stored and not used" in card and "Delete …" not in card
    shown = admin_client.get(f"/persons/{ole}/restriction").text
    assert "Says that the title is wrong." in shown and "ole@kunde.example" in shown and "Vi bruger dine data igen" in shown
    stale = admin_client.post(f"/persons/{ole}/restriction/end", data={"version": person(fresh_database, ole).version - 1})
    assert stale.status_code == 412 and person(fresh_database, ole).restricted_at is not None
    assert admin_client.post(f"/persons/{ole}/restriction/end", data={"version": person(fresh_database, ole).version}).status_code == 303
    with fresh_database.read() as db:
        sent, row = db.scalars(select(OutboundMail)).one(), db.scalars(select(Restriction)).one()
        assert sent.recipients == ["ole@kunde.example"] and sent.language == "da" and sent.subject == "Vi bruger dine data igen"
        assert row.mail_uid == sent.uid and row.lifted_at is not None and person(fresh_database, ole).living
    history = agent_client.get(f"/persons/{ole}/history").text
    assert "Restriction lifted" in history and "Says that the title" not in history
    assert "Says that the title" in admin_client.get(f"/persons/{ole}/history").text


def test_without_an_address_somebody_says_how_they_were_told(admin_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    with fresh_database.write() as db:
        uid = create_person(db, {"first_name": "Eva"}, by=db.get_one(Agent, jonas.id), exempt=True, addresses=[{"kind": "phone", "value": "+47 22 33 44 55"}]).uid
    restricted(fresh_database, uid, jonas)
    assert "Say how and when" in admin_client.post(f"/persons/{uid}/restriction/end", data={"how": ""}).text
    assert person(fresh_database, uid).restricted_at is not None
    assert admin_client.post(f"/persons/{uid}/restriction/end", data={"how": "By telephone on 3 May"}).status_code == 303
    assert person(fresh_database, uid).living and "By telephone on 3 May" in admin_client.get(f"/persons/{uid}/restriction").text


def test_a_slip_is_taken_back_while_nothing_else_has_happened(admin_client: FlaskClient, fresh_database: Database, ole: str) -> None:
    admin_client.post(f"/persons/{ole}/restriction", data=WHY)
    version = person(fresh_database, ole).version
    admin_client.post(f"/persons/{ole}/restriction/undo?version={version - 1}")
    assert person(fresh_database, ole).restricted_at is not None, "something has happened since"
    admin_client.post(f"/persons/{ole}/restriction/undo?version={version}")
    assert person(fresh_database, ole).living
    admin_client.post(f"/persons/{ole}/restriction", data=WHY)
    since = person(fresh_database, ole).restricted_at
    admin_client.post(f"/persons/{ole}/restriction/end")
    admin_client.post(f"/persons/{ole}/restriction/undo?version={person(fresh_database, ole).version}")
    assert person(fresh_database, ole).restricted_at == since, "lifting was the slip"


def test_what_they_write_is_answered_and_nothing_else_goes_to_them(
    admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, ole: str, jonas: Agent, arrive: Arrive,
) -> None:
    restricted(fresh_database, ole, jonas)
    ticket, other = arrive(mail("Ole Vang <ole@kunde.example>", subject="Hello")), arrive(mail("eva@elsewhere.example", subject="Other"))
    with fresh_database.read() as db:
        assert not db.get_one(Ticket, ticket.id).held and db.get_one(Ticket, ticket.id).requester.uid == ole
    shown = agent_client.get(f"/tickets/{ticket.number}").text
    assert "The use of this person’s data is restricted" in shown and "ole@kunde.example" in shown and f"/persons/{ole}" not in shown
    assert f"/persons/{ole}" in admin_client.get(f"/tickets/{ticket.number}").text
    assert agent_client.post(f"/tickets/{ticket.number}/replies", data={"text": "We look at it.", "to": "ole@kunde.example"}).status_code == 303
    with fresh_database.read() as db:
        assert [one.recipients for one in db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply"))] == [["ole@kunde.example"]]
    refused = agent_client.post(f"/tickets/{other.number}/replies", data={"text": "Look.", "to": "ole@kunde.example"})
    assert refused.status_code == 422 and "restricted person" in refused.text


def test_kept_from_bin_purge_merge_and_mailings(fresh_database: Database, ole: str, jonas: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    restricted(fresh_database, ole, jonas)
    with fresh_database.write() as db:
        by, one = db.get_one(Agent, jonas.id), db.scalars(select(Person).where(Person.uid == ole)).one()
        other = create_person(db, {"first_name": "Eva"}, by=by, exempt=True)
        for act in (lambda: bin_person(db, one, by=by), lambda: restore_person(db, one, by=by), lambda: merge(db, one, other, by=by),
                    lambda: restrict(db, one, **WHY, by=by)):
            with pytest.raises(Refused):
                act()
        assert [standing.why for standing in standings(db, [one.id])] == ["restricted"]
        one.binned_at = one.restricted_at = now() - timedelta(days=400)
    purging.persons()
    with fresh_database.read() as db:
        assert db.scalar(select(Operation.id)) is None


def test_by_the_api(app, fresh_database: Database, ole: str, jonas: Agent, nora: Agent) -> None:
    client = app.test_client()
    with fresh_database.write() as db:
        mine, theirs = ({"Authorization": f"Bearer {new_token(db, db.get_one(Agent, one.id))}"} for one in (jonas, nora))
    url = f"/api/v1/persons/{ole}"
    assert client.post(f"{url}/restriction", json=WHY, headers=theirs).status_code == 403
    made = client.post(f"{url}/restriction", json=WHY, headers=mine)
    assert made.status_code == 201 and made.json["ground"] == "accuracy"
    assert client.get(url, headers=theirs).status_code == 404 and client.get(url, headers=mine).status_code == 200
    assert client.get(f"{url}/restriction", headers=theirs).status_code in (403, 404)
    assert client.get(f"{url}/restriction", headers=mine).json["reason"] == WHY["reason"]
    assert client.post(f"{url}/restriction/lifting", json={}, headers=mine | {"If-Match": '"999"'}).status_code == 412
    assert client.post(f"{url}/restriction/lifting", json={}, headers=mine).json["told"] == "mail"
    assert client.get(url, headers=theirs).status_code == 200
