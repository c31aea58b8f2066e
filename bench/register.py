"""Measures a large register: ``python -m bench.register``.

    --persons N --companies N     (1 000 000 and 200 000), two mail addresses each
    --rows N                      of the CSV file that is imported (100 000)
    --url URL                     a PostgreSQL server's database instead of SQLite (it must be empty)
    --store FOLDER                where the desk is filled and kept; filled once, measured as often as wanted
    --only pages,search,scan,import
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from bench.desk import AGENT, PASSWORD, session
from bench.identification.duplicates import measured
from bench.identification.register import fill
from bench.pages import Visitor, latency
from bench.peers.calling import environment
from bench.peers.measuring import signed_in
from bench.register_import import imported
from bench.servers import free_port, running
from contacts.enrolling import add_agent
from core import schema
from core.database import database

#: What people type, letter by letter: names common and rare, a company, an address, a number, and what nobody is called.
TYPED = ("hansen", "kristoffersen", "anna lind", "østergaard", "nygård", "solveig", "dahl", "hanse", "gmail.com", "4012", "+47 40 00 1", "xyzzy")
KINDS = ("pages", "search", "scan", "import")


def main() -> None:
    """Fill where that has not been done, then what was asked for, a line each."""
    asked = _arguments()
    os.environ["SKRANKE_DATA"] = str(asked.store.resolve())
    if asked.url:
        os.environ["SKRANKE_DATABASE_URL"] = asked.url
    asked.store.mkdir(parents=True, exist_ok=True)
    if not (asked.store / "ready").exists():
        _fill(asked.persons, asked.companies)
        (asked.store / "ready").touch()
    told: dict[str, Callable[[], str]] = {"pages": lambda: _pages(asked.store), "search": lambda: _search(asked.store),
                                          "scan": lambda: _alone(measured, 4.0), "import": lambda: _alone(imported, asked.rows)}
    for kind in asked.only.split(","):
        print(f"{kind} on {database().dialect}: {told[kind]()}", flush=True)


def _fill(persons: int, companies: int) -> None:
    began = time.monotonic()
    schema.upgrade(database())
    fill(database(), persons, 2, keep=persons, companies=companies, searched=True)
    with database().write() as db:
        add_agent(db, AGENT, PASSWORD, name="Agent", role="agent", language="en")
    if database().dialect == "postgresql":          # as its own housekeeping does by and by; a desk on SQLite keeps no statistics
        with database().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    print(f"filled {persons:,} persons and {companies:,} companies in {time.monotonic() - began:.0f} s")


def _pages(store: Path) -> str:
    """The person page, forty of them in turn, and the registers' lists."""
    with _visitor(store) as (visitor, told):
        paths = {"person": told["pages"]["person"], "persons": ["/persons"], "companies": ["/companies"]}
        return ", ".join(f"{kind} {_ms(latency(visitor, each))}" for kind, each in paths.items())


def _search(store: Path) -> str:
    """Every beginning of what people type, as the search box asks for it at each keystroke."""
    with _visitor(store) as (visitor, _told):
        visitor.headers = {"HX-Request": "true"}
        spent: list[tuple[float, str]] = []
        for typed in (word[:n] for word in TYPED for n in range(1, len(word) + 1)):
            for _ in range(3):
                began = time.perf_counter()
                status, _text = visitor.get("/search/hits?" + urlencode({"q": typed}))
                spent.append((1000 * (time.perf_counter() - began), typed))
                if status != 200:
                    raise RuntimeError(f"{typed}: {status}")
        times = [one for one, _typed in spent]
        slowest = ", ".join(f"“{typed}” {one:.0f}" for one, typed in sorted(spent, reverse=True)[:5])
        return f"p50 {statistics.median(times):.0f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.0f} ms; slowest {slowest}"


@contextmanager
def _visitor(store: Path) -> Iterator[tuple[Visitor, dict[str, Any]]]:
    told, port = session(store), free_port()
    env = environment(SKRANKE_DATA=str(store.resolve()), SKRANKE_WEB=f"127.0.0.1:{port}", OPENBLAS_NUM_THREADS="1",
                      **({"SKRANKE_DATABASE_URL": url} if (url := os.environ.get("SKRANKE_DATABASE_URL")) else {}))
    with running([sys.executable, "-m", "bench.desk", "serve", str(store.resolve()), "--port", str(port)], port, env=env, log=store / "web.log"):
        visitor = signed_in(told, port)
        try:
            yield visitor, told
        finally:
            visitor.close()


def _ms(spent: dict[str, float]) -> str:
    return f"p50 {spent['p50_ms']:.0f} ms, p95 {spent['p95_ms']:.0f} ms"


def _alone(work: Callable[..., str], *given: Any) -> str:
    """In a process of its own: its memory is what this takes."""
    with get_context("spawn").Pool(1) as alone:
        return str(alone.apply(work, given))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--companies", type=int, default=200_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--store", type=Path, default=Path("var/bench/register"))
    parser.add_argument("--only", default=",".join(KINDS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
