"""Fills our desk with real tickets in bulk: the rows that intake writes, a million of them in minutes.

``tests/bench/test_fill.py`` files the same letters through the pipeline and compares the rows.
"""

from __future__ import annotations

import gc
import multiprocessing
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing.queues import Queue
from queue import Empty

from bench.corpus import DESK
from bench.fill.aftermath import House, house
from bench.fill.bulk import Bulk
from bench.fill.clerk import Clerk
from bench.fill.tray import Tray, Work
from bench.stories import Who, filling
from core.clock import now
from core.database import Database
from core.schema import metadata
from desk.mailboxes import mailbox_called

BATCH = 5_000
APART = timedelta(seconds=50)
"""Time between two letters: a million tickets are those of two and a half years."""


def fill(database: Database, tickets: int, who: Who | None = None) -> None:
    """Store this many tickets in a desk that has its mailbox; the newest came a moment ago. ``who`` (of a module's own) says who opens them; without
    it each is of somebody else.

    One process works out the rows, this one writes them. Nothing else may use the database meanwhile.
    Raises RuntimeError where the other process dies.
    """
    with database.read() as db:
        found = house(db, mailbox_called(db, DESK))
    spawn = multiprocessing.get_context("spawn")
    with Bulk(database) as bulk:
        ready: Queue[Work] = spawn.Queue(maxsize=4)
        given = (ready, tickets, who, found, bulk.last_ids(), database.dialect == "sqlite")
        worker = spawn.Process(target=_work_out, args=given, daemon=True)
        worker.start()
        while work := _next(ready, worker):
            bulk.write(work)
        worker.join()


def _work_out(ready: Queue[Work], tickets: int, who: Who | None, found: House, last: dict[str, int], sqlite: bool) -> None:
    """In the other process: batch after batch, and an empty one at the end."""
    gc.disable()
    tables = {table.name: table for table in metadata().sorted_tables}
    tray = Tray(tables, last, sqlite=sqlite)
    clerk, start, source = Clerk(found, tray, now()), _start(tickets), filling(tickets, who)
    while batch := list(islice(source, BATCH)):
        for story in batch:
            clerk.file(story, at=start + APART * story.number)
        ready.put(tray.take())
    ready.put([])


def _next(ready: Queue[Work], worker: multiprocessing.process.BaseProcess) -> Work:
    while True:
        try:
            return ready.get(timeout=5)
        except Empty:
            if not worker.is_alive():
                raise RuntimeError("The process that works out the rows has died.") from None


def _start(tickets: int) -> datetime:
    """When the first letter came, so that the last one comes about now (ten letters make six tickets)."""
    return now() - APART * (tickets * 10 // 6 + 10)
