"""Empty places to restore into, and what is in a database, to be compared."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, select, text

from core import schema
from core.database import Database


@contextmanager
def empty_database(url: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of the same kind as that of ``url``."""
    name = f"skranke_restored_{secrets.token_hex(4)}"
    if url.startswith("sqlite"):
        yield f"sqlite:///{folder / name}.db"
        return
    administer(url, f"CREATE DATABASE {name}")
    yield f"{url.rsplit('/', 1)[0]}/{name}"
    administer(url, f"DROP DATABASE {name} WITH (FORCE)")


def administer(url: str, statement: str) -> None:
    address = url.replace("+psycopg", "").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address.rsplit("/", 1)[0] + "/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def rows(made: Database, *leave_out: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, in the order of their keys; not how often somebody's sessions were ended, which a restore does."""
    with made.read() as db:
        return {table.name: [tuple(row) for row in db.execute(
            select(*(column for column in table.columns if column.name != "session_version")).order_by(*table.primary_key.columns))]
                for table in schema.metadata().sorted_tables if table.name not in leave_out}
