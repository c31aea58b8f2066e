"""Merging tickets: one becomes part of another, and can be taken out again.

Messages stay with the ticket they came to; the ticket that goes on shows them all. What is answered later
joins the ticket that goes on (:func:`desk.tickets.threads.survivor`).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Refused
from core.history import record
from core.i18n import N_
from desk.access import visible_mailbox_ids
from desk.tickets.facts import TicketMerged
from desk.tickets.legal_holds import needs_no_ticket_hold
from desk.tickets.taking_part import UNINVITED, add_participant
from desk.tickets.ticket import Participant, Ticket
from desk.tickets.writing import touch

#: Tickets that one goes on for; more are not merged together.
MOST = 200


def merge(db: Session, ticket: Ticket, into: Ticket, *, by: Agent) -> None:
    """Let a ticket become part of another, with what was merged into it before. Its people take part there too.

    Raises Refused for a ticket with itself, and where either is merged or deleted already.
    """
    _lock(db, ticket, into)
    if ticket.id == into.id:
        raise Refused(N_("A ticket cannot be merged into itself."), {"into": N_("Choose another ticket.")})
    if ticket.merged_into_id is not None:
        raise Refused(N_("This ticket is merged already."))
    if into.merged_into_id is not None:
        raise Refused(N_("That ticket is itself merged into another. Choose the one that goes on."),
                      {"into": N_("It is merged itself.")})
    if ticket.binned_at is not None or into.binned_at is not None:
        raise Refused(N_("A deleted ticket cannot be merged. Restore it first."))
    needs_no_ticket_hold(db, ticket, into)
    if len(merged_ids(db, ticket)) + len(merged_ids(db, into)) >= MOST:
        raise Refused(N_("Too many tickets would be merged together."))
    ticket.merged_into_id = into.id
    db.info.pop("shown", None)
    ticket.enter(ticket.state)
    for address_id, role in db.execute(select(Participant.address_id, Participant.role).where(Participant.ticket_id == ticket.id)):
        add_participant(db, into, address_id, role if role == UNINVITED else "cc")
    touch(into)
    record(db, TicketMerged(ticket.uid, into.uid), by=by.uid)
    db.flush()


def unmerge(db: Session, ticket: Ticket, *, by: Agent) -> None:
    """Take a ticket out again, with its messages, as it was. Raises Refused for one that is not merged."""
    if ticket.merged_into_id is None:
        raise Refused(N_("This ticket is not merged."))
    into = db.get_one(Ticket, ticket.merged_into_id)
    if into.binned_at is not None:
        raise Refused(N_("The ticket that it is part of is deleted. Restore that first."))
    needs_no_ticket_hold(db, into)
    ticket.merged_into_id = None
    db.info.pop("shown", None)
    ticket.enter(ticket.state)
    record(db, TicketMerged(ticket.uid, into.uid, undone=True), by=by.uid)
    db.flush()


def merged_ids(db: Session, ticket: Ticket) -> list[int]:
    """Ids of all tickets that became part of this one, however long the chain."""
    found: list[int] = []
    level = [ticket.id]
    while level:
        level = list(db.scalars(select(Ticket.id).where(Ticket.merged_into_id.in_(level)).order_by(Ticket.id).limit(MOST)))
        found += level
    return found


def shown_ids(db: Session, agent: Agent, ticket: Ticket) -> list[int]:
    """Ids of the tickets whose messages this one shows: itself, and those merged into it as far as the agent sees them.

    Asked once a session, until one is merged or taken out in it.
    """
    kept: dict[tuple[int, int], list[int]] = db.info.setdefault("shown", {})
    if (agent.id, ticket.id) not in kept:
        merged = merged_ids(db, ticket)
        kept[agent.id, ticket.id] = [ticket.id, *db.scalars(select(Ticket.id).where(
            Ticket.id.in_(merged), Ticket.mailbox_id.in_(visible_mailbox_ids(db, agent))))] if merged else [ticket.id]
    return kept[agent.id, ticket.id]


def _lock(db: Session, *tickets: Ticket) -> None:
    """Read both anew and hold them, in the same order for everybody: two merges at once make no circle."""
    db.flush()
    db.scalars(select(Ticket).where(Ticket.id.in_([t.id for t in tickets])).order_by(Ticket.id).with_for_update(
        of=Ticket).execution_options(populate_existing=True)).all()
