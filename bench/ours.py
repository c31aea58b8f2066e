"""Measures our own desk: inbound from ledger to ticket, end to end through the door, pages, search, memory.

Every size has a store that is filled once and kept. Small stores are copied for each run; the million is
measured in place, each run with Message-IDs of its own. Everything works the same on PostgreSQL, where a server is named.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.corpus import edition, read
from bench.databases import analyse, make, twin, url_of
from bench.door import send_all, sink
from bench.left import waiting
from bench.memory import weight_of_tree, weights_of_tree
from bench.pages import Visitor, latency
from bench.peers.calling import call, environment
from bench.peers.measuring import middle, signed_in
from bench.servers import free_port, running
from core.database import Database

MODULE = "bench.desk"
COPIED = 100_000
"""Stores of fewer tickets are copied for each run."""
SETTLING = 8.0
"""Seconds after which a desk that has just started is idle."""
PATIENCE = 20.0
"""Seconds without any change after which a desk is taken to have stopped."""
UP = [sys.executable, "-c", "from skranke.cli import main; main()", "up"]


def measure(cache: Path, mails: Path, sizes: list[int], runs: int, server: str = "") -> dict[str, Any]:
    """Everything about our desk at these sizes, on SQLite or on this PostgreSQL server."""
    result: dict[str, Any] = {"name": "Skranke", "sizes": {}, "profiles": {}}
    for size in sizes:
        store = prepare(cache, size, server)
        result["sizes"][str(size)] = {
            "inbound": inbound_rate(store, size, mails, runs),
            "door": door_rate(store, size, mails),
            **page_latency(store, size, mails),
            "search": search_latency(store),
        }
        result["profiles"] |= profiles(store, size, mails)
    return result | idle_memory(prepare(cache, 0, server))


def prepare(cache: Path, size: int, server: str = "") -> Path:
    """The store with so many tickets, filled once for each edition of schema and fill."""
    store = cache / "stores" / f"skranke-{_edition()}-{size}{'-postgresql' if server else ''}"
    if not (store / "ready").exists():
        shutil.rmtree(store, ignore_errors=True)
        if server:
            make(store, server)
        counts = _call("prepare", store, "--tickets", str(size))
        analyse(store)
        (store / "ready").write_text(str(counts))
        print(f"  filled with {counts['tickets']} tickets in {counts['fill_seconds']:.0f} s", file=sys.stderr, flush=True)
    return store


def inbound_rate(store: Path, size: int, mails: Path, runs: int) -> dict[str, Any]:
    """Ledger to committed ticket, in the worker's own job: the median run."""
    taken = []
    for _ in range(runs):
        with _run(store, size) as (home, run):
            taken.append(_call("inbound", home, "--mails", str(mails.resolve()), "--run", run))
    return middle(taken, mails)


def profiles(store: Path, size: int, mails: Path) -> dict[str, list[str]]:
    """Where the time of such a run goes; shown where a goal is missed."""
    with _run(store, size) as (home, run):
        told = _call("inbound", home, "--mails", str(mails.resolve()), "--run", run, "--profiled")
        pages = _call("pages_profile", home)
    work = {"filing": told["profile"], "fan-out": told["profile_settling"]}
    return {f"{what} at {size} tickets": lines for what, lines in (work | pages).items()}


def door_rate(store: Path, size: int, mails: Path) -> dict[str, Any]:
    """The whole desk as one tree: mails a second from the first byte to the last filed ticket.

    ``accepted`` is the rate of 250s, ``settled`` the rate until the last acknowledgement was relayed.
    """
    with _run(store, size) as (home, run), sink() as relay, _up(home, relay.port) as (_pid, _web, smtp):
        database = Database(url_of(home))
        goal = waiting(database)["accepted"]
        begin = time.perf_counter()
        count = send_all(smtp, read(mails), run)
        accepted = time.perf_counter() - begin
        filed = _wait(database, begin, lambda left: left["accepted"] >= goal + count and not left["filing"])
        settled = _wait(database, begin, lambda left: not left["filing"] and not left["settling"])
        database.engine.dispose()
        rates = {"rate": filed, "accepted": accepted, "settled": settled}
        return {"mails": count, "relayed": relay.taken} | {
            name: seconds and count / seconds for name, seconds in rates.items()
        }


