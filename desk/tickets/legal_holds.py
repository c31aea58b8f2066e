"""What legal holds mean for tickets: whoever empties, deletes, forgets or merges one asks here first (PRIVACY 6)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from contacts.legal_hold import LegalHold
from contacts.legal_holds import held_persons, standing
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_
from desk.tickets.ticket import Ticket

TICKET_HELD = N_("This ticket is under legal hold. An admin has to lift it first.")


def held_tickets() -> Select[int]:
    """A question: the ids of tickets under hold: by themselves, as part of one, or with the person who asks."""
    whole = select(LegalHold.record_id.label("id")).where(standing("ticket")).cte(recursive=True)        # without a name: a question may ask it twice
    whole = whole.union(select(Ticket.id).where(Ticket.merged_into_id == whole.c.id))
    return select(whole.c.id).union(select(Ticket.id).where(Ticket.requester_id.in_(held_persons())))  # type: ignore[return-value]


def kept_persons() -> ColumnElement[bool]:
    """A condition on Person: those who are not purged now: under hold, or with a ticket that is."""
    return or_(Person.id.in_(held_persons()), Person.id.in_(select(Ticket.requester_id).where(
        Ticket.requester_id.is_not(None), Ticket.id.in_(held_tickets()))))


def needs_no_ticket_hold(db: Session, *tickets: Ticket) -> None:
    """Raises Refused where one of these tickets is under hold."""
    ids = [one.id for one in tickets]
    if db.scalar(select(Ticket.id).where(Ticket.id.in_(ids), Ticket.id.in_(held_tickets())).limit(1)) is not None:
        raise Refused(TICKET_HELD)
