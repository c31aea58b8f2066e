"""A copy of the database as it is at one moment, while the desk runs: SQLite by its online backup, PostgreSQL by ``pg_dump``.

What is counted and looked up for the manifest is read in the very snapshot that is copied.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlean
from alembic.migration import MigrationContext
from sqlalchemy import func, make_url, select, text
from sqlalchemy.orm import Session

from core import erasure_ledger, schema
from core.database import Database
from core.errors import Refused
from jobs import cleaning

#: What a copy is called in an archive.
NAMES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
PAGES = 2000
#: Where a restore puts aside what was there; no copy has it.
ASIDE = "replaced_"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is in a copy: its migration, rows of each table, files that are named, and the last entry of the erasure ledger."""

    head: str
    counts: dict[str, int]
    digests: frozenset[str]
    erasures: int


def take(made: Database, into: Path, tell: Callable[[float], object]) -> Snapshot:
    """Write a copy; ``tell`` is called with how much of it is done, 0 to 1, where that is known. Raises Refused."""
    if made.dialect == "postgresql":
        return _dump(made, into)
    with made.read() as db:
        snapshot = _look(db)                # from here on the transaction sees one moment, and so does the copy of its connection
        source = db.connection().connection.driver_connection
        copy = sqlean.connect(str(into))
        try:
            source.backup(copy, pages=PAGES, sleep=0, progress=lambda _, left, all_: tell(1 - left / max(1, all_)))  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE")          # one file
        finally:
            copy.close()
    return snapshot


def put_back(made: Database, copy: Path) -> None:
    """Fill an empty PostgreSQL from a copy, all of it or nothing."""
    _run("pg_restore", made, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(copy))


def counted(made: Database, tables: Sequence[str]) -> dict[str, int]:
    """Rows of each table, by its name, whether this program knows it or not."""
    with made.read() as db:
        quote = made.engine.dialect.identifier_preparer.quote
        return {name: db.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0 for name in tables}  # noqa: S608 - names are quoted


def _dump(made: Database, into: Path) -> Snapshot:
    with _frozen(made) as db:
        snapshot = _look(db)
        name = db.scalar(text("SELECT pg_export_snapshot()"))
        _run("pg_dump", made, "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--exclude-schema={ASIDE}*",
             f"--snapshot={name}", f"--file={into}")
    return snapshot


@contextmanager
def _frozen(made: Database) -> Iterator[Session]:
    with made.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection, Session(connection) as db:
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield db


def _look(db: Session) -> Snapshot:
    head = MigrationContext.configure(db.connection()).get_current_heads()
    counts = {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in schema.metadata().sorted_tables}
    return Snapshot("".join(head), counts, frozenset(cleaning.named(db)), erasure_ledger.last_seen(db))


def _run(program: str, made: Database, *words: str) -> None:
    """Let a program of PostgreSQL work on the database. Its password is in no list of processes. Raises Refused."""
    if (found := shutil.which(program)) is None:
        raise Refused(f"{program} was not found. Install PostgreSQL's client programs (Debian: postgresql-client), of the server's version or "
                      "later, and see that they are on PATH.")
    url = made.engine.url
    address = make_url(url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [found, *words, f"--dbname={address}"]
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,  # noqa: S603 - words of ours
                          stderr=subprocess.PIPE, text=True, errors="replace") as running:
        try:
            said = running.communicate()[1]
        except BaseException:
            running.terminate()
            raise
    if running.returncode:
        raise Refused(f"{program} did not succeed: {said.strip() or f'it ended with {running.returncode}'}")
