"""Measures deleting and erasing at volume: ``python -m bench.erasing``.

    --messages N --others N       of the person who is erased, and of everybody else (10 000 and 20 000)
    --persons N --tickets N       who are deleted, restored, deleted again and purged, with all their tickets (1 500 and 70 000)
    --url URL                     a PostgreSQL server's database instead of SQLite (it must be empty)
    --store FOLDER                where the desk is made; it must be empty
    --only erase,bin              one of both

The rows are written as intake writes them (``bench.fill``), what is measured are the operations themselves, by the worker's own job in this process,
while the desk's web serves another process that opens pages all the time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from bench.corpus import DESK
from bench.desk import AGENT, PASSWORD, session
from bench.peers.calling import environment
from bench.peers.measuring import signed_in
from bench.peers.protocol import peak_memory
from bench.profiles import profile
from bench.servers import free_port, running

#: Of ten letters six open a ticket.
LETTERS, OPENING = 10, 6
ADMIN = "admin@desk.example"
#: Every so manieth message of others names the person.
NAMED = 50
#: Seconds between two pages that somebody opens.
PAUSE = 0.2


def main() -> None:
    """Fill, then what was asked for, a line each."""
    asked = _arguments()
    if asked.visit:
        _visit(asked.store, asked.visit)
        return
    for what in asked.only.split(","):
        store = asked.store / what
        store.mkdir(parents=True, exist_ok=True)
        url = {"SKRANKE_DATABASE_URL": asked.url} if asked.url else {}
        env = environment(SKRANKE_DATA=str(store.resolve()), OPENBLAS_NUM_THREADS="1", **url)
        given = [f"--{name}={getattr(asked, name)}" for name in ("messages", "others", "persons", "tickets", "store")]
        if os.environ.get("SKRANKE_DATA") != str(store.resolve()):      # a process reads its settings once
            command = [sys.executable, "-m", "bench.erasing", *given, f"--only={what}", f"--url={asked.url}", *["--profile"] * asked.profile]
            subprocess.run(command, env=env, check=True)
        elif what == "erase":
            _erase(store, asked.messages, asked.others, asked.profile)
        else:
            _bin(store, asked.persons, asked.tickets, asked.profile)


def _erase(store: Path, messages: int, others: int, profiled: bool) -> None:
    """One person with so many messages, among so many of others."""
    from sqlalchemy import func, select

    from contacts.agent import Agent
    from contacts.person import Person
    from core.database import database
    from desk.erasing.asking import ask
    from desk.tickets.message import Message

    _fill((messages + others) * OPENING // LETTERS, partial(one_of, share=messages / (messages + others)))
    with database().write() as db:
        number, own = db.execute(select(Message.person_id, func.count()).group_by(Message.person_id).order_by(func.count().desc())).first() or (0, 0)
        person = db.get_one(Person, number)
        _name(db, person)
        print(f"{own:,} messages of one person among {db.scalar(select(func.count()).select_from(Message)):,}", flush=True)
        operation = ask(db, person, reason="request", identity="agent", review="erase", by=db.scalars(select(Agent).where(Agent.email == ADMIN)).one()).id
    with _pages(store):
        _measured("foreseen", lambda: _work(operation), profiled)
        _act(operation, "approve")
        _measured("erased", lambda: _work(operation), profiled)
    with database().read() as db:
        print(f"result {_result(operation)}, messages of theirs left: {db.scalar(select(func.count()).where(Message.person_id == number))}")


def _bin(store: Path, persons: int, tickets: int, profiled: bool) -> None:
    """So many persons with so many tickets: into the bin, out of it, in again, and purged when its days are over."""
    from sqlalchemy import func, select, update

    from contacts.agent import Agent
    from contacts.bin import Binned
    from contacts.person import Person
    from core.clock import now
    from core.database import database
    from desk.mass_delete import plan_deletion
    from desk.tickets.ticket import Ticket

    _fill(tickets, partial(one_of_many, persons=persons))

    def counted() -> str:
        with database().read() as db:
            living = db.scalar(select(func.count()).select_from(Person).where(Person.binned_at.is_(None)))
            theirs = db.scalar(select(func.count()).select_from(Ticket).where(Ticket.requester_id.is_not(None)))
            return f"{living:,} persons, {theirs:,} tickets of somebody, {db.scalar(select(func.count()).select_from(Binned)):,} in the bin"

    def asked() -> int:
        with database().write() as db:
            by = db.scalars(select(Agent).where(Agent.email == ADMIN)).one()
            return plan_deletion(db, "persons", select(Person.uid), by).id

    print(counted(), flush=True)
    with _pages(store):
        for turn in ("first", "again"):
            operation = asked()
            _measured(f"foreseen {turn}", lambda number=operation: _work(number), profiled)  # type: ignore[misc]
            _act(operation, "approve")
            _measured(f"deleted {turn}", lambda number=operation: _work(number), profiled)  # type: ignore[misc]
            if turn == "first":
                _act(operation, "undo")
                _measured("restored", lambda number=operation: _work(number), profiled)  # type: ignore[misc]
                print(counted(), flush=True)
        with database().write() as db:
            for column in (Person.binned_at, Binned.at):
                db.execute(update(column.class_).values({column: now() - timedelta(days=16)}))
        _measured("purged", _purge, profiled)
    print(counted(), flush=True)


def _purge() -> None:
    """As the timetable asks for it, until nobody is due."""
    from sqlalchemy import select

    from core.database import database
    from core.operations import Operation
    from desk.erasing.asking import PURGE
    from jobs import purging

    while True:
        purging.persons()
        with database().read() as db:
            going = db.scalar(select(Operation.id).where(Operation.kind == PURGE, Operation.state.in_(("approved", "running"))))
        if going is None:
            return
        _work(going)


def one_of(_random: Random, ticket: int, *, share: float) -> int:
    """This share of tickets is one person's, each other is somebody else's."""
    return 0 if int(ticket * share) != int((ticket + 1) * share) else ticket + 1


def one_of_many(_random: Random, ticket: int, *, persons: int) -> int:
    """Tickets in turn."""
    return ticket % persons


def _fill(tickets: int, who: Callable[[Random, int], int]) -> None:
    from bench.fill import fill
    from contacts.enrolling import add_agent
    from core import schema
    from core.database import database
    from desk.mailboxes import add_mailbox

    began = time.monotonic()
    schema.upgrade(database())
    with database().write() as db:
        add_mailbox(db, DESK, "Support")
        add_agent(db, AGENT, PASSWORD, name="Agent", role="agent", language="en")
        add_agent(db, ADMIN, PASSWORD, name="Admin", role="admin", language="en")
    fill(database(), tickets, who)
    print(f"filled {tickets:,} tickets on {database().dialect} in {time.monotonic() - began:.0f} s", flush=True)


def _name(db: object, person: object) -> None:
    """Some of what others wrote names the person."""
    from sqlalchemy import update

    from desk.tickets.message import Message

    db.execute(update(Message).where(Message.id % NAMED == 0, Message.person_id != person.id).values(  # type: ignore[attr-defined]
        text=Message.text + f"\n\nSnakket med {person.name} i dag."), execution_options={"synchronize_session": False})  # type: ignore[attr-defined]


def _work(operation: int) -> None:
    """As workers do, slice after slice."""
    from core.database import database
    from core.operations import Operation
    from jobs import operations

    while True:
        operations.run()
        with database().read() as db:
            state = db.get_one(Operation, operation).state
        if state not in ("approved", "running"):
            return
        time.sleep(0.01)        # a worker comes by the queue


def _act(operation: int, act: str) -> None:
    from sqlalchemy import select

    from contacts.agent import Agent
    from core.database import database
    from core.operations import Operation
    from core.options import set_option
    from desk.operating import act_on

    with database().write() as db:
        set_option(db, "privacy.four_eyes_above", 1_000_000)
        act_on(db, db.get_one(Operation, operation), act, by=db.scalars(select(Agent).where(Agent.email == ADMIN)).one())


def _result(operation: int) -> str:
    from core.database import database
    from core.operations import Operation

    with database().read() as db:
        found = db.get_one(Operation, operation)
        return f"{found.state} {found.reason or ''} {found.result}"


def _measured(what: str, work: Callable[[], None], profiled: bool) -> None:
    began, cpu = time.monotonic(), time.process_time()
    lines = profile(work) if profiled else work()
    print(f"{what}: {time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} s on the processor, peak {peak_memory() or 0:.0f} MB", flush=True)
    if lines:
        print("\n".join(lines), flush=True)


@contextmanager
def _pages(store: Path) -> Iterator[None]:
    """Meanwhile somebody opens lists, tickets and persons; how long each took is printed at the end."""
    told, port = session(store), free_port()
    env = {**os.environ, "SKRANKE_WEB": f"127.0.0.1:{port}"}
    with running([sys.executable, "-m", "bench.desk", "serve", str(store.resolve()), "--port", str(port)], port, env=env, log=store / "web.log"):
        (store / "paths").write_text("\n".join([*told["pages"]["list"], *told["pages"]["ticket"][:10], "/persons", "/companies"]))
        visitor = subprocess.Popen([sys.executable, "-m", "bench.erasing", "--visit", str(port), "--store", str(store)], stdout=subprocess.PIPE, text=True)
        try:
            yield
        finally:
            (store / "over").touch()
            print(visitor.communicate(timeout=60)[0].strip(), flush=True)


def _visit(store: Path, port: int) -> None:
    """The process that opens pages until it is over."""
    visitor = signed_in({"sign_in": {"page": "/sign-in", "form": {"email": AGENT, "password": PASSWORD}}}, port)
    paths, spent, refused = (store / "paths").read_text().split(), [0.0, 0.0], 0
    while not (store / "over").exists():
        began = time.perf_counter()
        status, _text = visitor.get(paths[len(spent) % len(paths)])
        spent.append(1000 * (time.perf_counter() - began))
        refused += status >= 500
        time.sleep(PAUSE)
    print(f"pages meanwhile: {len(spent) - 2}, p50 {statistics.median(spent[2:]):.0f} ms, p95 {statistics.quantiles(spent[2:], n=20)[-1]:.0f} ms, "
          f"longest {max(spent):.0f} ms, errors {refused}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, size in (("messages", 10_000), ("others", 20_000), ("persons", 1_500), ("tickets", 70_000), ("visit", 0)):
        parser.add_argument(f"--{name}", type=int, default=size, help=argparse.SUPPRESS if name == "visit" else None)
    parser.add_argument("--url", default="")
    parser.add_argument("--store", type=Path, default=Path("var/bench/erasing"))
    parser.add_argument("--only", default="erase,bin")
    parser.add_argument("--profile", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
