"""How the bench speaks with a peer: commands in, one line of JSON out.

Runs inside the peer's own environment, so it needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from bench.corpus import Mail, read


class Adapter(Protocol):
    """What a peer's module offers; ``home`` is the folder of one installation of it."""

    def prepare(self, home: Path, tickets: int) -> dict[str, Any]:
        """Set the peer up in an empty folder and really store this many tickets."""

    def inbound(self, home: Path, mails: Path) -> dict[str, Any]:
        """Feed the corpus to the peer inside this process: rate, and how many tickets and messages it made."""

    def session(self, home: Path) -> dict[str, Any]:
        """A signed-in cookie, and for every kind of page the paths to ask for."""

    def serve(self, home: Path, port: int) -> None:
        """Become the peer's production server on this port."""


def main(adapter: Adapter) -> None:
    """Obey one command line: the name of one of the adapter's functions, ``HOME``, and what it is given.

    ``serve`` never returns; what any other command answers is printed as the last line.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("home", type=Path)
    parser.add_argument("--tickets", type=int)
    parser.add_argument("--mails", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--run")
    parser.add_argument("--profiled", action="store_true", default=None)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    answer = getattr(adapter, given.pop("command"))(**given)
    sys.stdout.flush()
    print("\n" + json.dumps(answer))


def feed(folder: Path, take: Callable[[Mail], None]) -> dict[str, Any]:
    """Give every mail of the corpus to ``take`` and time it; reading the files is not counted.

    Returns mails, seconds, seconds of the processor, rate (mails/s), the p50 and p95 of one mail in ms, peak memory.
    """
    spent: list[float] = []
    cpu = time.process_time()
    for mail in read(folder):
        begin = time.perf_counter()
        take(mail)
        spent.append(time.perf_counter() - begin)
    return {
        "mails": len(spent),
        "seconds": sum(spent),
        "cpu_seconds": time.process_time() - cpu,
        "rate": len(spent) / sum(spent),
        "p50_ms": 1000 * statistics.median(spent),
        "p95_ms": 1000 * statistics.quantiles(spent, n=20)[-1],
        "peak_mb": peak_memory(),
    }


def peak_memory() -> float | None:
    """The most resident memory this process has had, in MB; ``None`` off Linux.

    (``getrusage`` would count what its parent had before this program took its place.)
    """
    status = Path("/proc/self/status")
    found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.M) if status.exists() else None
    return int(found[1]) * 1024 / 1e6 if found else None


def tagged(raw: bytes, subject: str, tag: str) -> bytes:
    """The mail with the peer's own mark in its subject, as its users see it once the peer has answered them.

    The mark goes behind the reply prefix; the subject is written as one encoded word per line.
    """
    from email.header import Header

    prefix, _, rest = subject.partition(": ")
    encoded = Header(f"{prefix}: {tag} {rest}", "utf-8", header_name="Subject").encode(linesep="\r\n")
    head, blank, body = raw.partition(b"\r\n\r\n")
    lines, skipping = [], False
    for line in head.split(b"\r\n"):
        skipping = line.startswith(b"Subject:") or (skipping and line[:1] in b" \t")
        if not skipping:
            lines.append(line)
    lines.append(b"Subject: " + encoded.encode("ascii"))
    return b"\r\n".join(lines) + blank + body
