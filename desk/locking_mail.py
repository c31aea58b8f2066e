"""Locking and opening access to the e-mails of a person (T36-T38), and reading them with a reason. For admins."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import PersonMailLocked
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_
from desk.access import needs_admin
from desk.locked_mail import Opening, locked_persons, read_by, tickets_of
from desk.tickets.facts import LockedMailRead
from desk.tickets.ticket import Ticket

LONGEST = 500


def lock(db: Session, person: Person, *, by: Agent) -> None:
    """From now on admins alone read the mails tied to this person, and to everybody who was merged into them: also when they part."""
    needs_admin(by)
    for one in [person, *_parts(db, person)]:
        if one.mail_locked_at is None:
            one.mail_locked_at = now()
            record(db, PersonMailLocked(one.uid), by=by.uid)
    db.flush()
    read_by(db, by)


def unlock(db: Session, person: Person, *, by: Agent) -> None:
    """Whoever sees the mailbox reads them again: the person's own, and those of everybody who was merged into them."""
    needs_admin(by)
    for one in [person, *_parts(db, person)]:
        if one.mail_locked_at is not None:
            one.mail_locked_at = None
            record(db, PersonMailLocked(one.uid, opened=True), by=by.uid)
    db.flush()
    read_by(db, by)


def open_to_read(db: Session, ticket: Ticket, reason: str, *, by: Agent) -> None:
    """Let an admin read the mails of a ticket for a while. The reason is in the history before anything shows.

    Raises Refused without a reason.
    """
    needs_admin(by)
    if not reason.strip():
        raise Refused(N_("Say why you read this. It is kept in the history."), {"reason": N_("A few words are enough.")})
    persons = _locked_on(db, ticket)
    if not persons:
        return
    db.merge(Opening(ticket_id=ticket.id, agent_id=by.id, at=now()))
    record(db, LockedMailRead(ticket.uid, tuple(one.uid for one in persons)), by=by.uid, changes={"reason": (None, reason.strip()[:LONGEST])})
    db.flush()
    read_by(db, by)


def is_locked(db: Session, person: Person) -> bool:
    """Whether a person's mails are locked, by themselves or by one who was merged into them."""
    return person.mail_locked_at is not None or any(one.mail_locked_at for one in _parts(db, person))


def _locked_on(db: Session, ticket: Ticket) -> list[Person]:
    return [one for one in db.scalars(select(Person).where(Person.id.in_(locked_persons(db))).order_by(Person.id))
            if db.scalar(select(Ticket.id).where(Ticket.id == ticket.id, Ticket.id.in_(tickets_of([one.id])))) is not None]


def _parts(db: Session, person: Person) -> list[Person]:
    """Locked persons who are part of this one, however long the chain."""
    found: list[Person] = []
    level = [person.id]
    while level:
        some = db.scalars(select(Person).where(Person.merged_into_id.in_(level))).all()
        found += some
        level = [one.id for one in some]
    return found
