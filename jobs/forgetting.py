"""Once a day: tickets of senders without a record have had their time."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from core import files
from core.clock import now
from core.database import database
from desk.mailboxes import Mailbox
from desk.tickets.forgetting import forget_tickets
from desk.tickets.unrecorded import SHELVES, Place, candidates, with_parts
from jobs.cleaning import UNSENT, unused
from jobs.purging import leave_nothing

log = structlog.get_logger(__name__)

CHUNK = 100


def unrecorded() -> None:
    """Forget closed tickets and spam of senders without a record that nothing happened on for `intake.unrecorded_days`."""
    with database().read() as db:
        mailboxes = db.scalars(select(Mailbox.id).order_by(Mailbox.id)).all()
    forgotten = sum(_shelf(mailbox, shelf) for mailbox in mailboxes for shelf in SHELVES)
    if forgotten:
        log.info("tickets.forgotten", count=forgotten, why="unrecorded")
    leave_nothing(forgotten)


def _shelf(mailbox_id: int, shelf: str) -> int:
    """A hundred at a time, each hundred for itself: what is begun again after an end goes on where it was."""
    forgotten, after = 0, None
    while True:
        count, digests, after = _chunk(mailbox_id, shelf, after)
        before = now() - UNSENT                 # bytes of a mail that is being read may have been kept again just now
        files.remove(unused(digests), unless_since=before)
        forgotten += count
        if after is None:
            return forgotten


def _chunk(mailbox_id: int, shelf: str, after: Place | None) -> tuple[int, list[str], Place | None]:
    with database().write() as db:
        mailbox = db.get_one(Mailbox, mailbox_id)
        found = candidates(db, mailbox, shelf, after=after, most=CHUNK)
        last = (found[-1].moved_at, found[-1].id) if len(found) == CHUNK else None
        due = with_parts(db, mailbox, found)
        return len(due), forget_tickets(db, due), last