def page_latency(store: Path, size: int, mails: Path) -> dict[str, Any]:
    """List, ticket and person page, signed in, one connection, with the corpus filed; memory of the web."""
    with _run(store, size) as (home, run):
        _call("inbound", home, "--mails", str(mails.resolve()), "--run", run)
        told, port = _call("session", home), free_port()
        command = [sys.executable, "-m", MODULE, "serve", str(home.resolve()), "--port", str(port)]
        with running(command, port, env=_env(home), log=home / "web.log") as pid:
            visitor = signed_in(told, port)
            pages = {kind: latency(visitor, paths) for kind, paths in told["pages"].items()}
            visitor.headers = {"HX-Request": "true"}       # as a click in the list asks
            pages["ticket beside its list"] = latency(visitor, told["pages"]["ticket"])
            visitor.close()
            return {"pages": pages, "memory_mb": weight_of_tree(pid)}


def search_latency(store: Path) -> dict[str, Any]:
    """The register's substring search over all persons of the store."""
    return dict(_call("search", store))


def idle_memory(store: Path) -> dict[str, Any]:
    """PSS of the whole tree of a desk that has shown its sign-in page and now rests."""
    with twin(store) as home, _up(home, 1) as (pid, web, _smtp):
        visitor = Visitor(web)
        for _ in range(4):
            visitor.get("/sign-in")
        visitor.close()
        time.sleep(SETTLING)
        return {"idle_mb": weight_of_tree(pid), "idle_tree": weights_of_tree(pid)}


@contextmanager
def _up(home: Path, relay: int) -> Iterator[tuple[int, int, int]]:
    """``skranke up`` on free ports: its process, the web's port, the door's port."""
    web, smtp = free_port(), free_port()
    env = _env(home) | {
        "SKRANKE_WEB": f"127.0.0.1:{web}", "SKRANKE_SMTP": f"127.0.0.1:{smtp}",
        "SKRANKE_RELAY_URL": f"smtp://127.0.0.1:{relay}",
    }  # fmt: skip
    with running(UP, smtp, web, env=env, log=home / "up.log") as pid:
        yield pid, web, smtp


@contextmanager
def _run(store: Path, size: int) -> Iterator[tuple[Path, str]]:
    """Where to measure, and what to add to Message-IDs there."""
    if size < COPIED:
        with twin(store) as home:
            yield home, ""
    else:
        yield store, f"r{time.time_ns():x}"


def _wait(database: Database, begin: float, done: Callable[[dict[str, int]], bool]) -> float | None:
    """Seconds since the beginning when it was done; ``None`` where nothing changes any more before that."""
    left, changed = waiting(database), time.perf_counter()
    while not done(left):
        time.sleep(0.1)
        before, left = left, waiting(database)
        if left != before:
            changed = time.perf_counter()
        elif time.perf_counter() - changed > PATIENCE:
            print(f"  the desk has stopped with {left} to do", file=sys.stderr, flush=True)
            return None
    return time.perf_counter() - begin


def _edition() -> str:
    """Changes with what a fill stores."""
    return edition("bench/fill/*.py", "core/migrations/versions/*.py")


def _call(command: str, home: Path, *arguments: str) -> Any:
    return call(sys.executable, MODULE, command, home, *arguments, env=_env(home))


def _env(home: Path) -> dict[str, str]:
    return environment(SKRANKE_DATA=str(home.resolve()), SKRANKE_DATABASE_URL=url_of(home), OPENBLAS_NUM_THREADS="1")
