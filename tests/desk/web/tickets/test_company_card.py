"""A company's card in tabs: all around it, its people, its tickets, who of us talked to whom, its history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Employment, Person
from core.clock import now
from core.database import Database, database
from desk.mailboxes import Mailbox
from desk.tickets.answering import reply
from desk.tickets.dialogue import at_company
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail


@pytest.fixture
def kunde(fresh_database: Database) -> Company:
    """Ole, Kari and others write from there."""
    with fresh_database.write() as db:
        return create_company(db, "Kunde AS", domains=["kunde.example"])


def panel(client: FlaskClient, company: Company, name: str, part: str = "") -> str:
    whole = page(client, f"/companies/{company.uid}{part}")
    begins = whole.index(f'id="{name}"')
    return words(whole[begins:whole.index("</section>", begins)])


def answered(database: Database, ticket: Ticket, by: Agent, text: str = "Press green.") -> None:
    with database.write() as db:
        reply(db, db.get_one(Ticket, ticket.id), by=db.get_one(Agent, by.id), text=text)


def test_tabs_of_the_company(agent_client: FlaskClient, kunde: Company) -> None:
    """S12: each a page of its own with the same sidebar, as on a person's card."""
    shown = set()
    for part, name in (("", "Overview"), ("/persons", "Persons"), ("/tickets", "Tickets"), ("/relations", "Relations"), ("/history", "History")):
        text = page(agent_client, f"/companies/{kunde.uid}{part}")
        tabs = text[text.index('<nav class="tabs"'):text.index("</nav>", text.index('<nav class="tabs"'))]
        assert re.findall(r'aria-current="page">([\w-]+)', tabs) == [name]
        assert re.findall(r">([A-Z][\w-]+)<", tabs) == [
            "Overview", "Persons", "Tickets", "Sales", "Campaigns", "Projects", "Orders", "Files", "Relations", "Infotags", "History"]
        shown.add(words(text[text.index("<aside"):text.index("</aside>")]))
    assert len(shown) == 1


