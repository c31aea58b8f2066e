"""A desk with a mailbox, and a way to let mail arrive in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import Mailbox, add_mailbox
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from mailgate.parse import parse

Arrive = Callable[..., "Arrived"]


class Arrived:
    """What became of one mail."""

    def __init__(self, db: Session, row: InboundMail) -> None:
        self.row, self.verdict = row, row.verdict or {}
        self.message = db.get(Message, row.message_id) if row.message_id else None
        self.ticket = db.get(Ticket, self.message.ticket_id) if self.message else None


@pytest.fixture
def support(db: Session) -> Mailbox:
    return add_mailbox(db, "support@desk.example", "Support")


@pytest.fixture
def sales(db: Session) -> Mailbox:
    return add_mailbox(db, "sales@desk.example", "Sales")


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def jonas(db: Session) -> Agent:
    agent = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def arrive(db: Session, support: Mailbox) -> Arrive:
    """Let a mail arrive: ledger, parse, file, as the worker does."""
    count = iter(range(1_000_000))

    def arrive(
        raw: bytes, mailbox: Mailbox | None = None, *, transport: str = "smtp", **envelope: object,
    ) -> Arrived:
        db.info.pop("own", None)
        row = inbound.accept(db, Delivery((mailbox or support).id, transport, str(next(count)), raw, **envelope))
        assert row is not None
        letter = parse(raw, envelope_sender=row.envelope_sender)
        file(db, row, letter, keep_files(letter))
        db.flush()
        return Arrived(db, db.scalars(select(InboundMail).where(InboundMail.id == row.id)).one())

    return arrive
