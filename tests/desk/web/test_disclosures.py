"""Who got data of a person is worked out from the ledgers, and told when it is corrected, restricted or erased (Art. 15(1)(c), 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.activities import add_activity
from contacts.agent import Agent
from contacts.editing import create_person
from contacts.enrolling import new_token
from contacts.lookup import Lookup
from contacts.merging import merge
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.operations import Operation
from desk.calendars import renew
from desk.disclosures import recipients
from desk.outbound import OutboundMail
from desk.telling import Telling
from desk.tickets.answering import reply
from desk.tickets.ticket import Ticket
from jobs import cleaning
from jobs import operations as job
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.letters_made import mail


@pytest.fixture
def ole(fresh_database: Database, jonas: Agent, nora: Agent, arrive: Arrive, agent_client: FlaskClient) -> str:
    """Whose answer went to somebody in copy, was forwarded, whose row was saved in a file, and who stands in Nora's calendar."""
    with fresh_database.write() as db:
        by = db.get_one(Agent, nora.id)
        person = create_person(db, {"first_name": "Ole", "last_name": "Zyxwold"}, by=by, exempt=True, addresses=[{"value": "ole@kunde.example"}])
        create_person(db, {"first_name": "Åsa", "last_name": "Lind", "preferred_language": "sv"}, by=by, exempt=True, addresses=[{"value": "asa@repair.example"}])
        add_activity(db, {"title": "Call", "kind": "call", "at": now()}, persons=[person], agents=[by], by=by)
        renew(db, by)
        uid = person.uid
    ticket = arrive(mail("Ole Zyxwold <ole@kunde.example>", subject="Lamp"))
    with fresh_database.write() as db:
        row, by = db.get_one(Ticket, ticket.id), db.get_one(Agent, nora.id)
        reply(db, row, by=by, text="We look at it.", cc=["friend@kunde.example", "jonas@desk.example"])
        reply(db, row, by=by, text="Please repair.", to=["asa@repair.example"], kind="forward")
        db.execute(update(OutboundMail).values(state="sent", sent_at=now()))
    agent_client.get("/exports/persons.csv").get_data()
    return uid


def found(database: Database, uid: str) -> set[tuple[str, str, str]]:
    with database.read() as db:
        person = db.scalars(select(Person).where(Person.uid == uid)).one()
        return {(one.way, one.address, one.name) for one in recipients(db, [person.id])}


def test_by_name_and_way(fresh_database: Database, ole: str) -> None:
    """Not the person, not our mailboxes, not our agents, unless they saved a file or have a calendar that others read."""
    assert found(fresh_database, ole) == {
        ("mail", "friend@kunde.example", ""), ("forward", "asa@repair.example", "Åsa Lind"),
        ("export", "nora@desk.example", "Nora Vik"), ("calendar", "nora@desk.example", "Nora Vik")}


def test_a_list_that_was_saved_is_named(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, jonas: Agent, ole: str) -> None:
    """Which, in what format, who saved it and on which days; also after the person became part of another."""
    agent_client.get("/exports/persons.vcf").get_data()
    with fresh_database.write() as db:
        by = db.get_one(Agent, jonas.id)
        other, third = (create_person(db, {"first_name": "Ole", "last_name": name}, by=by, exempt=True) for name in ("Other", "Third"))
        db.execute(update(Lookup).where(Lookup.purpose == "persons").values(day=now().date() - timedelta(days=3)))
        merge(db, db.scalars(select(Person).where(Person.uid == ole)).one(), other, by=by)
        merge(db, other, third, by=by)
        got = {one.file: (one.name, one.count, one.days) for one in recipients(db, [third.id]) if one.way == "export"}
        today = now().date()
        assert got == {"persons": ("Nora Vik", 1, [today - timedelta(days=3)]), "cards": ("Nora Vik", 1, [today])}
        uid = third.uid
    shown = admin_client.get(f"/persons/{uid}/recipients").text
    assert "In a file that was saved: List of persons (CSV)" in shown and "In a file that was saved: Address book (vCard)" in shown


def test_for_admins(agent_client: FlaskClient, admin_client: FlaskClient, ole: str) -> None:
    url = f"/persons/{ole}/recipients"
    assert agent_client.get(url).status_code == agent_client.post(url).status_code == 403
    assert f'href="{url}"' in admin_client.get(f"/persons/{ole}/privacy").text and f'href="{url}"' not in agent_client.get(f"/persons/{ole}").text


