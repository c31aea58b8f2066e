"""The bin as admins have it before them: what lies there, restoring one, some, all of one deletion, and what is asked first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.bin import Binned
from contacts.binning import bin_company, bin_person
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.clock import now
from core.database import Database, database
from core.operations import Operation
from desk.tickets.binning import bin_ticket
from desk.tickets.ticket import Ticket
from jobs import operations as job
from tests.desk.web.tickets.conftest import Arrive, page, support, words  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.letters_made import mail

MOST_STATEMENTS = 20


def made(database: Database, *names: str, email: str = "", firm: str = "") -> list[str]:
    """Persons, their uids."""
    with database.write() as db:
        company = db.scalar(select(Company).where(Company.name == firm)) if firm else None
        return [create_person(db, {"first_name": name, "last_name": "Friis"}, by=None, exempt=True, employments=[{"company": company}] if company else (),
                              addresses=[{"value": email}] if email else ()).uid for name in names]


def binned(database: Database, by: Agent, *uids: str, act: str = "") -> None:
    with database.write() as db:
        for uid in uids:
            bin_person(db, db.scalars(select(Person).where(Person.uid == uid)).one(), by=db.get_one(Agent, by.id), act=act)


def living(database: Database) -> set[str]:
    with database.read() as db:
        return set(db.scalars(select(Person.first_name).where(Person.binned_at.is_(None))))


def test_who_deleted_what_and_until_when(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, jonas: Agent, arrive: Arrive) -> None:
    """S70, S71: persons, companies and tickets, each found by what it is called; agents see nothing of it."""
    ticket = arrive(mail(subject="Broken pump"))
    binned(fresh_database, jonas, *made(fresh_database, "Lone", "Eva", email=""))
    with fresh_database.write() as db:
        by = db.get_one(Agent, jonas.id)
        bin_company(db, create_company(db, "Verksted AS"), by=by)
        bin_ticket(db, db.get_one(Ticket, ticket.id), by=by)
    text = words(page(admin_client, "/bin"))
    for said in ("Lone Friis", "Jonas Berg", "15 days left", "Persons 2", "Companies 1", "Tickets 1"):
        assert said in text, said
    assert "Eva" not in words(page(admin_client, "/bin?q=lone friis").partition('id="found"')[2])
    assert "Verksted AS" in page(admin_client, "/bin?of=company&q=verk") and "Broken pump" in page(admin_client, f"/bin?of=ticket&q={ticket.number}")
    assert agent_client.get("/bin").status_code == 403 and 'href="/bin"' not in page(agent_client, "/persons")
    assert 'href="/bin"' in page(admin_client, "/persons")


def test_the_dialog_says_what_it_does_and_the_toast_takes_it_back(
    admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    """S62: from the task menu of the card, by admins."""
    (uid,) = made(fresh_database, "Lone")
    card = page(admin_client, f"/persons/{uid}")
    assert "Delete …" in card and "is masked everywhere at once" in card and "nothing is erased yet" in words(card)
    assert "Delete …" not in page(agent_client, f"/persons/{uid}")
    assert admin_client.post(f"/persons/{uid}/end").status_code == 303
    toast = re.search(r'action="(/persons/[0-9a-f]{24}/restoring)"', page(admin_client, "/persons"))
    assert toast and admin_client.post(toast[1]).status_code == 303 and living(fresh_database) == {"Lone"}


def test_those_marked_come_back(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    """S68: several at once; what cannot come back by itself stays, and that is said."""
    uids = made(fresh_database, "Lone", "Eva", "Bo")
    (taken,) = made(fresh_database, "Old", email="post@kunde.example")
    binned(fresh_database, jonas, *uids, taken)
    made(fresh_database, "New", email="post@kunde.example")
    with fresh_database.read() as db:
        ids = [str(one) for one in db.scalars(select(Binned.id).order_by(Binned.id))]
    assert agent_client.post("/bin/restoring", data={"ids": ids}).status_code == 403
    assert admin_client.post("/bin/restoring").status_code == 422
    answer = admin_client.post("/bin/restoring", data={"ids": [ids[0], ids[2], ids[3]]})
    assert answer.status_code == 303 and living(fresh_database) == {"Lone", "Bo", "New"}
    assert "2 are back. 1 stays here" in words(page(admin_client, answer.location))


def test_what_was_deleted_in_one_go_comes_back_in_one_go(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database) -> None:
    """S66-S68: a deletion from marked rows of the list, found in the bin and taken back there by a worker."""
    uids = made(fresh_database, "Lone", "Eva", "Bo")
    form = {"of": "persons", "uids": uids[:2]}
    assert "Show what would be deleted" in admin_client.post("/selections/acts/new", data=form).text
    assert "Show what would be deleted" not in agent_client.post("/selections/acts/new", data=form).text
    assert agent_client.post("/selections/acts/deletion", data=form).status_code == 403
    at = admin_client.post("/selections/acts/deletion", data=form).location
    job.run()
    assert "Lone Friis" in page(admin_client, at)
    admin_client.post(f"{at}/approve")
    job.run()
    assert living(fresh_database) == {"Bo"} and "Lone" not in page(admin_client, at) and "Deleted person" in page(admin_client, at)
    act = re.search(r'href="(/bin\?[^"]*act=[0-9a-f]{24}[^"]*)"', page(admin_client, "/bin"))
    assert act
    door = re.search(r'action="(/bin/acts/[0-9a-f]{24}/restoring)"', page(admin_client, act[1].replace("&amp;", "&")))
    assert door and agent_client.post(door[1]).status_code == 403
    assert admin_client.post(door[1]).location == at
    job.run()
    assert living(fresh_database) == {"Lone", "Eva", "Bo"}
    with fresh_database.read() as db:
        assert db.scalars(select(Operation.state)).one() == "undone"


def test_a_company_with_its_persons(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database) -> None:
    """S69: it is said who goes along before it happens; restoring one person brings the company, restoring the company all."""
    with fresh_database.write() as db:
        firm = create_company(db, "Verksted AS").uid
    lone, _eva = made(fresh_database, "Lone", "Eva", firm="Verksted AS")
    assert f"/companies/{firm}/end" in page(admin_client, f"/companies/{firm}") and f"/companies/{firm}/end" not in page(agent_client, f"/companies/{firm}")
    asked = words(page(admin_client, f"/companies/{firm}/end"))
    assert "2 persons work there and nowhere else" in asked and "Lone Friis" in asked
    refused = admin_client.post(f"/companies/{firm}/end")
    assert refused.status_code == 422 and "Persons still work at" in refused.text
    assert admin_client.post(f"/companies/{firm}/end", data={"persons": "yes"}).status_code == 303
    assert living(fresh_database) == set()
    admin_client.post(f"/companies/{firm}/restoring")
    assert living(fresh_database) == {"Lone", "Eva"}
    admin_client.post(f"/companies/{firm}/end", data={"persons": "yes"})
    admin_client.post(f"/persons/{lone}/restoring")
    assert living(fresh_database) == {"Lone"} and agent_client.get(f"/companies/{firm}").status_code == 200


def test_a_large_company_is_deleted_by_a_worker(admin_client: FlaskClient, fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """S66."""
    monkeypatch.setattr("desk.web.companies.MOST", 1)
    with fresh_database.write() as db:
        firm = create_company(db, "Verksted AS").uid
    made(fresh_database, "Lone", "Eva", firm="Verksted AS")
    at = admin_client.post(f"/companies/{firm}/end", data={"persons": "yes"}).location
    assert at.startswith("/operations/") and living(fresh_database) == {"Lone", "Eva"}
    job.run()
    admin_client.post(f"{at}/approve")
    job.run()
    assert living(fresh_database) == set()


@pytest.mark.parametrize("answer", ["keep", "back", "share"])
def test_an_address_given_away_is_asked_about(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, answer: str) -> None:
    """S71: a page, not a crash; nothing has happened before it is answered."""
    (old,) = made(fresh_database, "Old", email="post@kunde.example")
    binned(fresh_database, jonas, old)
    (new,) = made(fresh_database, "New", email="post@kunde.example")
    asked = admin_client.post(f"/persons/{old}/restoring")
    assert asked.status_code == 409 and "Whose is it?" in asked.text and living(fresh_database) == {"New"}
    name = re.search(r'name="(answer-[^"]+)"', asked.text)
    assert name and f"/persons/{new}" in asked.text
    assert admin_client.post(f"/persons/{old}/restoring", data={name[1]: "nonsense"}).status_code == 409
    assert admin_client.post(f"/persons/{old}/restoring", data={name[1]: answer}).status_code == 303
    with fresh_database.read() as db:
        have = [bool(holdings_of(db, db.scalars(select(Person).where(Person.uid == uid)).one())) for uid in (old, new)]
    assert have == {"keep": [False, True], "back": [True, False], "share": [True, True]}[answer]


def test_after_its_days_nothing_is_offered(admin_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    """S70: the purge may not have run yet."""
    (uid,) = made(fresh_database, "Lone")
    binned(fresh_database, jonas, uid)
    with fresh_database.write() as db:
        then = now() - timedelta(days=16)
        db.execute(update(Person).values(binned_at=then), execution_options={"synchronize_session": False})
        db.execute(update(Binned).values(at=then))
    text = page(admin_client, "/bin")
    assert "can no longer be restored" in text and "/restoring" not in text.partition('<section class="panel"')[2].partition("</section>")[0]
    answer = admin_client.post(f"/persons/{uid}/restoring")
    assert answer.status_code == 422 and "cannot be restored any more" in answer.text and living(fresh_database) == set()


def test_however_many_there_are_it_takes_as_many_statements(admin_client: FlaskClient, fresh_database: Database, jonas: Agent) -> None:
    """Paged by key, with a bound on what is asked."""
    binned(fresh_database, jonas, *made(fresh_database, *(f"Lone{n}" for n in range(60))))
    asked: list[str] = []
    event.listen(database().engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    text = page(admin_client, "/bin")
    assert len(asked) <= MOST_STATEMENTS and "Lone59" in text and "Lone9 " not in text
    older = re.search(r'href="(/bin\?[^"]*before=\d+[^"]*)"', text)
    assert older and "Lone0 " in page(admin_client, older[1].replace("&amp;", "&"))
