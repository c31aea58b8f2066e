"""Moving a person on the page: asked, shown, confirmed, taken back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.activity import Activity, ActivityParticipant
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.editing import create_person
from contacts.person import Employment, Person
from core.database import Database, database
from core.operations import Operation
from tests.desk.web.tickets.conftest import page, words

MOVED = {"where": "company", "company": "Værksted A/S", "on": "2026-11-01", "position": "Operations manager", "asked": "1"}


@pytest.fixture
def kunde(fresh_database: Database, nora: Agent) -> Company:
    with fresh_database.write() as db:
        return new_company(db, {"name": "Kunde ApS"}, by=db.get_one(Agent, nora.id))


@pytest.fixture
def workshop(fresh_database: Database, jonas: Agent) -> Company:
    with fresh_database.write() as db:
        partner = Category(name="Partner")
        db.add(partner)
        db.flush()
        return new_company(db, {"name": "Værksted A/S", "category_id": partner.id}, by=db.get_one(Agent, jonas.id))


@pytest.fixture
def mads(fresh_database: Database, kunde: Company, nora: Agent) -> Person:
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=db.get_one(Agent, nora.id),
                               employments=[{"company": kunde, "position": "IT technician", "from": date(2022, 3, 1)}])
        for title, day in (("Renewal", 5), ("Welcome call", 20)):
            db.add(Activity(kind="call", title=title, at=datetime(2026, 10 + (day > 10), day, 12, tzinfo=UTC), company_id=kunde.id,
                            participants=[ActivityParticipant(person_id=person.id)]))
        return person


def hidden(text: str) -> dict[str, object]:
    """What the form below the preview would post."""
    form = text[text.index('id="shown"'):]
    found: dict[str, object] = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return found | {"kinds": re.findall(r'name="kinds" value="(\w+)"', form)}


def stand(database: Database, person: Person) -> tuple[list[tuple[str, bool]], dict[str, str | None]]:
    with database.read() as db:
        jobs = db.scalars(select(Employment).where(Employment.person_id == person.id).order_by(Employment.id)).all()
        return ([(job.company.name, job.ended_on is None) for job in jobs],
                {one.title: one.company.name if one.company else None for one in db.scalars(select(Activity))})


def test_in_the_menu_of_actions(agent_client: FlaskClient, mads: Person) -> None:
    """S35, W90, W30a: on the card, in the menu at the top right."""
    text = page(agent_client, f"/persons/{mads.uid}")
    menu = text[text.index('<div class="functions">'):text.index('<nav class="tabs"')]
    assert "Actions" in menu and f"/persons/{mads.uid}/move" in menu and f"/persons/{mads.uid}/copy" in menu


def test_shown_before_anything_happens(agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database) -> None:
    """S38, S41, W95: each record by name on its side, what follows from the company; and nothing is done until it is confirmed."""
    before = stand(fresh_database, mads)
    assert "Leave everything with the company" in page(agent_client, f"/persons/{mads.uid}/move")
    answer = agent_client.get(f"/persons/{mads.uid}/move", query_string=MOVED | {"show": "1", "take": "after", "kinds": "activities"})
    text = words(answer.text)
    assert "The last day at Kunde ApS is 31 Oct 2026." in text
    assert "Our contact follows the company: Nora Vik becomes Jonas Berg." in text and "Category follows the company: none becomes Partner." in text
    assert re.search(r"Go along to Værksted A/S 1 Welcome call 20 Nov 2026 Stay with Kunde ApS 1 Renewal 5 Oct 2026", text), text
    assert stand(fresh_database, mads) == before


def test_confirmed_and_taken_back(
        agent_client: FlaskClient, mads: Person, kunde: Company, workshop: Company, fresh_database: Database) -> None:
    """S36, S42, S43, W91, W94: what was shown happens; nobody was picked there, so it is a plain move; undo gives all back."""
    before = stand(fresh_database, mads)
    asked = MOVED | {"show": "1", "take": "all", "kinds": "activities"}
    form = hidden(agent_client.get(f"/persons/{mads.uid}/move", query_string=asked).text)
    answer = agent_client.post(f"/persons/{mads.uid}/move", data=form)
    assert answer.status_code == 303, words(answer.text)
    assert stand(fresh_database, mads) == ([("Kunde ApS", False), ("Værksted A/S", True)],
                                           {"Renewal": "Værksted A/S", "Welcome call": "Værksted A/S"})
    tab = words(page(agent_client, f"/persons/{mads.uid}/companies"))
    assert "From Kunde ApS to Værksted A/S 2 records went along, 0 stayed" in tab
    history = words(page(agent_client, f"/persons/{mads.uid}/history"))
    assert "Moved to another company" in history and "Kunde ApS Værksted A/S" in history
    assert "Somebody left" in words(page(agent_client, f"/companies/{kunde.uid}"))
    with fresh_database.read() as db:
        kept = db.scalars(select(Operation)).one()
    assert agent_client.post(f"/persons/{mads.uid}/move/{kept.uid}/undo").status_code == 303
    assert stand(fresh_database, mads) == before
    assert agent_client.post(f"/persons/{mads.uid}/move/{kept.uid}/undo").status_code == 422


def test_shown_again_where_it_is_not_what_was_shown(
        agent_client: FlaskClient, mads: Person, workshop: Company, kunde: Company, fresh_database: Database) -> None:
    form = hidden(agent_client.get(f"/persons/{mads.uid}/move", query_string=MOVED | {"show": "1", "take": "all", "kinds": "activities"}).text)
    with fresh_database.write() as db:
        db.add(Activity(kind="task", title="Third", company_id=kunde.id, participants=[ActivityParticipant(person_id=mads.id)]))
    answer = agent_client.post(f"/persons/{mads.uid}/move", data=form)
    assert answer.status_code == 409 and "Something has changed since this was shown." in answer.text
    assert 'value="Værksted A/S"' in answer.text
    assert stand(fresh_database, mads)[0] == [("Kunde ApS", True)]


def test_disconnected_with_the_status_that_was_proposed(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    """S37, S39, 0.15: ending the last employment proposes that the person has left; unticked, the status stays."""
    text = agent_client.get(f"/persons/{mads.uid}/move?show=1&where=none&take=stay&asked=1").text
    assert 'name="status" value="left" checked' in text and "Set the status to “Has left”" in text
    agent_client.post(f"/persons/{mads.uid}/move", data=hidden(text) | {"status": "left"})
    with fresh_database.read() as db:
        person = db.get_one(Person, mads.id)
        assert (person.status, person.to_be_completed, person.employment) == ("left", True, None)
    assert stand(fresh_database, mads)[1] == {"Renewal": "Kunde ApS", "Welcome call": "Kunde ApS"}


@pytest.mark.parametrize(("given", "said"), [
    ({"company": "Nobody AS"}, "There is no company called"), ({"company": ""}, "Choose a company, or none."), ({"on": "soon"}, "Write a day like"),
    ({"on": "0001-01-01"}, "Write a day like"), ({"take": "after", "after": "0001-01-01"}, "Write a day like"), ({"on": "9999-12-31"}, "Write a day like"),
    ({"on": "2199-01-01"}, "Today or an earlier day."), ({"from": "0" * 24}, "This position has ended already.")])
def test_what_is_wrong_is_said_at_its_field(
        agent_client: FlaskClient, mads: Person, workshop: Company, given: dict[str, str], said: str) -> None:
    answer = agent_client.get(f"/persons/{mads.uid}/move", query_string=MOVED | {"show": "1"} | given)
    assert answer.status_code == 422 and said in answer.text and 'id="shown"' not in answer.text


def test_who_may_not(visitor: FlaskClient, agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database) -> None:
    path = f"/persons/{mads.uid}/move"
    for method, where in (("get", path), ("post", path), ("post", f"{path}/{'0' * 24}/undo")):
        assert "/sign-in" in getattr(visitor, method)(where).headers["Location"]
    agent_client.post(path, data=hidden(agent_client.get(path, query_string=MOVED | {"show": "1"}).text))
    with fresh_database.write() as db:
        kept, other = db.scalars(select(Operation)).one(), create_person(db, {"last_name": "Friis"}, by=None, exempt=True)
    assert agent_client.post(f"/persons/{other.uid}/move/{kept.uid}/undo").status_code == 404


def test_few_questions_however_much_goes_along(
        agent_client: FlaskClient, mads: Person, workshop: Company, kunde: Company, fresh_database: Database) -> None:
    counts = []
    for more in (0, 150):
        with fresh_database.write() as db:
            db.add_all(Activity(kind="task", title=f"Task {n}", company_id=kunde.id, participants=[ActivityParticipant(person_id=mads.id)])
                       for n in range(more))
        asked: list[str] = []
        event.listen(database().engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
        text = agent_client.get(f"/persons/{mads.uid}/move", query_string=MOVED | {"show": "1", "take": "all", "kinds": "activities"}).text
        counts.append(len(asked))
    assert "and 52 more, older" in text
    assert counts[0] == counts[1] < 30, counts


def test_records_are_found_from_the_person(agent_client: FlaskClient, mads: Person, workshop: Company) -> None:
    """A company may have a hundred thousand activities, notes or files: none is read that is not the person's."""
    engine, asked = database().engine, []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    for take in ("stay", "all", "after"):
        agent_client.get(f"/persons/{mads.uid}/move", query_string=MOVED | {"show": "1", "take": take, "kinds": "activities"})
    tables = {"activities": "ix_activity_participants_person", "contact_notes": "ix_contact_notes_person", "contact_files": "ix_contact_files_person"}
    found = [given for given in asked if any(f"FROM {table}" in given[0] for table in tables)]
    assert len(found) >= 9
    if engine.dialect.name == "sqlite":              # PostgreSQL has statistics to go by
        with engine.connect() as connection:
            plans = [str(row) for statement, given in found for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
        assert not [one for one in plans if "SCAN" in one and any(f"SCAN {table}" in one for table in tables)]
        assert all(any(index in one for one in plans) for index in tables.values())
        assert not [one for one in plans if "ix_contact_notes_company" in one or "ix_contact_files_company" in one]
