"""Deleting tickets into the bin, and bringing them back. For admins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import bin as bins
from contacts.agent import Agent
from contacts.bin import still_kept
from core.clock import now
from core.database import new_uid
from core.errors import Refused
from core.history import record
from core.i18n import N_
from desk.access import needs_admin
from desk.tickets.facts import TicketBinned
from desk.tickets.legal_holds import needs_no_ticket_hold
from desk.tickets.merging import merged_ids
from desk.tickets.ticket import Ticket


def bin_ticket(db: Session, ticket: Ticket, *, by: Agent) -> None:
    """Put a ticket into the bin, with what was merged into it: agents see it no more, admins can restore it."""
    needs_admin(by)
    _whole(ticket)
    if ticket.binned_at is not None:
        raise Refused(N_("This ticket is in the bin already."))
    needs_no_ticket_hold(db, ticket)
    at = now()
    _put(db, ticket, at)
    bins.lay(db, "ticket", ticket.id, act=new_uid(), at=at, by=by)
    record(db, TicketBinned(ticket.uid), by=by.uid)
    db.flush()


def restore_ticket(db: Session, ticket: Ticket, *, by: Agent) -> None:
    """Bring a ticket back as it was. Raises Refused where the bin's days are over (S70)."""
    needs_admin(by)
    _whole(ticket)
    if ticket.binned_at is None:
        raise Refused(N_("This ticket is not in the bin."))
    still_kept(db, ticket.binned_at)
    _put(db, ticket, None)
    if (row := bins.lying(db, "ticket", ticket.id)) is not None:
        db.delete(row)
    record(db, TicketBinned(ticket.uid, restored=True), by=by.uid)
    db.flush()


def _whole(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise Refused(N_("This ticket is part of another. Delete or restore the one that goes on."))


def _put(db: Session, ticket: Ticket, at: datetime | None) -> None:
    for one in (ticket, *db.scalars(select(Ticket).where(Ticket.id.in_(merged_ids(db, ticket))))):
        one.binned_at = at
        one.enter(one.state)
