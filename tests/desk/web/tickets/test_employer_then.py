"""On a ticket each message shows where its sender worked when they wrote it, where that is not where they work today."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.editing import employ
from contacts.move_plan import Move
from contacts.moving import move_person
from contacts.person import Person
from core.database import Database
from core.i18n import beginning
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail

OLE, KARI = "Ole Vang <ole@kunde.example>", "Kari Lund <kari@kunde.example>"


def conversation(client: FlaskClient, ticket: Ticket) -> str:
    whole = page(client, f"/tickets/{ticket.number}")
    return words(whole[whole.index('id="conversation"'):whole.index('id="card"')])


def moved(database: Database, first_name: str) -> None:
    """They worked at Kunde ApS until the last day of October, and have worked at the workshop since."""
    with database.write() as db:
        person = db.scalars(select(Person).where(Person.first_name == first_name)).one()
        agent = db.scalars(select(Agent).limit(1)).one()
        kunde, workshop = (new_company(db, {"name": f"{name} {first_name}"}, by=agent) for name in ("Kunde ApS", "Værksted"))
        job = employ(db, person, kunde, by=agent)
        move_person(db, person, Move(job, workshop, date(2026, 11, 1)), by=agent)


def test_the_employer_of_then(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    """C14, C15, S43: what was written before the change of jobs was written from the old one."""
    ticket = arrive(mail(OLE, subject="The printer"))
    arrive(mail(OLE, subject=f"Re: The printer [#{ticket.number}]", text="It still stops."))
    assert "then at" not in conversation(agent_client, ticket)
    moved(fresh_database, "Ole")
    with fresh_database.write() as db:
        first, second = db.scalars(select(Message.id).order_by(Message.id)).all()
        db.execute(update(Message).where(Message.id == first).values(at=beginning(date(2026, 10, 31))))
        db.execute(update(Message).where(Message.id == second).values(at=beginning(date(2026, 11, 1))))
    text = conversation(agent_client, ticket)
    assert text.count("then at") == 1
    assert text.index("then at Kunde ApS Ole") < text.index("It still stops.")


def test_at_most_one_question_more(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database, statements: list[str]) -> None:
    """None while only the requester wrote, one for all others together."""
    ticket = arrive(mail(OLE, subject="The printer"))
    page(agent_client, f"/tickets/{ticket.number}")
    statements.clear()
    page(agent_client, f"/tickets/{ticket.number}")
    assert sum("FROM employments" in one for one in statements) == 1, "the card's own"
    for sender in (KARI, "Per Moe <per@kunde.example>", "Eva Lie <eva@kunde.example>"):
        arrive(mail(sender, subject=f"Re: The printer [#{ticket.number}]", text="Me too."))
    moved(fresh_database, "Kari")
    with fresh_database.write() as db:
        db.execute(update(Message).values(ticket_id=ticket.id))
        db.execute(update(Message).where(Message.from_name == "Kari Lund").values(at=beginning(date(2026, 10, 1))))
    statements.clear()
    assert "then at Kunde ApS Kari" in conversation(agent_client, ticket)
    assert sum("FROM employments" in one for one in statements) == 2