def test_who_of_us_talked_to_whom_and_what_about(
    agent_client: FlaskClient, kunde: Company, arrive: Arrive, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    """S13: the colleagues, the person, the subject, how much and when; also what nobody has answered."""
    pump = arrive(mail(subject="The pump"))
    answered(fresh_database, pump, jonas)
    answered(fresh_database, pump, nora)
    arrive(mail("Kari Lund <kari@kunde.example>", subject="The heater"))
    arrive(mail("Per Moe <per@other.example>", subject="Another firm's"))
    text = panel(agent_client, kunde, "talks")
    assert re.search(r"The pump (Nora Vik, Jonas Berg|Jonas Berg, Nora Vik) Ole Vang 3", text)
    assert "The heater nobody yet Kari Lund 1" in text and "Another firm" not in text


def test_only_of_mailboxes_that_the_agent_sees(
    agent_client: FlaskClient, admin_client: FlaskClient, kunde: Company, arrive: Arrive, board: Mailbox,
) -> None:
    arrive(mail(subject="To the board", to="board@desk.example"), board)
    for part, name in (("", "talks"), ("/tickets", "tickets")):
        assert "To the board" not in panel(agent_client, kunde, name, part)
        assert "To the board" in panel(admin_client, kunde, name, part)


def test_what_a_person_writes_elsewhere_is_not_theirs(
    agent_client: FlaskClient, kunde: Company, arrive: Arrive, fresh_database: Database,
) -> None:
    arrive(mail(subject="While here"))
    assert "While here" in panel(agent_client, kunde, "talks")
    with fresh_database.write() as db:
        db.execute(update(Employment).values(ended_on=now().date() - timedelta(days=1)))
    assert "While here" not in panel(agent_client, kunde, "talks")
    with fresh_database.write() as db:
        db.execute(update(Ticket).values(moved_at=now() - timedelta(days=5)))
    assert "While here" in panel(agent_client, kunde, "talks") and "While here" in panel(agent_client, kunde, "tickets", "/tickets")
    with fresh_database.write() as db:
        db.execute(update(Employment).values(started_on=now().date() - timedelta(days=2)))
    assert "While here" not in panel(agent_client, kunde, "talks")


def test_persons_by_pages_and_those_who_have_left(agent_client: FlaskClient, kunde: Company, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        company = db.get_one(Company, kunde.id)
        for number in range(60):
            create_person(db, {"first_name": "Kari", "last_name": f"Hansen {number:02}"}, by=None, employments=[{"company": company}])
        db.execute(update(Employment).where(Employment.person_id == select(Person.id).where(
            Person.last_name == "Hansen 07").scalar_subquery()).values(ended_on=now().date(), status="left"))
    first = page(agent_client, f"/companies/{kunde.uid}/persons")
    assert '>Persons<span class="tabs__count">59</span>' in first
    assert "Hansen 50" in first and "Hansen 51" not in first and "Hansen 07" not in first
    older = re.search(r'href="([^"]*persons\?after=\w+)"', first)
    assert older is not None
    second = page(agent_client, older[1])
    assert "Hansen 51" in second and "Hansen 59" in second and "Hansen 50" not in second
    assert "Hansen 07" in panel(agent_client, kunde, "persons", "/persons?left=1")
    page(agent_client, f"/companies/{kunde.uid}/persons?after={'0' * 24}", 422)
    overview = page(agent_client, f"/companies/{kunde.uid}")
    assert "Hansen 06" in overview and "Hansen 09" not in overview and f'href="/companies/{kunde.uid}/persons"' in overview


def test_tickets_by_pages_and_with_few_questions(
    agent_client: FlaskClient, kunde: Company, arrive: Arrive, statements: list[str],
) -> None:
    arrive(mail(subject="Letter 00"))
    counted = {}
    for part in ("", "/tickets", "/persons", "/history", "/relations"):
        page(agent_client, f"/companies/{kunde.uid}{part}")
        statements.clear()
        page(agent_client, f"/companies/{kunde.uid}{part}")
        counted[part] = len(statements)
    for number in range(1, 56):
        arrive(mail(f"Kari {number} <k{number}@kunde.example>", subject=f"Letter {number:02}"))
    for part, alone in counted.items():
        statements.clear()
        page(agent_client, f"/companies/{kunde.uid}{part}")
        assert len(statements) <= min(alone + 3, 40), (part, len(statements), alone)
    first = page(agent_client, f"/companies/{kunde.uid}/tickets")
    assert "Letter 06" in first and "Letter 05" not in first and "Kari 55" in first
    older = re.search(r'href="([^"]*tickets\?cursor=\d+)"', first)
    assert older is not None
    assert "Letter 05" in page(agent_client, older[1])


def test_the_companys_history(agent_client: FlaskClient, kunde: Company, jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        edit_company(db, db.get_one(Company, kunde.id), {"phone": "+47 55 50 10 00"}, by=db.get_one(Agent, jonas.id))
    text = panel(agent_client, kunde, "history", "/history")
    assert "telephone – +47 55 50 10 00" in text and "Jonas Berg" in text and "Created" in text
    assert "Nothing that fits." in panel(agent_client, kunde, "history", "/history?q=nowhere")


def test_only_for_those_who_signed_in(visitor: FlaskClient, kunde: Company) -> None:
    for part in ("", "/persons", "/tickets", "/relations", "/history"):
        assert visitor.get(f"/companies/{kunde.uid}{part}").status_code == 303
    for part in ("/persons", "/tickets", "/history"):
        assert visitor.get(f"/companies/{'0' * 24}{part}").status_code == 303


def test_tickets_are_found_from_the_companys_people(kunde: Company, arrive: Arrive, fresh_database: Database) -> None:
    """Never by reading all tickets."""
    arrive(mail())
    engine, asked = database().engine, []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", heard)
    try:
        with database().read() as db:
            db.scalars(select(Ticket.id).where(at_company(kunde)).order_by(Ticket.moved_at.desc()).limit(8)).all()
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    if engine.dialect.name == "sqlite":         # PostgreSQL has statistics to go by
        with engine.connect() as connection:
            plan = "\n".join(str(row) for statement, given in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
        assert "ix_tickets_requester" in plan and "ix_employments_company_id" in plan, plan
        assert "ix_tickets_shelf" not in plan
