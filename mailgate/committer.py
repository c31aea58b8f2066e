"""Commits deliveries for all sessions at the door: what waits together goes into one transaction.

One thread takes whatever has queued up while it was committing, so that many clients share the price of one
sync to disk, and nobody waits when there is only one.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from queue import Empty, SimpleQueue

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.database import database
from core.outage import is_outage
from desk.inbound import Delivery, accept_all

log = structlog.get_logger(__name__)

MOST_WAITING = 64
MOST_BYTES = 20_000_000
LOCKED = 15.0

#: The deliveries of one SMTP transaction, and where their outcome is told.
Waiting = tuple[list[Delivery], "Future[None]"]


class Committer:
    """The committing thread. ``submit`` hands over; the future ends when the bytes are safe, or with the error."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def submit(self, deliveries: list[Delivery]) -> Future[None]:
        """Queue the deliveries of one client. A future cancelled before its turn is not committed."""
        future: Future[None] = Future()
        self._queue.put((deliveries, future))
        return future

    def close(self, seconds: float) -> None:
        """Finish what is queued; give up waiting after some seconds."""
        self._queue.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            group = [waiting for waiting in group if waiting[1].set_running_or_notify_cancel()]
            if group:
                commit_together(group)
            if last:
                return

    def _gather(self, first: Waiting) -> tuple[list[Waiting], bool]:
        """What waits already, up to a size; whether the thread was asked to end."""
        group, size = [first], _size(first)
        while len(group) < MOST_WAITING and size < MOST_BYTES:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
            size += _size(waiting)
        return group, False


def commit_together(group: list[Waiting]) -> None:
    """One transaction for all. When one of them cannot be written, each gets a transaction of its own.

    A database that is locked or gone concerns all alike: they all hear of it, after one more try where only
    the connection had gone stale (a restarted PostgreSQL).
    """
    try:
        _commit([delivery for deliveries, _ in group for delivery in deliveries])
    except Exception as error:  # noqa: BLE001 - whatever it was, the clients hear 451 and the thread lives on
        _after_failure(group, error)
    else:
        for _, future in group:
            future.set_result(None)


def _after_failure(group: list[Waiting], error: Exception) -> None:
    stale = isinstance(error, DBAPIError) and error.connection_invalidated
    of_all = (is_outage(error) or isinstance(error, OSError)) and not stale
    if of_all or (len(group) == 1 and not stale):
        log.warning("door.not_committed", mails=len(group), why=str(error).split("\n")[0][:200])
        for _, future in group:
            future.set_exception(error)
        return
    for waiting in group:
        _alone(waiting)


def _alone(waiting: Waiting) -> None:
    deliveries, future = waiting
    try:
        _commit(deliveries)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("door.not_committed", mails=1, why=str(error).split("\n")[0][:200])
        future.set_exception(error)
    else:
        future.set_result(None)


def _commit(deliveries: list[Delivery]) -> None:
    with database().write() as db:
        if database().dialect == "postgresql":      # SQLite has such a limit on every connection
            db.execute(text(f"SET LOCAL lock_timeout = {int(LOCKED * 1000)}"))
        accept_all(db, deliveries)


def _size(waiting: Waiting) -> int:
    return sum(len(delivery.raw) for delivery in waiting[0])
