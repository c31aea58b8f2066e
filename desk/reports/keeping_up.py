"""Keeping the figures up with the desk: what came or changed since is folded, a lot at a time, each in its own transaction.

Two readings lead there, each with a mark of how far it is: tickets by their number, and the facts of what happened to them. A fact that
becomes visible after later ones (they commit out of order) is met by beginning a little before the mark. What is late without anything
having happened is found by when it was due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.database import database
from core.history import FactRow, FactSubject
from desk.mailboxes import Mailbox
from desk.reports.figure import FoldMark
from desk.reports.folding import LOT, fold
from desk.reports.intake import fold_intake
from desk.tickets.ticket import Ticket

#: Facts before the mark that are read once more.
OVERLAP = 2000
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
#: What says that a ticket counts as something else now.
KINDS = ("ticket.opened", "message.received", "reply.sent", "ticket.assigned", "ticket.routed", "ticket.state", "ticket.requester", "ticket.binned",
         "ticket.merged")


def keep_up() -> Iterator[tuple[int, int]]:
    """Fold all that is new, and say after each lot how much of how much is done; it may be stopped after any."""
    with database().write() as db:
        if not _exists(db, "facts"):        # what happened up to now is told by the tickets themselves
            _move(db, "facts", db.scalar(select(func.max(FactRow.id))) or 0)
        done, total = 0, _waiting(db)
        fact = max(0, _mark(db, "facts").number - OVERLAP)
    while True:
        with database().write() as db:
            count = _new_tickets(db)
        if not count:
            break
        done += count
        yield done, max(done, total)
    while True:
        with database().write() as db:
            found, count = _changed(db, fact)
        if found is None:
            break
        fact, done = found, done + count
        yield min(done, total), total
    for _lot in _late():
        yield total, total
    with database().write() as db:
        fold_intake(db, since=None if _exists(db, "intake") else LONG_AGO.date())
        _move(db, "intake", 0)
    yield total, total


def folded_at(db: Session) -> datetime | None:
    """Up to when the figures tell; None where nothing has been folded."""
    return db.scalar(select(FoldMark.at).where(FoldMark.name == "intake"))


def _waiting(db: Session) -> int:
    """About how many tickets and facts are to be looked at."""
    tickets = (db.scalar(select(func.max(Ticket.id))) or 0) - _mark(db, "tickets").number
    facts = (db.scalar(select(func.max(FactRow.id))) or 0) - _mark(db, "facts").number
    return max(1, tickets + facts)


def _new_tickets(db: Session) -> int:
    mark = _mark(db, "tickets").number
    tickets = db.scalars(select(Ticket).where(Ticket.id > mark).order_by(Ticket.id).limit(LOT)).all()
    if tickets:
        fold(db, tickets)
        _move(db, "tickets", tickets[-1].id)
    return len(tickets)


def _changed(db: Session, after: int) -> tuple[int | None, int]:
    """Fold the tickets of the next facts; the last fact, None where there is none, and how many facts there were."""
    rows = db.execute(select(FactRow.id, FactRow.kind).where(FactRow.id > after).order_by(FactRow.id).limit(LOT)).all()
    if not rows:
        return None, 0
    told = [row.id for row in rows if row.kind in KINDS]
    uids = db.scalars(select(FactSubject.subject_uid).where(FactSubject.fact_id.in_(told)).distinct()).all()
    fold(db, db.scalars(select(Ticket).where(Ticket.uid.in_(uids)).order_by(Ticket.id)).all())
    _move(db, "facts", max(rows[-1].id, _mark(db, "facts").number))
    return rows[-1].id, len(rows)


def _late() -> Iterator[int]:
    """Fold what became late since the last time."""
    at, after = now(), 0
    with database().read() as db:
        since = _mark(db, "late").at if _exists(db, "late") else LONG_AGO
        mailboxes: Sequence[int] = db.scalars(select(Mailbox.id).order_by(Mailbox.id)).all()
    while mailboxes:
        with database().write() as db:
            late = db.scalars(select(Ticket).where(
                Ticket.mailbox_id.in_(mailboxes), Ticket.shelf.in_(("active", "waiting")), Ticket.due_at > since, Ticket.due_at <= at,
                Ticket.id > after).order_by(Ticket.id).limit(LOT)).all()
            fold(db, late)
            if len(late) < LOT:
                _move(db, "late", 0, at)
                return
        after = late[-1].id
        yield len(late)


def _exists(db: Session, name: str) -> bool:
    return db.get(FoldMark, name) is not None


def _mark(db: Session, name: str) -> FoldMark:
    return db.get(FoldMark, name) or FoldMark(name=name, number=0, at=LONG_AGO)


def _move(db: Session, name: str, number: int, at: datetime | None = None) -> None:
    row = db.get(FoldMark, name)
    if row is None:
        row = FoldMark(name=name)
        db.add(row)
    row.number, row.at = number, at or now()
    db.flush()
