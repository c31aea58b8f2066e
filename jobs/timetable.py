"""The timetable: what is done at which times. It is data; any number of keepers run each job once.

A job's turn is a lease in the database (``timetable:NAME``) that ends when the job is next due. Whoever takes it
rings; whoever runs the job prolongs it. A bell that nobody answered within ``UNHEARD`` seconds is rung again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis
import structlog
from rq.cron import CronJob
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core import leases, queue
from core.clock import now
from core.database import database
from core.processes import Waker
from jobs import (
    cleaning,
    digests,
    duplicates,
    figures,
    forgetting,
    listener,
    purging,
    reminding,
    retaining,
    reviewing,
    rights,
    subscriptions,
    waking,
)

log = structlog.get_logger(__name__)

UNHEARD = 90.0
LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable: name, function, and when (cron, local time of the machine)."""

    name: str
    job: Callable[[], object]
    when: str

    @property
    def seconds(self) -> float:
        """Until it is due again."""
        cron = CronJob("work", func=self.job, cron=self.when)
        return max(1.0, (cron.get_next_enqueue_time() - now()).total_seconds())


TIMETABLE = (
    Entry("wake", waking.run, "* * * * *"),
    Entry("remind", reminding.run, "* * * * *"),
    Entry("subscriptions", subscriptions.run, "* * * * *"),
    Entry("digests", digests.run, "*/10 * * * *"),
    Entry("seen", cleaning.seen, "*/10 * * * *"),
    Entry("sign-ins", cleaning.sign_ins, "17 * * * *"),
    Entry("uploads", cleaning.uploads, "23 3 * * *"),
    Entry("counts", cleaning.counts, "31 3 * * *"),
    Entry("lookups", cleaning.lookups, "33 3 * * *"),
    Entry("tellings", cleaning.tellings, "*/10 * * * *"),
    Entry("answers", cleaning.answers, "29 3 * * *"),
    Entry("operations", cleaning.operations, "37 3 * * *"),
    Entry("privacy-reports", cleaning.privacy_reports, "27 * * * *"),
    Entry("drafts", cleaning.drafts, "19 3 * * *"),
    Entry("records", cleaning.records, "21 3 * * *"),
    Entry("rights", rights.tell, "43 * * * *"),
    Entry("bin", purging.persons, "53 * * * *"),
    Entry("retention", retaining.plan, "9 1 * * *"),
    Entry("holds", reviewing.holds, "5 6 * * *"),
    Entry("binned-companies", purging.companies, "56 * * * *"),
    Entry("binned-tickets", purging.tickets, "58 * * * *"),
    Entry("vouchers", purging.vouchers, "43 3 * * *"),
    Entry("unrecorded", forgetting.unrecorded, "47 3 * * *"),
    Entry("notifications", cleaning.notifications, "41 3 * * *"),
    Entry("duplicates", duplicates.scan, "7 2 * * *"),
    Entry("figures", figures.keep_up, "11 * * * *"),
    Entry("month", figures.mail_the_month, "2 * * * *"),
)


def keep() -> None:
    """Look every second whose turn it is, until told to end."""
    waker = Waker()
    while not waker.stopping:
        try:
            for entry in due():
                turn(entry)
        except SQLAlchemyError as error:
            log.error("timetable.cannot_ask", why=str(error).splitlines()[0])
        waker.wait(1.0)
    database().engine.dispose()


def due() -> list[Entry]:
    """Jobs whose turn it is, as far as anybody knows."""
    with database().read() as db:
        held = set(db.scalars(select(leases.Lease.name).where(leases.Lease.until >= now())))
    return [entry for entry in TIMETABLE if _lease(entry) not in held]


def turn(entry: Entry) -> bool:
    """Have the job run, unless somebody else has seen to it just now."""
    who = leases.holder()
    with database().write() as db:
        if not leases.hold(db, _lease(entry), who, UNHEARD):
            return False
    if not _ring(entry, who):
        run(entry.name, who)
    return True


def run(name: str, who: str) -> None:
    """Run a job of the timetable, in whichever process; afterwards it is not due before its next time."""
    entry = next(entry for entry in TIMETABLE if entry.name == name)
    if not _prolong(entry, who, LONGEST):
        return
    listener.run(f"{entry.job.__module__}.{entry.job.__name__}")
    _prolong(entry, who, entry.seconds)


def _ring(entry: Entry, who: str) -> bool:
    """Hand the job to a worker; False while Redis is away."""
    client = queue.connection()
    if client is None:
        return False
    try:
        CronJob("work", func=run, args=(entry.name, who), cron=entry.when, name=entry.name, result_ttl=0,
                failure_ttl=60, job_timeout=int(LONGEST)).enqueue(client)
    except redis.RedisError as error:
        log.debug("bell.silent", bell=entry.name, why=str(error))
        return False
    return True


def _prolong(entry: Entry, who: str, seconds: float) -> bool:
    with database().write() as db:
        return leases.hold(db, _lease(entry), who, seconds)


def _lease(entry: Entry) -> str:
    return f"timetable:{entry.name}"
