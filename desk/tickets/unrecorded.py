"""Tickets of senders without a record: how long they are kept, and which have had their time.

A ticket counts from when something last happened on it, an archived one from its own time. It is never forgotten while it
is open, held, or in the bin, and a merged one goes with the ticket that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from core.clock import now
from core.history import FactRow, FactSubject
from core.options import option
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.legal_holds import held_tickets
from desk.tickets.merging import merged_ids
from desk.tickets.ticket import Ticket

OPTION = "intake.unrecorded_days"
SHELVES = ("closed", "spam")
UNDER_WAY = ("queued", "handing_over", "deferred")
#: Where a reader of the shelf stands: the last ticket's moment and id.
Place = tuple[datetime, int]


def kept_days(db: Session, mailbox: Mailbox) -> int:
    """For how many days a ticket without a person is kept in a mailbox."""
    days: int = option(db, OPTION, mailbox.uid)
    return days


def forgotten_at(db: Session, ticket: Ticket) -> datetime | None:
    """When a ticket of nobody's is forgotten if nothing more happens on it; None while it is open, held or in the bin."""
    if ticket.requester_id is not None or ticket.held or ticket.shelf not in SHELVES or is_one_of_several(ticket):
        return None
    touched = _touched(db, [ticket]).get(ticket.uid, ticket.moved_at)
    return max(touched, ticket.moved_at) + timedelta(days=kept_days(db, ticket.mailbox))


def is_one_of_several(ticket: Ticket) -> bool:
    """Whether it is of one of several persons who have a record: which of them no agent has said yet. That may be forged, and
    spam, is nobody's."""
    clues = {clue["clue"] for clue in ticket.identification.get("evidence", ())}
    return ("shared" in clues and "agent" not in clues and ticket.requester_id is None and ticket.state != "spam"
            and ticket.trust.get("result") != "fail")


def candidates(db: Session, mailbox: Mailbox, shelf: str, *, after: Place | None = None, most: int) -> Sequence[Ticket]:
    """Tickets of nobody's that nothing came to for their days, the oldest first. One statement, through an index of its own."""
    nobodys = (Ticket.mailbox_id == mailbox.id, Ticket.shelf == shelf, Ticket.requester_id.is_(None), ~Ticket.held,
               Ticket.moved_at < _before(db, mailbox))
    further = (tuple_(Ticket.moved_at, Ticket.id) > after,) if after else ()
    return db.scalars(select(Ticket).where(*nobodys, *further).order_by(Ticket.moved_at, Ticket.id).limit(most)).all()


def with_parts(db: Session, mailbox: Mailbox, tickets: Sequence[Ticket]) -> list[Ticket]:
    """Those that can go now, locked, each with what was merged into it.

    What somebody works at just now, or an agent did something about since, is left, and what is under legal hold, what has mail under way, what is part of a person's history (a merged ticket
    of theirs, or one that was theirs), and the newest ticket of all, whose number must not be given again.
    """
    newest = db.scalar(select(func.max(Ticket.id))) or 0
    found: list[Ticket] = []
    for ticket in tickets:
        ids = [ticket.id, *merged_ids(db, ticket)]
        group = db.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update(of=Ticket, skip_locked=True).execution_options(
            populate_existing=True)).all()
        if len(group) == len(ids) and newest not in ids and _is_due(db, mailbox, ticket, group):
            found += group
    return found


def _is_due(db: Session, mailbox: Mailbox, ticket: Ticket, group: Sequence[Ticket]) -> bool:
    before, touched = _before(db, mailbox), _touched(db, group)
    if ticket.shelf not in SHELVES or any(
            one.requester_id is not None or one.origin_requester_id is not None or one.held or is_one_of_several(one) for one in group):
        return False
    if any(max(one.moved_at, touched.get(one.uid, one.moved_at)) >= before for one in group):
        return False
    if db.scalar(select(Ticket.id).where(Ticket.id.in_([one.id for one in group]), Ticket.id.in_(held_tickets())).limit(1)) is not None:
        return False
    return db.scalar(select(OutboundMail.id).where(
        OutboundMail.ticket_id.in_([one.id for one in group]), OutboundMail.state.in_(UNDER_WAY)).limit(1)) is None


def _touched(db: Session, tickets: Sequence[Ticket]) -> dict[str, datetime]:
    """Uid → when an agent did something about the ticket last."""
    found = db.execute(select(FactSubject.subject_uid, func.max(FactRow.at)).join(FactRow, FactRow.id == FactSubject.fact_id).where(
        FactSubject.subject_uid.in_([one.uid for one in tickets]), FactRow.by_uid.is_not(None)).group_by(FactSubject.subject_uid))
    return dict(found.all())


def _before(db: Session, mailbox: Mailbox) -> datetime:
    return now() - timedelta(days=kept_days(db, mailbox))
