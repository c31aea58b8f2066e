"""Once an hour: what has lain in the bin for its days goes for good (S70): persons by the same steps as erasing, companies, tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.bin import Binned
from contacts.company import Company
from contacts.person import Person
from contacts.purging_companies import due, purge_company
from contacts.voucher import forget_vouchers
from core import erasure_ledger, files
from core.clock import now
from core.database import Database, database
from core.options import option
from core.queue import ring
from desk.erasing.asking import TOGETHER, purge, purged_with
from desk.erasing.sweeping import sweep
from desk.tickets.forgetting import forget_tickets
from desk.tickets.legal_holds import held_tickets, kept_persons
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket
from jobs.cleaning import UNSENT, unused

log = structlog.get_logger(__name__)
#: Companies and tickets in one transaction.
CHUNK = 50


def persons() -> None:
    """Ask for those who are due and whom nothing holds back to be purged; a worker does it."""
    with database().write() as db:
        before = now() - timedelta(days=option(db, "contacts.bin_days"))
        due = db.scalars(select(Person).where(Person.binned_at < before, Person.restricted_at.is_(None), Person.merged_into_id.is_(None), Person.uid.not_in(purged_with(db)), ~kept_persons()).order_by(
            Person.id).limit(TOGETHER)).all()
        if due:
            purge(db, due)
            log.info("persons.purged", count=len(due))
    if due:
        ring("operations")


def companies() -> None:
    """Companies, when the persons who went with them are gone."""
    gone = 0
    while True:
        with database().write() as db:
            found = due(db, now() - timedelta(days=option(db, "contacts.bin_days")), CHUNK)
            digests = _companies(db, found)
        _remove(digests)
        gone += len(found)
        if len(found) < CHUNK:
            return leave_nothing(gone)


def tickets() -> None:
    """Tickets under no legal hold, with what was merged into them and all that hangs on them."""
    gone = 0
    while True:
        with database().write() as db:
            before = now() - timedelta(days=option(db, "contacts.bin_days"))
            found = db.scalars(select(Ticket).where(Ticket.binned_at < before, Ticket.merged_into_id.is_(None), Ticket.id.not_in(held_tickets())).order_by(Ticket.id).limit(CHUNK)).all()
            digests = _tickets(db, [one.id for one in found])
        _remove(digests)
        gone += len(found)
        if len(found) < CHUNK:
            return leave_nothing(gone)


def replay_company(made: Database, uid: str) -> None:
    """Once more, of a company that a restored backup has brought back."""
    with made.write() as db:
        _companies(db, db.scalars(select(Company).where(Company.uid == uid)).all())


def replay_ticket(made: Database, uid: str) -> None:
    """The same of a ticket."""
    with made.write() as db:
        _tickets(db, list(db.scalars(select(Ticket.id).where(Ticket.uid == uid))))


def _companies(db: Session, found: Sequence[Company]) -> list[str]:
    uids = [one.uid for one in found]
    digests = [digest for one in found for digest in purge_company(db, one)]
    for uid in uids:
        db.execute(delete(Notification).where(Notification.subject_uid == uid))
    if uids:
        erasure_ledger.record(db, "companies", uids, "purge")
        log.info("companies.purged", count=len(uids))
    return digests


def _tickets(db: Session, ids: Sequence[int]) -> list[str]:
    """With what was merged into them, link by link."""
    every, last = set(ids), set(ids)
    while last := set(db.scalars(select(Ticket.id).where(Ticket.merged_into_id.in_(last)))) - every:
        every |= last
    found = db.scalars(select(Ticket).where(Ticket.id.in_(every)).order_by(Ticket.id)).all()
    uids = [one.uid for one in found]
    db.execute(delete(Binned).where(Binned.of == "ticket", Binned.record_id.in_(every)))
    digests = forget_tickets(db, found)
    if uids:
        erasure_ledger.record(db, "tickets", uids, "purge")
        log.info("tickets.purged", count=len(uids))
    return digests


def leave_nothing(gone: int) -> None:
    """Where rows are gone, their words still lie in pages that nobody uses: the file is written anew."""
    if gone:
        with database().writer() as db:
            sweep(db)


def _remove(digests: list[str]) -> None:
    """The bytes that nobody else names; those of a mail that is being read may have been kept again just now."""
    before = now() - UNSENT
    files.remove(unused(digests), unless_since=before)


def vouchers() -> None:
    """Once a day: what bookkeeping kept of those who were erased goes when its time is over."""
    with database().write() as db:
        if gone := forget_vouchers(db):
            log.info("vouchers.forgotten", count=gone)
