"""The state of a ticket: closing, opening again, waiting, snoozing, spam; and waking what slept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import gettext as _
from desk.tickets.facts import StateChanged
from desk.tickets.ticket import STATES, Ticket

LONGEST_SNOOZE = timedelta(days=36_525)


def change_state(db: Session, ticket: Ticket, state: str, *, by: Agent | None, until: datetime | None = None) -> None:
    """Bring a ticket into a state; nothing happens when it is there already.

    ``until`` is when a snoozed ticket comes back (the next mail brings it back sooner); without it, only the
    next mail does. Raises Refused for a state there is not, a moment in the past or too far away, a merged or deleted ticket.
    """
    _check(ticket, state, until)
    before = ticket.state
    if before == state and (state != "snoozed" or ticket.snoozed_until == until):
        return
    ticket.enter(state)
    ticket.snoozed_until = until if state == "snoozed" else None
    ticket.closed_at = now() if state == "closed" else None
    if state in ("closed", "spam"):
        ticket.held, ticket.due_at = (ticket.held and state == "closed"), None
    if before != state:
        record(db, StateChanged(ticket.uid, before, state), by=by.uid if by else None)
    db.flush()


def wake_sleepers(db: Session, *, at: datetime | None = None, most: int = 200) -> int:
    """Open the snoozed tickets whose time has come; return how many. Run every minute, twice equals once."""
    at = at or now()
    sleepers = db.scalars(select(Ticket).where(
        Ticket.state == "snoozed", Ticket.shelf == "waiting", Ticket.snoozed_until <= at).limit(most).with_for_update(
        skip_locked=True, of=Ticket)).all()
    for ticket in sleepers:
        change_state(db, ticket, "open", by=None)
        ticket.unread, ticket.moved_at = True, at
    db.flush()
    return len(sleepers)


def _check(ticket: Ticket, state: str, until: datetime | None) -> None:
    if state not in STATES:
        raise Refused(_("There is no state %(state)s.", state=state),
                      {"state": _("One of %(names)s.", names=", ".join(STATES))})
    if ticket.merged_into_id is not None:
        raise Refused("This ticket is merged; its state is that of the ticket it was merged into.")
    if ticket.binned_at is not None:
        raise Refused("This ticket is deleted. Restore it first.")
    if state == "snoozed" and until is not None:
        if until <= now():
            raise Refused("Snooze until a time that is still to come.", {"until": "This moment has passed."})
        if until > now() + LONGEST_SNOOZE:
            raise Refused("Snooze for a hundred years at most.", {"until": "This moment is too far away."})
