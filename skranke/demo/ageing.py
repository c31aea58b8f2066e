"""Letting the demo's events be as old as their stories say, though all were played within seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.clock import now
from core.history import FactRow, FactSubject
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import Ticket


def age(db: Session, happened: dict[int, timedelta], facts: dict[int, timedelta]) -> None:
    """Both map ids to how long ago: of messages, and of facts. Ledgers and tickets follow their messages."""
    tickets = set()
    for fact_id, ago in facts.items():
        db.execute(update(FactRow).where(FactRow.id == fact_id).values(at=now() - ago))
    for message_id, ago in happened.items():
        at = now() - ago
        message = db.get_one(Message, message_id)
        tickets.add(message.ticket_id)
        _shift_facts(db, message, at)
        db.execute(update(Message).where(Message.id == message_id).values(at=at))
        db.execute(update(InboundMail).where(InboundMail.message_id == message_id).values(received_at=at, done_at=at))
        db.execute(update(OutboundMail).where(OutboundMail.message_id == message_id).values(created_at=at))
    for ticket_id in tickets:
        _shift_ticket(db, ticket_id)


def latest_fact(db: Session) -> int:
    """The id of the fact recorded last."""
    return db.scalar(select(func.max(FactRow.id))) or 0


def note_facts(db: Session, after: int, ticket_id: int, facts: dict[int, timedelta], ago: timedelta) -> None:
    """What was recorded of this ticket since then, as so long ago."""
    uid = db.get_one(Ticket, ticket_id).uid
    for fact_id in db.scalars(select(FactSubject.fact_id).where(
            FactSubject.fact_id > after, FactSubject.subject_uid == uid)):
        facts[fact_id] = ago


def settle_bell(db: Session) -> None:
    """What the bell tells is as old as its fact; what is older than three hours has been read."""
    for row in db.scalars(select(Notification)):
        fact = db.get(FactRow, row.fact_id) if row.fact_id else None
        row.at = fact.at if fact is not None else row.at
        if row.at < now() - timedelta(hours=3):
            row.read_at = row.at


def in_order(db: Session) -> None:
    """Rows that lists show by their number are numbered as their moments follow one another."""
    for kind, at in ((Notification, Notification.at), (OutboundMail, OutboundMail.created_at)):
        ids = db.scalars(select(kind.id).order_by(at, kind.id)).all()
        db.execute(update(kind).values(id=-kind.id))
        for was, number in zip(ids, sorted(ids), strict=True):
            db.execute(update(kind).where(kind.id == -was).values(id=number))


def _shift_facts(db: Session, message: Message, at: datetime) -> None:
    """The facts that speak of this message."""
    facts = select(FactSubject.fact_id).where(FactSubject.subject_uid == message.uid)
    db.execute(update(FactRow).where(FactRow.id.in_(facts)).values(at=at))


def _shift_ticket(db: Session, ticket_id: int) -> None:
    """Opened with its first message, moved with its last."""
    first, last = db.execute(select(func.min(Message.at), func.max(Message.at)).where(
        Message.ticket_id == ticket_id)).one()
    ticket = db.get_one(Ticket, ticket_id)
    db.execute(update(Ticket).where(Ticket.id == ticket_id).values(
        created_at=first, moved_at=last, due_at=ticket.due_at and ticket.due_at - (ticket.created_at - first),
        closed_at=ticket.closed_at and last, answered_at=ticket.answered_at and last))
