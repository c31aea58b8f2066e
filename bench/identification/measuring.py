"""What is measured of identification: who stands first, who is named in vain, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from sqlalchemy import select

from bench.identification.cases import KINDS, Case
from bench.identification.register import Register
from contacts.identifying import address_row, identify
from contacts.person import Person
from contacts.resembling import candidates
from contacts.stranger import Stranger
from core.database import Database

Ablation = Callable[[Stranger], Stranger]
ABLATIONS: dict[str, Ablation] = {
    "all evidence": lambda stranger: stranger,
    "without names": lambda stranger: replace(stranger, name="", address=f"x@{stranger.address.rpartition('@')[2]}"),
    "without thread evidence": lambda stranger: replace(stranger, traces=(), mentions=()),
    "without phones": lambda stranger: replace(stranger, phones=()),
}
#: Score from which a screen says *probably*.
PROBABLE = 0.5


class Took:
    """How long each of many took: by the clock, and on the processor, which a busy machine does not lengthen (but of PostgreSQL
    it tells our half alone)."""

    def __init__(self) -> None:
        self.times: list[tuple[float, float]] = []

    def __enter__(self) -> None:
        self.began = time.perf_counter(), time.thread_time()

    def __exit__(self, *_raised: object) -> None:
        self.times.append((time.perf_counter() - self.began[0], time.thread_time() - self.began[1]))

    def spread(self, first: int) -> str:
        """In words, without so many at the beginning: caches are empty then."""
        clock, processor = (sorted(1000 * one for one in times) for times in zip(*self.times[first:], strict=True))
        told = [f"p{share} {clock[len(clock) * share // 100]:.2f} ms ({processor[len(clock) * share // 100]:.2f})" for share in (50, 95, 99)]
        return f"{', '.join(told)}; {len(clock)} asked; on the processor in brackets"


@dataclass(slots=True)
class Tally:
    """Of one kind of case: how many, right person first, among those named, nobody named, somebody named as probable."""

    n: int = 0
    first: int = 0
    among: int = 0
    nobody: int = 0
    probable: int = 0


@dataclass(slots=True)
class Result:
    """The tallies by kind, and how many were tied to a person without a click."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    linked: int = 0


def accuracy(database: Database, made: Sequence[Case], ablation: Ablation) -> Result:
    """Ask for the candidates of every case."""
    result = Result({kind: Tally() for kind in KINDS})
    with database.write() as db:
        uids: dict[int, str] = dict(db.execute(select(Person.id, Person.uid).where(
            Person.id.in_([case.person_id for case in made if case.person_id]))).all())
        for case in made:
            found, tally = candidates(db, ablation(case.stranger)), result.kinds[case.kind]
            tally.n += 1
            tally.nobody += not found
            tally.probable += bool(found and found[0]["score"] >= PROBABLE)
            if case.person_id is not None:
                named = [one["person_id"] for one in found]
                tally.first += named[:1] == [uids[case.person_id]]
                tally.among += uids[case.person_id] in named
            result.linked += identify(db, address_row(db, case.stranger.address), own=frozenset()).state != "unknown"
        db.rollback()
    return result


def printed(name: str, result: Result, *, in_full: bool) -> str:
    """Lines to read; one alone unless in full."""
    there = [tally for kind, tally in result.kinds.items() if KINDS[kind][2]]
    nobody = [tally for kind, tally in result.kinds.items() if not KINDS[kind][2]]
    n, first, among = sum(t.n for t in there), sum(t.first for t in there), sum(t.among for t in there)
    lines = [f"\n{name}: right person first in {first / n:.1%} of {n} cases where there is one, among those named in {among / n:.1%}; "
             f"where there is none, nobody named in {sum(t.nobody for t in nobody)} of {sum(t.n for t in nobody)}; "
             f"tied to a person without a click: {result.linked}"]
    if in_full:
        for kind, tally in result.kinds.items():
            right = f"first {tally.first:3}, among {tally.among:3}" if KINDS[kind][2] else "nobody there       "
            lines.append(f"   {kind:24} {tally.n:4} cases: {right}, nobody named {tally.nobody:3}, probable {tally.probable:3}")
    return "\n".join(lines)


def exact_speed(database: Database, register: Register, n: int = 5000) -> str:
    """Who holds an address that is known, asked of all addresses in turn."""
    random, took = Random(2), Took()
    wanted = [random.choice(random.choice(register.kept).emails) for _ in range(n)]
    with database.read() as db:
        for address in wanted:
            with took:
                found = identify(db, address_row(db, address), own=frozenset())
            assert found.state == "known"
            db.expunge_all()
    return f"exact identification among {register.persons * 3:,} addresses: {took.spread(n // 50)}"


def candidates_speed(database: Database, made: Sequence[Case]) -> str:
    """The candidates of strangers, none asked twice."""
    took = Took()
    with database.read() as db:
        for case in made:
            with took:
                candidates(db, case.stranger)
            db.expunge_all()
    return f"candidates: {took.spread(50)}"
