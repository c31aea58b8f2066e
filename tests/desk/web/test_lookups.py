"""Look-ups of a person are counted by day, agent and purpose, shown to admins, kept for so many days, and erased with the person (CJEU C-579/21)."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.enrolling import new_token
from contacts.lookup import Lookup, lookups
from contacts.matter_kinds import PROJECTS, SALES
from contacts.matters import add_matter
from contacts.merging import merge
from contacts.ordering import keys_of_person
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.erasing import card
from desk.erasing.subject import subject_of
from jobs import cleaning
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.desk.web.tickets.conftest import statements as statements
from tests.letters_made import mail


def ole_of(database: Database, by: Agent, first: str = "Ole") -> Person:
    with database.write() as db:
        return create_person(db, {"first_name": first, "last_name": "Vang"}, by=db.get_one(Agent, by.id), exempt=True, addresses=[{"value": f"{first}@kunde.example"}])


def counted(database: Database, person: Person) -> dict[tuple[str, str], int]:
    with database.read() as db:
        return {(one.purpose, one.agent): one.count for one in lookups(db, [person.id])}


def test_counted_by_purpose_and_agent(app, agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, jonas: Agent, nora: Agent, arrive: Arrive) -> None:
    ole = ole_of(fresh_database, jonas)
    agent_client.get(f"/persons/{ole.uid}").close()
    agent_client.get(f"/persons/{ole.uid}/notes").close()
    agent_client.get(f"/persons/{ole.uid}", headers={"Referer": "http://localhost/search?q=ole"}).close()
    agent_client.get("/persons?q=ole").close()
    agent_client.get("/exports/persons.csv").get_data()
    agent_client.get(f"/persons/{ole.uid}/vcard").close()
    ticket = arrive(mail("Ole Vang <ole@kunde.example>", subject="Hello"))
    agent_client.get(f"/tickets/{ticket.number}").close()
    with fresh_database.write() as db:
        bearer = {"Authorization": f"Bearer {new_token(db, db.get_one(Agent, nora.id))}"}
    app.test_client().get(f"/api/v1/persons/{ole.uid}", headers=bearer).close()
    app.test_client().get("/api/v1/persons", headers=bearer).close()
    admin_client.get(f"/persons/{ole.uid}").close()
    nora_s = {purpose: n for (purpose, agent), n in counted(fresh_database, ole).items() if agent == "Nora Vik"}
    assert nora_s == {"page": 2, "search": 1, "persons": 1, "card": 1, "ticket": 1, "api": 2}
    assert counted(fresh_database, ole)["page", "Jonas Berg"] == 1
    shown = admin_client.get(f"/persons/{ole.uid}/lookups").text
    assert now().strftime("%Y-%m") in shown and "Nora Vik" in shown and "List of persons (CSV)" in shown and "The card alone (vCard)" in shown
    assert agent_client.get(f"/persons/{ole.uid}/lookups").status_code == 403
    assert f'href="/persons/{ole.uid}/lookups"' in admin_client.get(f"/persons/{ole.uid}/privacy").text
    assert f'href="/persons/{ole.uid}/lookups"' not in agent_client.get(f"/persons/{ole.uid}").text


def test_every_file_that_holds_somebody_is_counted_as_what_it_is(app, agent_client: FlaskClient, fresh_database: Database, jonas: Agent, nora: Agent) -> None:
    """Of sales and projects whom they name and nobody else; from the pages and by programs; a list of companies holds nobody."""
    ole, eva = ole_of(fresh_database, jonas), ole_of(fresh_database, jonas, "Eva")
    with fresh_database.write() as db:
        by, whose = db.get_one(Agent, jonas.id), db.get_one(Person, ole.id)
        for kind in (SALES, PROJECTS):
            add_matter(db, kind, {"title": "A lamp", "person_id": whose.id}, by=by)
            add_matter(db, kind, {"title": "Nobody's"}, by=by)
        bearer = {"Authorization": f"Bearer {new_token(db, db.get_one(Agent, nora.id))}"}
    for path in ("persons.csv", "persons.vcf", "sales.csv", "projects.csv", "companies.csv", "persons.csv?q=eva"):
        assert agent_client.get(f"/exports/{path}").get_data()
    for path in ("exports/persons.csv", "exports/persons.vcf", "exports/companies.csv", f"persons/{ole.uid}/vcard"):
        answer = app.test_client().get(f"/api/v1/{path}", headers=bearer)
        assert answer.status_code == 200 and answer.get_data()
        answer.close()
    assert counted(fresh_database, ole) == {(name, "Nora Vik"): n for name, n in {"persons": 2, "cards": 2, "sales": 1, "projects": 1, "card": 1}.items()}
    assert counted(fresh_database, eva) == {("persons", "Nora Vik"): 3, ("cards", "Nora Vik"): 2}


def test_a_long_list_is_counted_a_lot_at_a_time(agent_client: FlaskClient, fresh_database: Database, jonas: Agent, statements: list[str]) -> None:
    """One statement for two hundred persons, whatever was counted of them before."""
    with fresh_database.write() as db:
        db.execute(insert(Person), [{"first_name": f"N{n}", "last_name": "Vang", **keys_of_person(f"N{n}", "Vang")} for n in range(450)])
    for times in (1, 2):
        statements.clear()
        agent_client.get("/exports/persons.csv").get_data()
        assert [one.split()[:3] for one in statements if "lookups" in one] == [["INSERT", "INTO", "lookups"]] * 3
        with fresh_database.read() as db:
            assert db.execute(select(func.count(), func.min(Lookup.count), func.max(Lookup.count)).where(Lookup.purpose == "persons")).one() == (450, times, times)


def test_kept_for_so_many_days_and_with_a_merge(agent_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    ole, eva = ole_of(fresh_database, jonas), ole_of(fresh_database, jonas, "Eva")
    for one in (ole, eva):
        agent_client.get(f"/persons/{one.uid}").close()
    with fresh_database.write() as db:
        merge(db, db.get_one(Person, eva.id), db.get_one(Person, ole.id), by=db.get_one(Agent, jonas.id))
    assert counted(fresh_database, ole) == {("page", "Nora Vik"): 2}, "of both"
    with fresh_database.write() as db:
        db.execute(update(Lookup).where(Lookup.subject_uid == eva.uid).values(day=now().date() - timedelta(days=366)))
    cleaning.lookups()
    assert counted(fresh_database, ole) == {("page", "Nora Vik"): 1}
    with fresh_database.write() as db:
        set_option(db, "privacy.lookup_days", 0)
    agent_client.get(f"/persons/{ole.uid}").close()
    assert counted(fresh_database, ole) == {("page", "Nora Vik"): 1}, "none are counted any more"


def test_erased_with_the_person(agent_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    ole = ole_of(fresh_database, jonas)
    agent_client.get(f"/persons/{ole.uid}").close()
    with fresh_database.write() as db:
        card.erase_trail(db, subject_of(db, [db.get_one(Person, ole.id)]), 0)
    with fresh_database.read() as db:
        assert db.scalars(select(Lookup)).all() == []


def test_one_statement_after_the_answer(agent_client: FlaskClient, fresh_database: Database, jonas: Agent, statements: list[str]) -> None:
    """A page neither waits for it nor asks anything for it."""
    ole = ole_of(fresh_database, jonas)
    answer = agent_client.get(f"/persons/{ole.uid}/notes")
    assert not any("lookups" in one for one in statements)
    statements.clear()
    answer.close()
    assert [one.split()[:3] for one in statements if "lookups" in one] == [["INSERT", "INTO", "lookups"]]
    assert not any("options" in one for one in statements)
