"""A file of persons imported as a worker does it: looked through, approved, written, taken back; and what that costs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from bench.identification.names import MEN, WOMEN
from contacts.agent import Agent
from contacts.importing_choices import begin_import, choose_columns
from contacts.importing_files import written
from core.database import database
from core.operations import Operation, OperationItem
from desk.operating import act_on
from jobs import operations as job

HEADER = ("First name", "Last name", "E-mail", "Phone", "Mobile", "Company", "Position", "Language")
FIRST = WOMEN + MEN
#: Rows of one company.
TOGETHER = 5


def imported(rows: int, *, undone: bool = False) -> str:
    """Seconds and seconds of work of each step, and the memory at its height."""
    raw, mark = written([HEADER, *_rows(rows)]).encode(), time.time_ns()
    with database().write() as db:
        by = db.scalars(select(Agent).order_by(Agent.id).limit(1)).one()
        operation = begin_import(db, "persons", raw.replace(b"@MARK", f"@{mark}".encode()), "bench.csv", by=by)
        choose_columns(db, operation, operation.given["columns"])
    told = [f"looked through in {_worked(operation.id, 'planned')}"]
    for act, state in (("approve", "done"), *((("undo", "undone"),) if undone else ())):
        with database().write() as db:
            act_on(db, db.get_one(Operation, operation.id), act, by=db.get_one(Agent, by.id))
        told.append(f"{act}: {_worked(operation.id, state)}")
    with database().read() as db:
        counted = dict(db.execute(select(OperationItem.state, func.count()).where(OperationItem.operation_id == operation.id).group_by(
            OperationItem.state)).all())
    memory = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024      # what getrusage says begins with the parent's
    return f"{rows:,} rows, {len(raw) / 1e6:.0f} MB: {', '.join(told)}; {counted}; at most {memory:.0f} MB"


def _worked(operation_id: int, state: str) -> str:
    """Let a worker do it, slice by slice, as it is rung for."""
    began, work = time.monotonic(), time.process_time()
    while True:
        job.run()
        with database().read() as db:
            operation = db.get_one(Operation, operation_id)
        if operation.state == state:
            return f"{time.monotonic() - began:.0f} s ({time.process_time() - work:.0f} s of work)"
        if operation.state not in ("approved", "running"):
            raise RuntimeError(f"{operation.state}: {operation.reason}")


def _rows(many: int) -> Iterator[tuple[str, ...]]:
    for n in range(many):
        first, last = FIRST[n % len(FIRST)], f"{FIRST[n // 7 % len(FIRST)]}s{('sen', 'dotter', 'vik', 'berg', 'lund')[n // 3 % 5]}"
        company = f"Import {n // TOGETHER} AS"
        yield (first, last, f"p{n}@MARK.example", f"+47 22 {n // 10_000 % 90 + 10:02} {n // 100 % 100:02} {n % 100:02}", f"+47 9{n % 10_000_000:07}", company,
               "Chief" if n % TOGETHER == 0 else "", "nb" if n % 2 else "")
