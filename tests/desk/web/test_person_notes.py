"""Notes on persons and companies: who wrote what and when, and that a private one is its author's alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.note import Note
from contacts.notes import write_note
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.history import FactRow, FactSubject, Outbox
from desk.tickets.message import Notification
from tests.desk.web.tickets.conftest import page, post, said, statements, words

__all__ = ["statements"]
SECRET = "She is about to leave"


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id), employments=[{"company": company}])


@pytest.fixture
def kunde(fresh_database: Database, ingrid: Person) -> Company:
    with fresh_database.read() as db:
        return db.scalars(select(Company)).one()


def noted(database: Database, by: Agent, text: str, *, private: bool = False, person: Person | None = None, company: Company | None = None) -> Note:
    with database.write() as db:
        return write_note(db, text, person=db.get_one(Person, person.id) if person else None, company=db.get_one(Company, company.id) if company else None,
                          private=private, by=db.get_one(Agent, by.id))


def tab(client: FlaskClient, person: Person, asked: str = "") -> str:
    whole = page(client, f"/persons/{person.uid}/notes{asked}")
    return words(whole[whole.index('id="notes"'):whole.index("<aside")])


def test_written_on_the_card_with_name_and_time_by_itself(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person) -> None:
    """T26, T28, W2, W49: whoever works here reads it, with a date stamp and a name stamp."""
    post(agent_client, f"/persons/{ingrid.uid}/notes", text="Rang about the renewal.")
    text = tab(admin_client, ingrid)
    assert re.search(r"Nora Vik \d\d:\d\d .*Rang about the renewal\.", text)
    assert "No note fits." in tab(admin_client, ingrid, "?q=summer") and "renewal" in tab(admin_client, ingrid, "?q=RENEWAL+nora")


def test_the_log_panel_shows_the_latest_and_takes_one_more(agent_client: FlaskClient, ingrid: Person, kunde: Company, fresh_database: Database) -> None:
    """W49: on the details of the person; one from there comes back there."""
    where = f"/persons/{ingrid.uid}/details"
    assert post(agent_client, f"/persons/{ingrid.uid}/notes", text="First entry", back=where).location == where
    shown = page(agent_client, where)
    log = words(shown[shown.index("<h2>Log</h2>"):shown.index("<aside")])
    assert "First entry" in log and "Nora Vik" in log
    assert post(agent_client, f"/companies/{kunde.uid}/notes", text="Of the company", back=f"/companies/{kunde.uid}").location == f"/companies/{kunde.uid}"
    assert "Of the company" in page(agent_client, f"/companies/{kunde.uid}")


def test_what_stands_on_the_company_about_the_person(agent_client: FlaskClient, ingrid: Person, kunde: Company, nora: Agent, fresh_database: Database) -> None:
    """T27: where the person was chosen; what is of the company alone stays there."""
    post(agent_client, f"/companies/{kunde.uid}/notes", text="Ingrid decides", person=ingrid.uid)
    noted(fresh_database, nora, "They move in May", company=kunde)
    text = tab(agent_client, ingrid)
    assert "Ingrid decides" in text and "Kunde AS" in text and "They move in May" not in text
    both = words(page(agent_client, f"/companies/{kunde.uid}/notes"))
    assert "Ingrid decides" in both and "Ingrid Solheim" in both and "They move in May" in both
    post(agent_client, f"/persons/{ingrid.uid}/notes", text="Met at the fair", company=kunde.uid)
    assert "Met at the fair" in page(agent_client, f"/companies/{kunde.uid}/notes")


def test_only_ones_own_is_edited(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    note = noted(fresh_database, nora, "Likes coffee", person=ingrid)
    page(admin_client, f"/notes/{note.uid}", 403)
    post(admin_client, f"/notes/{note.uid}", 403, text="Likes tea", version=1)
    post(agent_client, f"/notes/{note.uid}", text="Likes tea", version=1)
    assert "Likes tea" in tab(admin_client, ingrid)
    answer = post(agent_client, f"/notes/{note.uid}", 409, text="Likes water", version=1)
    assert "It is now: Likes tea" in words(said(answer, 409)) and "Likes water" in answer.text


def test_deleted_by_its_author_or_an_admin_and_brought_back(
    agent_client: FlaskClient, admin_client: FlaskClient, signed_in: Callable[[Agent], FlaskClient], ingrid: Person, nora: Agent, jonas: Agent,
    fresh_database: Database,
) -> None:
    mine, his = (noted(fresh_database, who, f"By {who.name}", person=ingrid) for who in (nora, jonas))
    post(agent_client, f"/notes/{his.uid}/end", 403)
    post(agent_client, f"/notes/{mine.uid}/end")
    assert "By Nora" not in tab(agent_client, ingrid)
    page(agent_client, f"/notes/{mine.uid}", 404)
    post(agent_client, f"/notes/{mine.uid}/restoring")
    assert "By Nora" in tab(agent_client, ingrid)
    post(admin_client, f"/notes/{mine.uid}/end")
    assert "By Nora" not in tab(agent_client, ingrid)


@pytest.mark.parametrize("way", ["written", "made private later"])
def test_a_private_note_is_its_authors_alone(
    way: str, agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, kunde: Company, nora: Agent, fresh_database: Database,
) -> None:
    """T29, REQUIREMENTS 0.14: no list, count, search, card, panel, history or notification shows it to another, an admin included."""
    if way == "written":
        post(agent_client, f"/persons/{ingrid.uid}/notes", text=SECRET, company=kunde.uid, private="1")
    else:
        post(agent_client, f"/persons/{ingrid.uid}/notes", text=SECRET, company=kunde.uid)
        with fresh_database.read() as db:
            made = db.scalars(select(Note)).one()
        post(agent_client, f"/notes/{made.uid}", text=SECRET, private="1", version=made.version)
    with fresh_database.read() as db:
        note = db.scalars(select(Note)).one()
    places = (f"/persons/{ingrid.uid}", f"/persons/{ingrid.uid}/details", f"/persons/{ingrid.uid}/notes", f"/persons/{ingrid.uid}/notes?q=leave",
              f"/persons/{ingrid.uid}/history", f"/persons/{ingrid.uid}/history?company=1&q=note", f"/companies/{kunde.uid}", f"/companies/{kunde.uid}/notes",
              "/search?q=leave", "/notifications", "/activities", "/exports/persons.csv", "/exports/persons.vcf", "/exports/companies.csv")
    for place in places:
        text = page(admin_client, place)
        assert SECRET not in text and note.uid not in text, place
    assert "Note added" not in page(admin_client, f"/persons/{ingrid.uid}/history")
    assert not re.search(r'Notes<span class="tabs__count">[^0]', page(admin_client, f"/persons/{ingrid.uid}"))
    page(admin_client, f"/notes/{note.uid}", 404)
    for act in ("", "/end", "/restoring"):
        post(admin_client, f"/notes/{note.uid}{act}", 404, text="x")
    mine = [place for place in places if SECRET in page(agent_client, place)]
    assert mine == [places[1], places[2], places[3], places[6], places[7]]
    assert "Note added" in page(agent_client, f"/persons/{ingrid.uid}/history")


def test_nothing_tells_others_what_happened_to_it(ingrid: Person, kunde: Company, nora: Agent, fresh_database: Database) -> None:
    """T29: the history names neither person nor company, so whoever follows them is told nothing."""
    note = noted(fresh_database, nora, SECRET, private=True, person=ingrid, company=kunde)
    with fresh_database.read() as db:
        facts = db.scalars(select(FactRow).where(FactRow.kind == "note.changed")).all()
        subjects = set(db.scalars(select(FactSubject.subject_uid).where(FactSubject.fact_id.in_([fact.id for fact in facts]))))
        assert len(facts) == 1 and note.uid in subjects and not subjects & {ingrid.uid, kunde.uid}
        assert ingrid.uid not in str(facts[0].data) and kunde.uid not in str(facts[0].data)
        assert db.scalars(select(Outbox)).all() == [] and db.scalars(select(Notification)).all() == []


def test_nobody_without_a_session(visitor: FlaskClient, ingrid: Person, kunde: Company, nora: Agent, fresh_database: Database) -> None:
    note = noted(fresh_database, nora, "Likes coffee", person=ingrid)
    for url in (f"/persons/{ingrid.uid}/notes", f"/companies/{kunde.uid}/notes", f"/notes/{note.uid}"):
        assert "/sign-in" in visitor.get(url).location
    for url in (f"/persons/{ingrid.uid}/notes", f"/companies/{kunde.uid}/notes", f"/notes/{note.uid}", f"/notes/{note.uid}/end"):
        assert "/sign-in" in visitor.post(url, data={"text": "x"}).location


def test_an_empty_note_is_none(agent_client: FlaskClient, ingrid: Person, kunde: Company) -> None:
    assert "Write something." in words(said(post(agent_client, f"/persons/{ingrid.uid}/notes", 422, text="  "), 422))
    assert "Write something." in words(said(post(agent_client, f"/companies/{kunde.uid}/notes", 422, text="  "), 422))


def test_a_deleted_persons_name_is_on_no_note(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, kunde: Company, nora: Agent,
                                              fresh_database: Database) -> None:
    noted(fresh_database, nora, "Decides alone", person=ingrid, company=kunde)
    post(admin_client, f"/persons/{ingrid.uid}/end")
    shown = page(agent_client, f"/companies/{kunde.uid}/notes")
    assert "Decides alone" in shown and "Solheim" not in shown


def test_by_pages_and_as_many_statements(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database, statements: list[str]) -> None:
    noted(fresh_database, nora, "Number 0", person=ingrid)
    tab(agent_client, ingrid)
    statements.clear()
    tab(agent_client, ingrid)
    one = len(statements)
    for number in range(1, 60):
        noted(fresh_database, nora, f"Number {number}.", person=ingrid)
    statements.clear()
    first = page(agent_client, f"/persons/{ingrid.uid}/notes")
    assert len(statements) == one
    assert "Number 59." in first and "Number 9." not in first
    older = first[first.index("cursor="):].partition('"')[0]
    assert "Number 9." in tab(agent_client, ingrid, f"?{older}")
    assert now() and "Start from the top" in said(agent_client.get(f"/persons/{ingrid.uid}/notes?cursor=x"), 422)