def test_told_each_in_their_language_and_what_came_of_it(admin_client: FlaskClient, fresh_database: Database, ole: str) -> None:
    url = f"/persons/{ole}/recipients"
    shown = admin_client.get(url).text
    assert "Åsa Lind" in shown and "friend@kunde" in shown.replace("<wbr>", "") and "was not right" in shown
    assert admin_client.post(url, data={"about": "rectified"}).status_code == 422
    assert admin_client.post(url, data={"about": "rectified", "to": "nobody@elsewhere.example"}).status_code == 422, "who got nothing is told nothing"
    assert admin_client.post(url, data={"about": "rectified", "to": ["friend@kunde.example", "asa@repair.example"]}).status_code == 303
    with fresh_database.write() as db:
        sent = {one.recipients[0]: one for one in db.scalars(select(OutboundMail).where(OutboundMail.kind == "system"))}
        assert set(sent) == {"friend@kunde.example", "asa@repair.example"}
        assert sent["asa@repair.example"].language == "sv" and "Ole Zyxwold" in sent["asa@repair.example"].text
        assert "ole@kunde.example" not in sent["asa@repair.example"].text, "no more than the name"
        sent["asa@repair.example"].state = "sent"
        sent["friend@kunde.example"].state, sent["friend@kunde.example"].outcomes = "sent", {"friend@kunde.example": ["returned", "no such box"]}
    cleaning.tellings()
    with fresh_database.read() as db:
        assert {one.address: one.outcome for one in db.scalars(select(Telling))} == {"asa@repair.example": "told", "friend@kunde.example": "bounced"}
    assert "came back" in admin_client.get(url).text


def test_told_when_erased_and_nothing_stays(admin_client: FlaskClient, fresh_database: Database, ole: str) -> None:
    """The mails are made when the erasing ends; when they have gone, neither they nor the addresses are kept."""
    url = f"/persons/{ole}/recipients"
    assert admin_client.post(url, data={"about": "erased", "to": "asa@repair.example"}).status_code == 422, "nothing is being erased"
    admin_client.post(f"/persons/{ole}/erasure", data={"reason": "request", "identity": "agent", "review": "keep"})
    job.run()
    with fresh_database.read() as db:
        erasure = db.scalars(select(Operation).where(Operation.kind == "person.erasure")).one().uid
    assert "are to be told" in admin_client.get(f"/erasures/{erasure}").text
    assert admin_client.post(url, data={"about": "erased", "to": "asa@repair.example"}).location == f"/erasures/{erasure}"
    with fresh_database.read() as db:
        assert db.scalars(select(Telling)).all() == [] and "Zyxwold" not in str(db.scalars(select(Operation.given)).all())
    admin_client.post(f"/erasures/{erasure}/approve")
    for _turn in range(60):
        job.run()
        with fresh_database.read() as db:
            if db.scalars(select(Operation).where(Operation.uid == erasure)).one().state == "done":
                break
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation).where(Operation.uid == erasure)).one()
        assert operation.state == "done" and "tell" not in operation.given and operation.result["left"] == {}
        written = db.scalars(select(OutboundMail).where(OutboundMail.kind == "system")).one()
        assert written.recipients == ["asa@repair.example"] and "Ole Zyxwold" in written.text
        written.state = "sent"
    cleaning.tellings()
    with fresh_database.read() as db:
        row = db.scalars(select(Telling)).one()
        assert (row.subject_uid, row.address, row.outcome, row.mail_uid) == (erasure, "", "told", None)
        assert db.scalars(select(OutboundMail).where(OutboundMail.kind == "system")).all() == []


def test_by_the_api(app, fresh_database: Database, ole: str, jonas: Agent, nora: Agent) -> None:
    client, url = app.test_client(), f"/api/v1/persons/{ole}"
    with fresh_database.write() as db:
        mine, theirs = ({"Authorization": f"Bearer {new_token(db, db.get_one(Agent, one.id))}"} for one in (jonas, nora))
    for path in ("lookups", "recipients"):
        assert client.get(f"{url}/{path}", headers=theirs).status_code == 403
    assert [(one["purpose"], one["agent"], one["count"]) for one in client.get(f"{url}/lookups", headers=mine).json] == [("persons", "Nora Vik", 1)]
    assert {one["way"] for one in client.get(f"{url}/recipients", headers=mine).json} == {"mail", "forward", "export", "calendar"}
    today = now().date().isoformat()
    assert [(one["file"], one["days"]) for one in client.get(f"{url}/recipients", headers=mine).json if one["way"] == "export"] == [("persons", [today])]
    given = {"about": "restricted", "to": ["asa@repair.example"]}
    assert client.post(f"{url}/recipients/tellings", json=given, headers=theirs).status_code == 403
    assert client.post(f"{url}/recipients/tellings", json=given, headers=mine).json == [{"address": "asa@repair.example", "outcome": "under_way"}]
