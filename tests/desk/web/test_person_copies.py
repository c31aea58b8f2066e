"""Copying a person: a second employment on the card, or a second card."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contacts.activity import Activity, ActivityParticipant
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Company
from contacts.copying import UNIQUE
from contacts.creating import create_company
from contacts.custom_values import custom_of
from contacts.editing import FIELDS, create_person
from contacts.person import Person
from core.database import Database
from core.options import set_option
from tests.desk.web.test_left_nowhere import Lists
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.desk.web.tickets.conftest import support as support


@pytest.fixture
def kunde(fresh_database: Database, nora: Agent) -> Company:
    with fresh_database.write() as db:
        return new_company(db, {"name": "Kunde ApS"}, by=db.get_one(Agent, nora.id))


@pytest.fixture
def workshop(fresh_database: Database, jonas: Agent) -> Company:
    with fresh_database.write() as db:
        return new_company(db, {"name": "Værksted A/S"}, by=db.get_one(Agent, jonas.id))


@pytest.fixture
def mads(fresh_database: Database, kunde: Company, nora: Agent) -> Person:
    with fresh_database.write() as db:
        person = create_person(
            db, {"first_name": "Mads", "last_name": "Kjær", "title": "Mr", "preferred_language": "da", "customer_number": "K-1",
                 "block_mass_mail": True, "status": "left"}, by=db.get_one(Agent, nora.id), employments=[{"company": kunde, "position": "Clerk"}],
            addresses=[{"kind": "email", "value": "mads@kunde.example"}, {"kind": "phone", "value": "+45 55 50 12 77"}])
        db.add(Activity(kind="call", title="Renewal", company_id=kunde.id, participants=[ActivityParticipant(person_id=person.id)]))
        return person


def cards(database: Database) -> list[Person]:
    with database.read() as db:
        found = list(db.scalars(select(Person).order_by(Person.id)))
        for person in found:
            person.employments  # noqa: B018 - read while the session is open
            for job in person.employments:
                job.company  # noqa: B018
        return found


def test_a_second_employment_on_the_same_card_is_the_default(
        agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database, nora: Agent) -> None:
    """W87, 0.17: one human, one card; the primary company and what follows it stay."""
    assert 'value="employment" checked' in page(agent_client, f"/persons/{mads.uid}/copy")
    answer = agent_client.post(f"/persons/{mads.uid}/copy", data={"company": "Værksted A/S", "as": "employment", "position": "Board"})
    assert answer.headers["Location"].endswith(f"/persons/{mads.uid}/companies")
    [person] = cards(fresh_database)
    assert [(job.company.name, job.position, job.primary) for job in person.employments] == [
        ("Kunde ApS", "Clerk", True), ("Værksted A/S", "Board", False)]
    assert person.our_contact_id == nora.id


def test_a_second_card_has_the_fields_and_nothing_related(
        agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database, jonas: Agent) -> None:
    """W88, W89, 0.16: fields are copied, our contact follows the company; activities are neither copied nor moved."""
    answer = agent_client.post(f"/persons/{mads.uid}/copy", data={"company": "Værksted A/S", "as": "card", "addresses": "1"})
    first, second = cards(fresh_database)
    assert answer.headers["Location"].endswith(f"/persons/{second.uid}")
    assert (second.first_name, second.last_name, second.title, second.preferred_language, second.block_mass_mail, second.status) == (
        "Mads", "Kjær", "Mr", "da", True, "active")
    assert (second.customer_number, second.our_contact_id, second.employment.company.name) == (None, jonas.id, "Værksted A/S")
    assert first.employment.company.name == "Kunde ApS"
    with fresh_database.read() as db:
        assert {h.address.value for h in holdings_of(db, second)} == {"mads@kunde.example", "+45 55 50 12 77"}
        assert db.scalars(select(ActivityParticipant.person_id)).all() == [mads.id]
        assert db.scalar(select(func.count()).select_from(Activity)) == 1
    assert "Copied from another card" in words(page(agent_client, f"/persons/{second.uid}/history"))


#: What of a person a second card has too, or has of its own: addresses, the new job, its sound, why it is there, and its place in the history.
OF_THE_CARD = {"holdings.person_id", "holdings.origin_person_id", "employments.person_id", "employments.origin_person_id", "name_keys.person_id", "legal_bases.person_id",
               "legal_bases.origin_person_id", "fact_subjects.subject_uid", "custom_values.person_id"}


def test_a_second_card_has_the_fields_and_no_related_row(
        agent_client: FlaskClient, fresh_database: Database, nora: Agent, jonas: Agent, arrive: Arrive) -> None:
    """W88, W89, acceptance 12 (PRIVACY 7): of somebody with rows in every table that may point at a person the fields are equal, and none of these rows is the copy's."""
    lists = Lists(agent_client.application, agent_client, fresh_database, nora, jonas, arrive)
    with fresh_database.write() as db:
        create_company(db, "Fresh ApS")
    agent_client.post(f"/persons/{lists.planted.person}/copy", data={"company": "Fresh ApS", "as": "card", "addresses": "1"})
    with fresh_database.read() as db:
        first = db.scalars(select(Person).where(Person.uid == lists.planted.person)).one()
        second = db.scalars(select(Person).where(Person.last_name == first.last_name).order_by(Person.id.desc()).limit(1)).one()
        assert second.id not in lists.kept.persons
        assert [getattr(second, name) for name in FIELDS if name not in UNIQUE] == [getattr(first, name) for name in FIELDS if name not in UNIQUE]
        assert custom_of(db, second) == custom_of(db, first) and custom_of(db, first)
        assert lists.of(db, "persons", {first.id}, {first.uid}) - OF_THE_CARD
        assert lists.of(db, "persons", {second.id}, {second.uid}) <= OF_THE_CARD


