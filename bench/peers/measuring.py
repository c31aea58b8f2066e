"""Measures one peer: for each size its inbound rate on fresh copies, then its pages and its memory."""

from __future__ import annotations

import json
import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.corpus import edition, read
from bench.environments import python_of, versions
from bench.memory import weight_of_tree
from bench.pages import Visitor, latency
from bench.peers import Peer
from bench.peers.calling import call, environment
from bench.servers import free_port, running

ENOUGH = 120
"""Seconds: a run that took longer is not repeated."""

def measure(peer: Peer, cache: Path, mails: Path, sizes: list[int], runs: int) -> dict[str, Any]:
    """Everything about one peer: versions, and for each size the rates, pages and memory."""
    python = python_of(peer, cache)
    found = versions(python, peer.packages)
    result: dict[str, Any] = {"name": peer.name, "versions": found, "sizes": {}}
    for size in sizes:
        store = _filled(peer, python, cache, size, "-".join(found.values()))
        result["sizes"][str(size)] = _measured(peer, python, store, mails, runs)
    return result


def _filled(peer: Peer, python: Path, cache: Path, size: int, version: str) -> Path:
    """The store of this size, made once for each version of the peer and kept."""
    store = cache / "stores" / f"{peer.slug}-{version}-{edition()}-{size}"
    if not (store / "ready").exists():
        shutil.rmtree(store, ignore_errors=True)
        counts = _call(peer, python, "prepare", store, "--tickets", str(size))
        if counts["tickets"] != size:
            raise RuntimeError(f"{peer.name} holds {counts['tickets']} tickets instead of {size}")
        (store / "ready").write_text(json.dumps(counts))
    return store


def _measured(peer: Peer, python: Path, store: Path, mails: Path, runs: int) -> dict[str, Any]:
    """Each inbound run on a fresh copy of the store; pages and memory on the last one, so with the corpus in it."""
    taken: list[dict[str, Any]] = []
    while True:
        with copy_of(store) as home:
            taken.append(_call(peer, python, "inbound", home, "--mails", str(mails.resolve())))
            if len(taken) == runs or taken[-1]["seconds"] > ENOUGH:
                return {"inbound": middle(taken, mails), **_served(peer, python, home)}


def middle(taken: list[dict[str, Any]], mails: Path) -> dict[str, Any]:
    """The run with the median rate; all rates beside it, and whether every mail came to the right ticket."""
    middle = statistics.median_low(run["rate"] for run in taken)
    chosen = next(run for run in taken if run["rate"] == middle)
    opened = sum(mail.opens for mail in read(mails))
    complete = chosen["tickets"] == opened and chosen["messages"] == chosen["mails"]
    return chosen | {"rates": [run["rate"] for run in taken], "complete": complete}


def _served(peer: Peer, python: Path, home: Path) -> dict[str, Any]:
    """Latency of every kind of page, memory of the server once it has shown them."""
    session, port = _call(peer, python, "session", home), free_port()
    command = [str(python), "-m", peer.module, "serve", str(home.resolve()), "--port", str(port)]
    with running(command, port, env=environment(), log=home / "server.log") as pid:
        visitor = signed_in(session, port)
        pages = {kind: latency(visitor, paths) for kind, paths in session["pages"].items()}
        visitor.close()
        return {"pages": pages, "memory_mb": weight_of_tree(pid)}


def signed_in(session: dict[str, Any], port: int) -> Visitor:
    """A visitor with a session, by the cookie or by the sign-in form that the adapter names."""
    visitor = Visitor(port)
    if "cookie" in session:
        name, _, value = session["cookie"].partition("=")
        visitor.cookies[name] = value
    else:
        visitor.sign_in(session["sign_in"]["page"], session["sign_in"]["form"])
    return visitor


def _call(peer: Peer, python: Path, command: str, home: Path, *arguments: str) -> dict[str, Any]:
    return dict(call(python, peer.module, command, home, *arguments, env=environment()))


@contextmanager
def copy_of(store: Path) -> Iterator[Path]:
    """A copy of a store beside it, gone afterwards."""
    home = store.with_name(f"{store.name}.run-{os.getpid()}")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(store, home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
