"""``python -m bench``: the desk and its peers on one corpus, goals, and what others reached.

Full runs want a quiet machine and about an hour the first time (the peers are installed and filled);
``--quick`` is a look at everything in some minutes, its figures are not for print.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import corpus
from bench.goals import MILLION
from bench.peers import PEERS
from bench.peers.measuring import measure as measure_peer
from bench.report import report

ROOT = Path(__file__).parents[1]
OURS = "ours"


def main() -> None:
    """Measure what the command line asks for, print the report, keep it as JSON."""
    options = _options()
    mails = corpus.write(options.cache, options.mails)
    run: dict[str, Any] = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": _machine(),
                           "corpus": _described(mails, options.mails), "peers": {}}  # fmt: skip
    if OURS in options.only:
        from bench import ours

        run["ours"] = _guarded(OURS, lambda: ours.measure(options.cache, mails, options.sizes, options.runs, options.url))
    peer_sizes = [size for size in options.sizes if size < MILLION]
    for peer in PEERS:
        if peer.slug in options.only:
            measured = _guarded(peer.name, lambda p=peer: measure_peer(p, options.cache, mails, peer_sizes, options.runs))
            run["peers"][peer.name] = measured
    kept = _keep(run)
    print(report(run))
    print(f"\nKept as {kept}")


def _options() -> argparse.Namespace:
    names = [OURS, *(peer.slug for peer in PEERS)]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 mails, one run, at 0 and 2 000 tickets")
    parser.add_argument("--sizes", type=_numbers, help="tickets stored beforehand, for example 0,20000,1000000")
    parser.add_argument("--mails", type=int, help="size of the corpus")
    parser.add_argument("--runs", type=int, help="runs of each rate; the median counts")
    parser.add_argument("--skip-peers", action="store_true", help="measure ours alone")
    parser.add_argument("--only", action="append", choices=names, help="measure only these (may be repeated)")
    parser.add_argument("--url", default="", help="a PostgreSQL server for our desk instead of SQLite")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "bench", help="environments and filled stores")
    options = parser.parse_args()
    options.mails = options.mails or (200 if options.quick else corpus.SIZE)
    options.runs = options.runs or (1 if options.quick else 3)
    options.sizes = options.sizes or ([0, 2_000] if options.quick else [0, 20_000, MILLION])
    options.only = options.only or ([OURS] if options.skip_peers else names)
    return options


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _guarded(name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """One desk that cannot be measured must not cost the figures of the others."""
    print(f"Measuring {name} ...", file=sys.stderr, flush=True)
    try:
        return measure()
    except Exception as problem:  # one that cannot be measured says why; the others are
        traceback.print_exc()
        return {"name": name, "failed": f"{name} could not be measured: {problem}"}


def _machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cores": cores, "system": platform.platform(terse=True), "python": platform.python_version()}


def _described(mails: Path, count: int) -> dict[str, Any]:
    return {"mails": count, "bytes": sum(one.stat().st_size for one in mails.glob("*.eml")), "seed": corpus.SEED}


def _keep(run: dict[str, Any]) -> Path:
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    kept = folder / f"{run['at'][:16].replace(' ', '-').replace(':', '')}.json"
    kept.write_text(json.dumps(run, indent=1))
    return kept


if __name__ == "__main__":
    main()
