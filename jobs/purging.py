"""Once a day: persons whose time in the bin is over go for good, by the same steps as erasing (S70)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from contacts.person import Person
from contacts.voucher import forget_vouchers
from core.clock import now
from core.database import database
from core.options import option
from core.queue import ring
from desk.erasing.asking import purge, purged_with

log = structlog.get_logger(__name__)
#: Persons for whom everything is read at once.
TOGETHER = 200


def persons() -> None:
    """Ask for those who are due and whom nothing holds back to be purged; a worker does it."""
    with database().write() as db:
        before = now() - timedelta(days=option(db, "contacts.bin_days"))
        due = db.scalars(select(Person).where(Person.binned_at < before, Person.merged_into_id.is_(None), Person.uid.not_in(purged_with(db))).order_by(
            Person.id).limit(TOGETHER)).all()
        if due:
            purge(db, due)
            log.info("persons.purged", count=len(due))
    if due:
        ring("operations")


def vouchers() -> None:
    """Once a day: what bookkeeping kept of those who were erased goes when its time is over."""
    with database().write() as db:
        if gone := forget_vouchers(db):
            log.info("vouchers.forgotten", count=gone)
