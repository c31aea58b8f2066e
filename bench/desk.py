"""Our own desk, driven like a peer: one installation in a folder, commands in, JSON out.

A process of its own for every command, because a process reads its settings (here: the data folder) once. The
desk is imported inside the commands: the benchmark, which imports this module too, has no installation of its own.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.corpus import DESK, SEED, Mail, corpus, read
from bench.left import waiting
from bench.peers import protocol
from bench.profiles import profile, profile_pages

AGENT, PASSWORD = "agent@desk.example", "a long password for the bench"
SEARCHES = ("hanse", "johan", "tvedt", "solveig", "nordby", "bjørn", "ødegaard", "kraft", "priya", "ulvrud", "4821", "xyz")
"""Parts of names and addresses, common and rare ones, and one that nobody has."""
TIMES = 20
WARM_UP = 3


def prepare(home: Path, tickets: int) -> dict[str, Any]:
    """Schema, mailbox, agent; then a fill of so many tickets."""
    home.mkdir(parents=True, exist_ok=True)
    from bench.fill import fill
    from contacts.enrolling import add_agent
    from core import schema
    from core.database import database
    from desk.mailboxes import add_mailbox

    schema.upgrade(database())
    with database().write() as db:
        add_mailbox(db, DESK, "Support")
        add_agent(db, AGENT, PASSWORD, name="Agent", role="agent", language="en")
    begin = time.perf_counter()
    if tickets:
        fill(database(), tickets)
    return _counts() | {"fill_seconds": time.perf_counter() - begin}


def inbound(home: Path, mails: Path, *, run: str = "", profiled: bool = False) -> dict[str, Any]:
    """Accept the corpus, then file it with the worker's own job in this process (and its parsing child).

    ``seconds`` is from ledger to committed tickets; ``accepting`` what storing the bytes took before.
    ``run`` makes the Message-IDs different from those of another run on the same store.
    """
    from jobs import inbound as job

    _warm_up(job.run, run)
    before, count = _counts(), 0
    begin = time.perf_counter()
    for mail in read(mails):
        _accept(mail, run)
        count += 1
    accepted, cpu = time.perf_counter(), time.process_time()
    lines = profile(lambda: _until_filed(job.run)) if profiled else _until_filed(job.run)
    seconds, cpu = time.perf_counter() - accepted, time.process_time() - cpu
    peak = protocol.peak_memory()
    made = {kind: number - before[kind] for kind, number in _counts().items()}
    settling, further = _settle(profiled)
    return made | {
        "mails": count, "seconds": seconds, "cpu_seconds": cpu, "rate": count / seconds, "accepting": accepted - begin, "peak_mb": peak,
        "settling": settling, "profile": lines, "profile_settling": further,
    }  # fmt: skip


def session(home: Path) -> dict[str, Any]:
    """Where to sign in; lists, tickets and persons spread over all there are."""
    from sqlalchemy import select

    from contacts.person import Person
    from core.database import database
    from desk.tickets.ticket import Ticket

    with database().read() as db:
        tickets = _spread(db, Ticket.id, select(Ticket.id))
        persons = _spread(db, Person.id, select(Person.uid))
    return {
        "sign_in": {"page": "/sign-in", "form": {"email": AGENT, "password": PASSWORD}},
        "pages": {
            "list": ["/tickets?view=all"],
            "ticket": [f"/tickets/{number}" for number in tickets],
            "person": [f"/persons/{uid}" for uid in persons],
            "search": ["/persons?q=hanse"],
        },
    }


def pages_profile(home: Path) -> dict[str, list[str]]:
    """Profiles of every kind of page."""
    return profile_pages(session(home))


def search(home: Path) -> dict[str, Any]:
    """The register's substring search itself: p50 and p95 in ms over common, rare and missing parts of names."""
    from contacts.searching import search_persons
    from core.database import database

    spent: list[float] = []
    by_word: dict[str, float] = {}
    for word in SEARCHES:
        for _ in range(TIMES):
            begin = time.perf_counter()
            with database().read() as db:
                found = len(search_persons(db, word, limit=20).rows)
            spent.append(1000 * (time.perf_counter() - begin))
        by_word[f"{word} ({found})"] = statistics.median(spent[-TIMES:])
    return {"p50_ms": statistics.median(spent), "p95_ms": statistics.quantiles(spent, n=20)[-1], "words": by_word}


def serve(home: Path, port: int) -> None:
    """The web alone, as ``skranke web`` runs it."""
    os.environ["SKRANKE_WEB"] = f"127.0.0.1:{port}"
    os.execv(sys.executable, [sys.executable, "-c", "from skranke.cli import main; main()", "web"])


def _warm_up(job: Callable[[], object], run: str) -> None:
    """A running worker has settled in and started its parsing child long ago."""
    from core import processes

    processes.collect_rarely()
    for mail in corpus(WARM_UP, SEED + 1):
        _accept(mail, f"w{run}")
    _until_filed(job)


def _accept(mail: Mail, run: str) -> None:
    """What the SMTP door does with a mail, each in a transaction of its own."""
    from core.database import database
    from desk.inbound import Delivery, accept
    from desk.mailboxes import mailbox_called

    with database().write() as db:
        mailbox = mailbox_called(db, DESK).id
        raw = renumbered(mail.raw, run)
        accept(db, Delivery(mailbox, "smtp", f"{run}{mail.number}", raw, mail.sender, DESK, "127.0.0.1"))


def renumbered(raw: bytes, run: str) -> bytes:
    """The mail with Message-IDs of this run's own, so that it is no copy of an earlier run's."""
    return raw.replace(b".%d." % SEED, b".%d%s." % (SEED, run.encode())) if run else raw


def _until_filed(job: Callable[[], object]) -> None:
    """Run the job again until nothing is pending, as the worker's parent does."""
    from core.database import database

    while True:
        job()
        if not waiting(database())["filing"]:
            return
        time.sleep(0.05)


def _settle(profiled: bool) -> tuple[float, list[str] | None]:
    """Seconds until notifications and acknowledgements are written by the fan-out's own job; its profile."""
    from jobs import fanout

    begin = time.perf_counter()
    lines = profile(fanout.run) if profiled else fanout.run() and None
    return time.perf_counter() - begin, lines


def _counts() -> dict[str, int]:
    from sqlalchemy import func, select

    from core.database import database
    from desk.tickets.message import Message
    from desk.tickets.ticket import Ticket

    with database().read() as db:
        return {
            "tickets": db.scalar(select(func.count()).select_from(Ticket)) or 0,
            "messages": db.scalar(select(func.count()).select_from(Message)) or 0,
        }


def _spread(db: Any, key: Any, wanted: Any, count: int = 40) -> list[Any]:
    """Some rows, evenly over all ids."""
    from sqlalchemy import func, select

    last = db.scalar(select(func.max(key))) or 0
    places = range(1, last + 1, max(1, last // count))
    return [found for place in places if (found := db.scalar(wanted.where(key >= place).order_by(key).limit(1)))]


if __name__ == "__main__":
    protocol.main(sys.modules[__name__])  # type: ignore[arg-type]
