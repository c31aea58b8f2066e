"""Measures who strangers are taken for, and how long that takes: ``python -m bench.identification``.

    --cases N          labelled cases (default 1000)        --persons N    in the register of the cases (20 000)
    --url URL          a PostgreSQL server's database instead of SQLite in a temporary folder (it must be empty)
    --large N          persons of the register for the speed of candidates (1 000 000; 0 leaves it out); they hold three addresses each
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from bench.identification.cases import cases
from bench.identification.measuring import ABLATIONS, accuracy, candidates_speed, exact_speed, printed
from bench.identification.register import fill
from core import schema
from core.database import Database


def main() -> None:
    """Both measurements, one after the other, each in a database of its own."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="skranke-identification-") as folder:
        os.environ.setdefault("SKRANKE_DATA", folder)
        if asked.cases:
            _labelled(_database(asked.url, Path(folder) / "cases.db"), asked.cases, asked.persons)
        if asked.large:
            _speed(_database(asked.url, Path(folder) / "large.db"), asked.large)


def _labelled(database: Database, n: int, persons: int) -> None:
    register = fill(database, persons, 1)
    made = cases(register, n)
    print(f"{len(made)} cases in a register of {persons:,} persons on {database.dialect}")
    for name, ablation in ABLATIONS.items():
        print(printed(name, accuracy(database, made, ablation), in_full=not name.startswith("without")))
    _drop(database)


def _speed(database: Database, persons: int) -> None:
    began = time.monotonic()
    register = fill(database, persons, 3, keep=200)
    print(f"filled {persons:,} persons with {3 * persons:,} mail addresses on {database.dialect} in {time.monotonic() - began:.0f} s")
    if database.dialect == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    print(exact_speed(database, register))
    print(candidates_speed(database, cases(register, 1000, seed=8)))
    _drop(database)


def _database(url: str, path: Path) -> Database:
    made = Database(url or f"sqlite:///{path}")
    schema.upgrade(made)
    return made


def _drop(database: Database) -> None:
    if database.dialect == "postgresql":
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    database.engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
