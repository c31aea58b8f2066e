"""``skranke up``: the whole desk as one process tree."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import click
import structlog

from core import files, leases, logs, queue, schema
from core.database import Database, database
from core.errors import Refused
from core.processes import Child, Family
from core.settings import address_of, settings
from jobs import releasing
from skranke import catching_up, greeting, parts, valkey, warming

log = structlog.get_logger(__name__)

#: Seconds in which the tree ends; what is left then is killed.
ENDING = 7.0

#: Seconds that the processes of a desk that was killed may take to notice and go.
LINGERING = 3.0


@click.command()
@click.option("--demo", is_flag=True, help="Start on fresh demo data; mail goes to a page instead of out.")
def up(demo: bool) -> None:
    """Run the whole desk until Ctrl-C: Valkey, web, gate, worker and timetable."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if demo:
        os.environ.update(SKRANKE_DEMO="1", SKRANKE_DATA=str(settings().data / "demo"), SKRANKE_DATABASE_URL="",
                          SKRANKE_FILES_URL="", SKRANKE_ERASURE_LEDGER="")
        settings.forget()
    logs.configure("up")
    parts.warn()
    with only_one(settings().data):
        prepare(demo)
        take_over()
        with bells() as first:
            run(first, greeting.hello if not demo else greeting.demo)


def prepare(demo: bool) -> None:
    """A database that is up to date, and in which is erased what was erased; for the demo a fresh one with its people."""
    for listen, name in ((settings().web, "SKRANKE_WEB"), (settings().smtp, "SKRANKE_SMTP")):
        free(listen, name)
    catching_up.refuse_if_restoring()
    files.store()               # not asked before the fork: whoever asks it first gets its threads
    if demo:
        for name in ("skranke.db", "skranke.db-wal", "skranke.db-shm", "files", "erasures.jsonl"):
            old = settings().data / name
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    made = Database(settings().database)
    try:
        schema.upgrade(made)
        catching_up.replay(made)
        if demo:
            from skranke.demo import desk, telling
            with made.write() as db:
                desk.furnish(db)
            telling.hand_out()
    finally:
        made.engine.dispose()


def take_over() -> None:
    """Let go of what the last desk here had in hand when it was killed, and note who we are.

    Its name stands in the lock file; that we hold the lock proves that none of its processes is left.
    """
    path = settings().data / "up.lock"
    if (last := path.read_text()):
        releasing.release(leases.of_tree(last))
        database().engine.dispose()
    path.write_text(leases.TREE)


@contextmanager
def bells() -> Iterator[list[Child]]:
    """The embedded Valkey as a child, unless a server is given; without any, the workers look by themselves."""
    program = None if settings().redis_url else valkey.server()
    if program is None:
        if not settings().redis_url:
            log.warning("valkey.missing", help="No valkey-server or redis-server found: everything works, a little later.")
        yield []
        return
    path = valkey.socket_in(settings().data)
    os.environ["SKRANKE_REDIS_URL"] = f"unix://{path}"
    settings.forget()
    queue.connection.forget()
    try:
        yield [Child("valkey", partial(valkey.serve, program, path), outlives=True)]
    finally:
        path.unlink(missing_ok=True)
        if path.parent != settings().data.absolute():
            path.parent.rmdir()


def run(first: list[Child], hello: greeting.Hello) -> None:
    """Keep all parts until told to stop."""
    warming.warm()
    family = Family([*first, *(part(name) for name in parts.PARTS),
                     Child("hello", partial(greeting.run, hello), once=True)])
    family.keep()
    log.info("up.ending")
    family.end(ENDING)


def part(name: str) -> Child:
    """A part as a child: one that died and begins again need not wait for the leases of its last life to end."""
    def live() -> None:
        if child.last:
            releasing.release(leases.of_process(child.last))
        parts.run(name)

    child = Child(name, live)
    return child


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the data folder; two desks on one folder would fight for ports and socket.

    Every process of a tree holds it: it is free when the last one of a desk that was killed has gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("a") as lock:
        limit = time.monotonic() + LINGERING
        while not _locked(lock):
            if time.monotonic() > limit:
                raise Refused(f"A desk is already running on {folder.absolute()}.")
            time.sleep(0.05)
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free(listen: str, setting: str) -> None:
    """Raises Refused while another program listens there."""
    host, port = address_of(listen)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(f"Cannot listen on {listen}: {error.strerror}. Choose another with {setting}.") from None
