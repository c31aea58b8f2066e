"""Telling whom facts concern: the outbox, emptied in small transactions.

A consumer's work and the end of its outbox row are one transaction, so each fact is dealt with once. A row that
fails waits longer each time, with its reason, and blocks no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.batch import together
from core.clock import now
from core.database import database
from core.history import Fact, FactRow, Outbox, load
from core.putting import savepoint
from core.queue import ring
from desk.acknowledging import acknowledge
from desk.arrivals import foresee
from desk.notifying import notify
from desk.outbound import pending_now
from desk.rights.recognising import open_by_itself

log = structlog.get_logger(__name__)

CONSUMERS: dict[str, Callable[[Session, Fact, FactRow], None]] = {"notify": notify, "acknowledge": acknowledge, "rights": open_by_itself}
#: Rows in one transaction, their tickets locked in one order, as intake locks them. On PostgreSQL others may be at it at the same
#: time: the more rows, the more mails two of them may write to one correspondent before either sees what the other spent.
MOST = {"sqlite": 25, "postgresql": 10}
PATIENCE = 240.0             # seconds for one job
LONGEST_PAUSE = 3600


def run() -> int:
    """Deal with everything that is due; return how many rows were."""
    until, done = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until and (dealt := _some()):
        done += dealt
    with database().read() as db:
        leaving = pending_now(db)
    if leaving:
        ring("outbound")
    return done


def _some() -> int:
    """A few rows in one transaction. When one of them breaks it, each is dealt with in a transaction of its own."""
    due: list[int] = []
    try:
        with database().write() as db, together(db), db.no_autoflush:
            rows = _due(db, Outbox.due_at <= now(), most=MOST[database().dialect])
            due = [row.id for row in rows]
            facts = {fact.id: fact for fact in db.scalars(select(FactRow).where(
                FactRow.id.in_({row.fact_id for row in rows})))}
            foresee(db, facts.values())
            for row in rows:
                CONSUMERS[row.consumer](db, load(facts[row.fact_id]), facts[row.fact_id])
            db.execute(delete(Outbox).where(Outbox.id.in_(due)))
    except Exception as error:      # noqa: BLE001 - whose trouble it is shows the second time
        log.info("fanout.batch_broken", why=str(error)[:200])
        for outbox_id in due:
            _one(outbox_id)
    return len(due)


def _one(outbox_id: int) -> None:
    with database().write() as db:
        for row in _due(db, Outbox.id == outbox_id, most=1):
            try:
                with savepoint(db), together(db):
                    fact = db.get_one(FactRow, row.fact_id)
                    CONSUMERS[row.consumer](db, load(fact), fact)
                    db.flush()
                db.delete(row)
            except Exception as error:  # whatever one row meets, the others go on; the row keeps the reason
                log.exception("fanout.failed", consumer=row.consumer, fact=row.fact_id)
                row.attempts += 1
                row.reason = f"{type(error).__name__}: {error}"[:1000]
                row.due_at = now() + timedelta(seconds=min(30 * 2 ** min(row.attempts, 12), LONGEST_PAUSE))


def _due(db: Session, wanted: ColumnElement[bool], most: int) -> Sequence[Outbox]:
    return db.scalars(select(Outbox).where(wanted).order_by(Outbox.due_at, Outbox.id).limit(most)
                      .with_for_update(skip_locked=True)).all()
