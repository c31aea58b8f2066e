"""Deleting tickets into the bin, and bringing them back. For admins."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from core.history import record
from desk.access import needs_admin
from desk.tickets.facts import TicketBinned
from desk.tickets.ticket import Ticket


def bin_ticket(db: Session, ticket: Ticket, *, by: Agent) -> None:
    """Put a ticket into the bin: agents see it no more, admins can restore it."""
    needs_admin(by)
    if ticket.binned_at is not None:
        raise Refused("This ticket is in the bin already.")
    ticket.binned_at = now()
    ticket.enter(ticket.state)
    record(db, TicketBinned(ticket.uid), by=by.uid)
    db.flush()


def restore_ticket(db: Session, ticket: Ticket, *, by: Agent) -> None:
    """Bring a ticket back as it was."""
    needs_admin(by)
    if ticket.binned_at is None:
        raise Refused("This ticket is not in the bin.")
    ticket.binned_at = None
    ticket.enter(ticket.state)
    record(db, TicketBinned(ticket.uid, restored=True), by=by.uid)
    db.flush()
