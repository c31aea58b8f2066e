"""Measures the scan for duplicates: ``python -m bench.identification.duplicates``.

    --persons N    in the register (50 000), three addresses each; one in twenty is there a second time, spelled another way
    --url URL      a PostgreSQL server's database instead of SQLite in a temporary folder (it must be empty)
    --slices       as a worker does it, in slices of seconds; else in one go
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, text

from bench.identification.names import latin, respelt
from bench.identification.register import Register, fill
from contacts import duplicate_scan
from contacts.address import Address, Holding
from contacts.duplicate_pair import DuplicatePair
from contacts.name_keys import NameKey
from contacts.ordering import keys_of_person
from contacts.person import Employment, Person
from core import schema
from core.database import Database, database, new_uid
from core.operations import Operation, Unfinished
from rules.hearing import keys


def main() -> None:
    """Fill, scan, say how long that took, how much memory, and how many of those who are there twice were found."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="skranke-duplicates-") as folder:
        os.environ["SKRANKE_DATA"] = folder
        if asked.url:
            os.environ["SKRANKE_DATABASE_URL"] = asked.url
        schema.upgrade(database())
        register = fill(database(), asked.persons, 3, keep=20)
        twice = _twice(database(), register)
        if database().dialect == "postgresql":
            with database().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        with get_context("spawn").Pool(1) as alone:         # what filling took is not its memory
            print(f"{asked.persons:,} persons on {database().dialect}: {alone.apply(measured, (4.0 if asked.slices else 1e9,))}")
        _told(database(), twice)


def measured(seconds: float) -> str:
    """Scan in slices of so many seconds; how long it took, and the most memory it held."""
    before, began, cpu = _megabytes(), time.monotonic(), time.process_time()
    came = _scan(seconds)
    return (f"{time.monotonic() - began:.1f} s ({time.process_time() - cpu:.1f} s on the processor), {_megabytes():.0f} MB at most "
            f"({before:.0f} before); {came}")


def _scan(seconds: float) -> dict[str, Any]:
    duplicate_scan.SLICE = seconds
    with database().write() as db:
        wanted = duplicate_scan.scan(db).id
    with database().writer() as db:
        operation = db.get_one(Operation, wanted)
        while True:
            try:
                duplicate_scan.run(db, operation)
                db.commit()
                return dict(operation.result)
            except Unfinished:
                continue


def _twice(made: Database, register: Register) -> set[tuple[int, int]]:
    """Every person that was kept is there once more: another spelling, and one of the addresses, the phone or the company the same."""
    random, rows = Random(3), []
    with made.write() as db:
        last = {kind: db.scalar(select(func.max(kind.id))) or 0 for kind in (Person, Address, Holding, Employment)}
        for n, one in enumerate(register.kept, start=1):
            first, family = random.choice((lambda a, b: (a, b), lambda a, b: (latin(a, random), latin(b, random)),
                                           lambda a, b: (a, respelt(b, random))))(one.first, one.last)
            person, how = last[Person] + n, random.choice(("phone" if one.phone else "email", "email", "company" if one.company else "email"))
            db.execute(insert(Person), [{"id": person, "first_name": first, "last_name": family, **keys_of_person(first, family),
                                         "preferred_language": one.language, "created_how": "import"}])
            value = one.phone if how == "phone" else one.emails[0]
            if how == "company":
                db.execute(insert(Employment), [{"id": last[Employment] + n, "person_id": person, "company_id": one.company}])
            else:
                address = db.scalar(select(Address.id).where(Address.kind == how, Address.normalised == value))
                db.execute(insert(Holding), [{"id": last[Holding] + n, "uid": new_uid(), "address_id": address, "person_id": person}])
            db.execute(insert(NameKey), [{"key": key, "person_id": person} for key in keys(f"{first} {family}")])
            rows.append((one.id, person))
    return set(rows)


def _told(made: Database, twice: set[tuple[int, int]]) -> None:
    with made.read() as db:
        found = set(db.execute(select(DuplicatePair.person_id, DuplicatePair.other_id)).all())
    print(f"{len(twice):,} are there twice: {len(found & twice):,} found, and {len(found - twice):,} pairs of others, most of whom share a "
          "name and a company")


def _megabytes() -> float:
    """The most that this process has held since it began; of ``getrusage`` a child inherits its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=50_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--slices", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
