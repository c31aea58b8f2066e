"""A desk at work behind the pages: mailboxes, mails that arrived, agents at their browsers. Everything is committed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from contacts.agent import Agent
from core.database import Database, database
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import Mailbox, MailboxAccess, add_mailbox
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from mailgate.parse import parse
from tests.letters_made import mail

Arrive = Callable[..., Ticket]


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    """Open to every agent."""
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support", signature="The desk", language="en")


@pytest.fixture
def board(fresh_database: Database, jonas: Agent) -> Mailbox:
    """Seen by admins alone."""
    with fresh_database.write() as db:
        return add_mailbox(db, "board@desk.example", "Board", open_to_all=False)


@pytest.fixture
def arrive(fresh_database: Database, support: Mailbox) -> Arrive:
    """Let a mail arrive, as the worker does; the ticket it became or joined."""
    count = iter(range(1_000_000))

    def arrive(raw: bytes | None = None, mailbox: Mailbox | None = None) -> Ticket:
        raw = raw or mail(subject=f"Request {next(count)}")
        letter = parse(raw)
        files = keep_files(letter)
        with fresh_database.write() as db:
            row = inbound.accept(db, Delivery((mailbox or support).id, "smtp", str(next(count)), raw))
            assert row is not None
            file(db, db.scalars(select(InboundMail).where(InboundMail.id == row.id)).one(), letter, files)
            message = db.get_one(Message, row.message_id)
            return db.get_one(Ticket, message.ticket_id)

    return arrive


@pytest.fixture
def ticket(arrive: Arrive) -> Ticket:
    """A request by Ole Vang."""
    return arrive(mail())


def now_of(ticket: Ticket) -> Ticket:
    """The ticket as it is now."""
    with database().read() as db:
        return db.scalars(select(Ticket).where(Ticket.id == ticket.id)).one()


def messages_of(ticket: Ticket) -> list[Message]:
    """Its messages, oldest first."""
    with database().read() as db:
        return list(db.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)))


def open_to(mailbox: Mailbox, agent: Agent) -> None:
    """Let an agent see a mailbox."""
    with database().write() as db:
        db.add(MailboxAccess(mailbox_id=mailbox.id, agent_id=agent.id))


def page(client: FlaskClient, url: str, status: int = 200, **options: Any) -> str:
    """The text of an answer with this status, sent to its end."""
    with client.get(url, **options) as answer:
        return said(answer, status)


def post(client: FlaskClient, url: str, status: int = 303, **form: Any) -> TestResponse:
    """What a form's answer is."""
    answer = client.post(url, data=form)
    assert answer.status_code == status, said(answer, answer.status_code)
    return answer


def said(answer: TestResponse, status: int = 200) -> str:
    """The text of an answer that has this status."""
    assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)[:600]}"
    return answer.text


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<wbr>|</?mark>", "", html)).split())


@pytest.fixture
def statements(fresh_database: Database) -> Iterator[list[str]]:
    """The statements sent to the database while a test runs."""
    seen: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)
    engine = database().engine
    event.listen(engine, "before_cursor_execute", count)
    yield seen
    event.remove(engine, "before_cursor_execute", count)
