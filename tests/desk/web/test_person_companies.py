"""The companies of a person on the card: linking, putting right, the primary one, ending, and the card of then."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.editing import create_person
from contacts.person import Employment, Person
from core.database import Database, database
from core.i18n import today
from tests.desk.web.tickets.conftest import page, words


@pytest.fixture
def kunde(fresh_database: Database, jonas: Agent) -> Company:
    with fresh_database.write() as db:
        partner = Category(name="Partner")
        db.add(partner)
        db.flush()
        return new_company(db, {"name": "Kunde ApS", "category_id": partner.id}, by=db.get_one(Agent, jonas.id))


@pytest.fixture
def mads(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=db.get_one(Agent, nora.id), exempt=True)


def linked(database: Database, person: Person, company: Company, position: str = "", **dates: date) -> str:
    with database.write() as db:
        job = Employment(person_id=person.id, company_id=company.id, position=position or None, primary="ended_on" not in dates,
                         was_primary="ended_on" in dates, status="left" if "ended_on" in dates else "active", **dates)
        db.add(job)
        return job.uid if job.uid else (db.flush(), job.uid)[1]


def tab(client: FlaskClient, person: Person) -> str:
    whole = page(client, f"/persons/{person.uid}/companies")
    return words(whole[whole.index('id="companies"'):whole.index("<aside")])


def jobs(database: Database, person: Person) -> list[tuple[str, str | None, bool, bool]]:
    with database.read() as db:
        found = db.scalars(select(Employment).where(Employment.person_id == person.id).order_by(Employment.id)).all()
        return [(job.company.name, job.position, job.primary, job.ended_on is None) for job in found]


def test_searched_for_marked_and_added(
        agent_client: FlaskClient, mads: Person, kunde: Company, jonas: Agent, fresh_database: Database) -> None:
    """T9, T10, T18, T20, S31, S32, S33: the first company is the primary one, and the three fields follow it."""
    assert f"/persons/{mads.uid}/companies/new" in page(agent_client, f"/persons/{mads.uid}/companies")
    found = page(agent_client, f"/persons/{mads.uid}/companies/new?q=unde")
    assert f'value="{kunde.uid}" checked' in found
    answer = agent_client.post(f"/persons/{mads.uid}/companies", data={"company": kunde.uid, "position": "IT technician", "from": "2022-03-01"})
    assert answer.status_code == 303
    assert jobs(fresh_database, mads) == [("Kunde ApS", "IT technician", True, True)]
    with fresh_database.read() as db:
        person = db.get_one(Person, mads.id)
        assert (person.our_contact_id, person.category_id, person.to_be_completed) == (jonas.id, kunde.category_id, False)
    text = tab(agent_client, mads)
    assert "Kunde ApS IT technician · primary" in text
    assert "Works there 1 Mar 2022 –" in text


def test_a_company_that_is_not_there_is_made_in_the_same_flow(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    """T19."""
    path = f"/persons/{mads.uid}/companies"
    assert "No company is called that." in page(agent_client, f"{path}/new?q=Værksted")
    answer = agent_client.post(path, data={"company": "new", "name": "Værksted A/S", "position": "Boss"})
    assert answer.status_code == 303
    assert jobs(fresh_database, mads) == [("Værksted A/S", "Boss", True, True)]


def test_what_is_missing_is_said_at_its_field(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    path = f"/persons/{mads.uid}/companies"
    answer = agent_client.post(path, data={"company": "new", "name": "", "from": "yesterday", "position": "Boss"})
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text and 'id="f-from-error"' in answer.text and 'value="Boss"' in answer.text
    assert 'id="f-company-error"' in agent_client.post(path, data={}).text
    assert jobs(fresh_database, mads) == []


def test_as_many_companies_as_wished(agent_client: FlaskClient, mads: Person, kunde: Company, fresh_database: Database, nora: Agent) -> None:
    """T3, C13, 0.16: a second one changes nothing of the card, until it is made the primary one."""
    with fresh_database.write() as db:
        others = [new_company(db, {"name": name}, by=db.get_one(Agent, nora.id)) for name in ("Fjordhaven", "Værksted A/S")]
    for company in others:
        agent_client.post(f"/persons/{mads.uid}/companies", data={"company": company.uid})
    agent_client.post(f"/persons/{mads.uid}/companies", data={"company": kunde.uid, "position": "Board"})
    assert [job[2] for job in jobs(fresh_database, mads)] == [True, False, False]
    with fresh_database.read() as db:
        person = db.get_one(Person, mads.id)
        assert (person.our_contact_id, person.category_id) == (nora.id, None)
        third = db.scalars(select(Employment.uid).where(Employment.company_id == kunde.id)).one()
    assert agent_client.post(f"/persons/{mads.uid}/companies/{third}/primary").status_code == 303
    assert [job[2] for job in jobs(fresh_database, mads)] == [False, False, True]
    with fresh_database.read() as db:
        assert db.get_one(Person, mads.id).category_id == kunde.category_id
    assert ">Companies<span class=\"tabs__count\">3<" in page(agent_client, f"/persons/{mads.uid}")


def test_put_right(agent_client: FlaskClient, mads: Person, kunde: Company, fresh_database: Database) -> None:
    """T20, 0.15: position, days and status; "has left" without a day ends it today, "works there" takes the end back."""
    job = linked(fresh_database, mads, kunde, "Clerk")
    path = f"/persons/{mads.uid}/companies/{job}"
    assert 'value="Clerk"' in page(agent_client, path)
    answer = agent_client.post(path, data={"position": "Head clerk", "from": "2024-02-01", "to": "2026-10-31", "status": "left"})
    assert answer.status_code == 303
    assert jobs(fresh_database, mads) == [("Kunde ApS", "Head clerk", False, False)]
    assert "Has left 1 Feb 2024 – 31 Oct 2026" in tab(agent_client, mads)
    agent_client.post(path, data={"position": "Head clerk", "from": "2024-02-01", "to": "", "status": "active"})
    assert jobs(fresh_database, mads) == [("Kunde ApS", "Head clerk", True, True)]
    agent_client.post(path, data={"status": "left"})
    with fresh_database.read() as db:
        assert db.scalars(select(Employment.ended_on)).one() == today()


@pytest.mark.parametrize(("given", "said"), [
    ({"from": "2024-02-01", "to": "2024-01-31", "status": "left"}, "This is before the beginning."),
    ({"to": str(today() + timedelta(days=3)), "status": "left"}, "Today or an earlier day."), ({"from": "soon"}, "Write a day like"),
    ({"from": "0001-01-01"}, "Write a day like"),
    ({"version": "0"}, "A colleague has changed this")])
def test_what_cannot_be_saved(
        agent_client: FlaskClient, mads: Person, kunde: Company, fresh_database: Database, given: dict[str, str], said: str) -> None:
    job = linked(fresh_database, mads, kunde, "Clerk")
    answer = agent_client.post(f"/persons/{mads.uid}/companies/{job}", data={"position": "Boss"} | given)
    assert answer.status_code in (409, 422) and said in answer.text and 'value="Boss"' in answer.text
    assert jobs(fresh_database, mads) == [("Kunde ApS", "Clerk", True, True)]


def test_the_card_as_of_a_day(agent_client: FlaskClient, mads: Person, kunde: Company, fresh_database: Database, nora: Agent) -> None:
    """C14, C15, C16, C19: an employment is a version of the card, and from each the one before and after it is a click away."""
    with fresh_database.write() as db:
        workshop = new_company(db, {"name": "Værksted A/S"}, by=db.get_one(Agent, nora.id))
    linked(fresh_database, mads, kunde, "IT technician", started_on=date(2022, 3, 1), ended_on=date(2026, 10, 31))
    linked(fresh_database, mads, workshop, "Operations manager", started_on=date(2026, 11, 1))
    now = page(agent_client, f"/persons/{mads.uid}")
    assert "Operations manager, Værksted A/S since 1 Nov 2026" in head(now)
    then = page(agent_client, link(now, "Before that"))
    assert "IT technician, Kunde ApS 1 Mar 2022 – 31 Oct 2026" in head(then)
    assert "The card as of 31 Oct 2026: IT technician at Kunde ApS." in words(then)
    assert f"/persons/{mads.uid}/details?as_of=2026-10-31" in then
    before = page(agent_client, link(then, "Earlier"))
    assert "The card as of 28 Feb 2022: no company is known." in words(before)
    again = page(agent_client, link(before, "Later"))
    assert "IT technician, Kunde ApS" in head(again)
    assert "Operations manager, Værksted A/S" in head(page(agent_client, link(again, "Later")))
    assert "Operations manager, Værksted A/S" in head(page(agent_client, link(before, "Today")))
    assert "IT technician" in head(page(agent_client, f"/persons/{mads.uid}/details?as_of=2025-06-01"))
    for odd in ("soon", "2999-01-01", "2026-13-01"):
        assert "Operations manager, Værksted A/S" in head(page(agent_client, f"/persons/{mads.uid}?as_of={odd}"))


def head(text: str) -> str:
    return words(text[text.index('<div class="person-top">'):text.index('<div class="functions">')])


def link(text: str, name: str) -> str:
    [found] = re.findall(rf'href="([^"]+)">{name}</a>', text)
    return found.replace("&amp;", "&")


def test_who_may_not(visitor: FlaskClient, agent_client: FlaskClient, mads: Person, kunde: Company, fresh_database: Database) -> None:
    job, path = linked(fresh_database, mads, kunde), f"/persons/{mads.uid}/companies"
    for method, where in (("get", path), ("get", f"{path}/new"), ("post", path), ("get", f"{path}/{job}"), ("post", f"{path}/{job}"),
                          ("post", f"{path}/{job}/primary")):
        assert "/sign-in" in getattr(visitor, method)(where).headers.get("Location", ""), where
    with fresh_database.write() as db:
        other = create_person(db, {"last_name": "Friis"}, by=None, exempt=True)
    assert agent_client.get(f"/persons/{other.uid}/companies/{job}").status_code == 404
    assert agent_client.post(f"/persons/{other.uid}/companies/{job}", data={}).status_code == 404


def test_few_questions_however_many_companies(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        companies = [new_company(db, {"name": f"Company {n}"}, by=None) for n in range(30)]
    counts = []
    for some in (companies[:2], companies[2:]):
        for company in some:
            linked(fresh_database, mads, company, "Clerk", started_on=date(2020, 1, 1), ended_on=date(2021, 1, 1))
        asked: list[str] = []
        event.listen(database().engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
        page(agent_client, f"/persons/{mads.uid}/companies")
        counts.append(len(asked))
    assert counts[0] == counts[1] < 40, counts


def test_linked_from_the_form(agent_client: FlaskClient, mads: Person, kunde: Company, jonas: Agent, fresh_database: Database) -> None:
    """S30, S34: who was saved without a company is linked by Edit and its field, and what follows may be changed there afterwards."""
    path = f"/persons/{mads.uid}"
    assert agent_client.get("/companies/suggestions?q=unde").json == [{"uid": kunde.uid, "name": "Kunde ApS"}]
    form = {"first_name": "Mads", "last_name": "Kjær", "company": "Kunde ApS", "status": "active"}
    assert agent_client.post(path, data=form).status_code == 303
    with fresh_database.read() as db:
        person = db.get_one(Person, mads.id)
        assert (person.employment.company_id, person.our_contact_id, person.category_id) == (kunde.id, jonas.id, kunde.category_id)
    again = form | {"our_contact": "", "category": ""}
    assert agent_client.post(path, data=again).status_code == 303
    with fresh_database.read() as db:
        person = db.get_one(Person, mads.id)
        assert (person.employment.company_id, person.our_contact_id, person.category_id) == (kunde.id, None, None)
