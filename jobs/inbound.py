"""From the ledger to tickets: claim, parse in the child with no transaction open, file under the lease.

Parsing runs ahead of filing in a thread, and more is claimed before that thread has nothing left; whatever is parsed
when filing has time makes one transaction. A letter that fails costs itself a try and no other anything; what no letter can help
(no parser, no room for its files, no database) costs no try: it waits, and admins are told.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from core.batch import together
from core.database import database
from core.leases import holder
from core.once import Once
from core.outage import Outages, is_outage
from core.putting import savepoint
from core.queue import ring
from desk import claiming
from desk.inbound import InboundMail
from desk.letter import Letter
from desk.mailboxes import Mailbox, own_addresses
from desk.tickets.foresight import look_ahead
from desk.tickets.intake import file
from desk.tickets.naming import named
from desk.tickets.threads import keys_of
from desk.unfiled import cannot_file_now, end_where_all_is_filed
from jobs import releasing
from jobs.checking import road_of
from jobs.ending import ending
from jobs.reading import Claimed, Hindered, Read, Reading, parser
from mailgate.authentication import Road

log = structlog.get_logger(__name__)

CLAIMED = 100                # in one claim; the next is made when fewer than these are in hand
PATIENCE = 240.0             # seconds for one job; the worker rings again for what is left
WAIT_FOR_PARENT = 0.3
OUTAGES = 10                 # in a row; a mail that brings the database down by itself has its tries counted from then on


def run() -> None:
    """File everything that is due, for some minutes. Twice equals once: every row is leased.

    When it breaks off, what is in our hands is let go of: nobody would touch it before the lease ends. No try is counted where
    we were told to end, or where the database went away (then it is let go of as soon as that is back).
    """
    until, reading = time.monotonic() + PATIENCE, Reading()
    try:
        while not ending.is_set() and work(reading, claim=time.monotonic() < until):
            pass
        if ending.is_set():
            _let_go(counted=False)
    except Exception as error:  # whatever it was goes on to the caller; our leases must not outlive it
        _let_go(counted=not _outages.excuse(error))
        raise
    else:
        _outages.over()
    finally:
        reading.end()


def _let_go(*, counted: bool) -> None:
    while not releasing.release(_me(), counted=counted) and not ending.wait(0.5):
        pass


def warm() -> None:
    """Start the parsing child before the first mail comes: it takes a second or two."""
    parser().parse(b"Subject: warm\r\n\r\n")


def work(reading: Reading, *, claim: bool = True) -> bool:
    """Settle what has been read, and claim more while there is still something to read; False when all is done."""
    batch, who = reading.batch(), _me()
    wanted = CLAIMED if claim and reading.left < CLAIMED and not (reading.left and reading.alone) else 0
    claimed = settle(batch, who, wanted, beside=bool(reading.left))
    reading.take(claimed)
    return bool(batch or claimed)


def settle(batch: Sequence[Read], who: str, wanted: int = 0, *, beside: bool = False) -> list[Claimed]:
    """File a batch and claim as many as are wanted, in one transaction. When one mail breaks it, it is done again with
    a savepoint a mail."""
    try:
        claimed = _settle(batch, who, wanted, beside=beside, guarded=False)
    except Exception as error:      # whose trouble it is shows the second time
        if not batch:
            raise
        log.info("inbound.batch_broken", why=str(error)[:200])
        claimed = _settle(batch, who, wanted, beside=beside, guarded=True)
    if batch:
        ring("fanout")
    return claimed


def _settle(batch: Sequence[Read], who: str, wanted: int, *, beside: bool, guarded: bool) -> list[Claimed]:
    with database().write() as db:
        if batch:
            _file_all(db, batch, who, guarded=guarded)
        if beside:
            claiming.hold(db, who)
        rows = claiming.claim(db, who, wanted, beside=beside) if wanted else []
        if not (batch or rows or beside):
            end_where_all_is_filed(db)
        return [Claimed(row.id, row.envelope_sender, row.attempts > 1, row.hung, _road(db, row)) for row in rows]


def _road(db: Session, row: InboundMail) -> Road | None:
    """How it came; none where its sender is not to be checked. The keys of old mail out of an archive are gone."""
    client = row.client if row.transport == "smtp" else ""
    return None if row.archive else road_of(db, row.mailbox, row.envelope_sender, client)


def _file_all(db: Session, batch: Sequence[Read], who: str, *, guarded: bool) -> None:
    with together(db), db.no_autoflush:
        rows = claiming.still_mine(db, [one.claimed.id for one in batch], who)
        letters = [named(one.outcome, rows[one.claimed.id]) for one in batch
                   if isinstance(one.outcome, Letter) and one.claimed.id in rows]
        if letters and not guarded:
            look_ahead(db, letters, own_addresses(db))
        hindered: dict[Mailbox, str] = {}
        for one in batch:
            row = rows.get(one.claimed.id)
            if row is None:
                continue
            if isinstance(one.outcome, Letter):
                _file(db, row, one.outcome, list(one.files), guarded=guarded)
            elif isinstance(one.outcome, Hindered):
                claiming.put_back(row, one.outcome.seconds, counted=False, reason=one.outcome.why)
                if one.outcome.why:
                    hindered[row.mailbox] = one.outcome.why
            else:
                row.hung = True
                _try_again(db, row, str(one.outcome))
        for mailbox, why in hindered.items():
            cannot_file_now(db, mailbox, why)


def _file(db: Session, row: InboundMail, letter: Letter, files: list[str], *, guarded: bool) -> None:
    if claiming.waits_for(db, keys_of(letter), row):
        claiming.put_back(row, WAIT_FOR_PARENT, counted=False)
    elif not guarded:
        file(db, row, letter, files)
    else:
        _file_guarded(db, row, letter, files)


def _file_guarded(db: Session, row: InboundMail, letter: Letter, files: list[str]) -> None:
    try:
        with savepoint(db), together(db):
            file(db, row, letter, files)
            db.flush()
    except Exception as error:  # whatever one mail meets, the others go on; its row keeps the reason
        if is_outage(error):
            raise
        log.exception("inbound.failed", inbound=row.uid)
        _try_again(db, row, f"{type(error).__name__}: {error}"[:500])


def _try_again(db: Session, row: InboundMail, reason: str) -> None:
    """The try counts; after the last the row is set aside as failed, with its reason and a way to replay it."""
    if row.attempts >= claiming.TRIES:
        claiming.give_up(db, row, reason)
    else:
        claiming.put_back(row, 2.0 * row.attempts, counted=True, reason=reason)


@Once
def _me() -> str:
    return holder()


_outages = Outages(OUTAGES)