def test_what_stays_with_the_original_is_said(
        agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database) -> None:
    """0.17: the fields of the duplicate rule, or there would be two of what may be there once."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["last_name", "email"], ["last_name", "title"]])
    text = words(page(agent_client, f"/persons/{mads.uid}/copy"))
    assert "no two persons may have the same: title, customer number, e-mail addresses." in text
    agent_client.post(f"/persons/{mads.uid}/copy", data={"company": "Værksted A/S", "as": "card", "addresses": "1"})
    second = cards(fresh_database)[1]
    assert (second.last_name, second.title) == ("Kjær", None)
    with fresh_database.read() as db:
        assert {h.address.kind for h in holdings_of(db, second)} == {"phone"}


def test_no_second_card_of_a_name_that_may_be_there_once(
        agent_client: FlaskClient, mads: Person, workshop: Company, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["first_name", "last_name"]])
    answer = agent_client.post(f"/persons/{mads.uid}/copy", data={"company": "Værksted A/S", "as": "card"})
    assert answer.status_code == 422 and 'id="f-as-error"' in answer.text
    assert len(cards(fresh_database)) == 1


@pytest.mark.parametrize(("given", "said"), [({"company": ""}, "Choose a company."), ({"company": "Nobody AS"}, "There is no company called"),
                                             ({"company": "Kunde ApS", "as": "employment"}, "They work there already.")])
def test_what_cannot_be(agent_client: FlaskClient, mads: Person, fresh_database: Database, given: dict[str, str], said: str) -> None:
    answer = agent_client.post(f"/persons/{mads.uid}/copy", data=given)
    assert answer.status_code == 422 and said in answer.text
    assert [len(person.employments) for person in cards(fresh_database)] == [1]


def test_who_may_not(visitor: FlaskClient, mads: Person) -> None:
    for method in ("get", "post"):
        assert "/sign-in" in getattr(visitor, method)(f"/persons/{mads.uid}/copy").headers["Location"]
