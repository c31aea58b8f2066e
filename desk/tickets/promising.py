"""What the requester's service level promises on a ticket: its priority, and when an answer is due (S79b)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contacts.company import ServiceLevel
from contacts.person import Person
from core.options import option
from desk.tickets.ticket import Ticket
from rules import hours, sla

#: The priority of who has no service level.
USUAL = 3


def level_of(db: Session, person: Person | None) -> ServiceLevel | None:
    """The level a person is served by; one that is archived holds on for who has it."""
    return db.get(ServiceLevel, person.service_level_id) if person and person.service_level_id else None


def due_after(db: Session, level: ServiceLevel | None, asked: sla.Asked) -> datetime | None:
    """When an answer to what was asked is due, in the desk's hours; None where nothing is promised."""
    if level is None:
        return asked.due_at
    promised = sla.Level(level.first_answer_minutes, level.next_answer_minutes, level.business_hours)
    return sla.due_after(asked, promised, hours_of(db))


def hours_of(db: Session) -> hours.Hours:
    """The desk's business hours."""
    return hours.read(option(db, "desk.hours"), option(db, "desk.timezone"))


def expect(db: Session, ticket: Ticket, person: Person | None, *, instead_of: Person | None = None) -> None:
    """A ticket that nobody has answered is this person's now: what their level promises, from when it came, and nothing any
    more of what another's had promised (``instead_of``)."""
    level = level_of(db, person)
    if ticket.state not in ("new", "open") or ticket.answered_at is not None or (level is None and level_of(db, instead_of) is None):
        return
    ticket.priority = level.priority if level else USUAL
    ticket.due_at = due_after(db, level, sla.Asked(ticket.created_at))


def asked_again(db: Session, ticket: Ticket, *, at: datetime) -> None:
    """A person has written on the ticket: the next answer is due, unless one is owed already."""
    if ticket.due_at is None and ticket.requester_id is not None:
        level = level_of(db, db.get(Person, ticket.requester_id))
        ticket.due_at = due_after(db, level, sla.Asked(at, answered=ticket.answered_at is not None))
