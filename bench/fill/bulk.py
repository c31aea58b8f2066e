"""Writes rows by the thousand: no indexes meanwhile, no foreign keys to look up, one transaction a batch."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Index, bindparam, insert, text, update

from bench.fill.tray import SEARCH, Work
from core.database import Database
from core.schema import metadata

_SEARCH = {
    "sqlite": {
        "person_search": "INSERT INTO person_search (rowid, body) VALUES (:id, :body)",
        "message_search": "INSERT INTO message_search (rowid, body, ticket_id) VALUES (:id, :body, :ticket)",
    },
    "postgresql": {
        "person_search": "INSERT INTO person_search (id, body) VALUES (:id, :body)",
        "message_search": (
            "INSERT INTO message_search (id, ticket_id, words) VALUES (:id, :ticket, to_tsvector('simple', :body))"
        ),
    },
}
#: PostgreSQL is given the words that the desk cuts (core.search); the bodies are folded already.
WORD = re.compile(r"[^\W_]+")
_FAST = ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-1500000", "wal_autocheckpoint=100000")
_SAFE = ("wal_checkpoint(TRUNCATE)", "foreign_keys=ON", "synchronous=FULL", "cache_size=-32000", "wal_autocheckpoint=1000")


class Bulk:
    """A connection that takes work off trays; indexes are gone while it is open."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tables = {table.name: table for table in metadata().sorted_tables}

    def last_ids(self) -> dict[str, int]:
        """The greatest id of every table that counts."""
        counting = [name for name, table in self.tables.items() if "id" in table.columns]
        with self.connection.begin():
            return {name: self.connection.scalar(text(f'SELECT max(id) FROM "{name}"')) or 0 for name in counting}

    def write(self, work: Work) -> None:
        """Do the work of one batch, and commit."""
        with self.connection.begin():
            for what, name, rows in work:
                match what:
                    case "driver":
                        self.connection.exec_driver_sql(name, rows)
                    case "update":
                        self._update(name, rows)
                    case _:
                        self._insert(name, rows)

    def __enter__(self) -> Self:
        self.connection = self.database.engine.execution_options(skranke="write").connect()
        self._pragmas(_FAST)
        with self.connection.begin():
            for index in self._indexes():
                index.drop(self.connection, checkfirst=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, where: TracebackType | None) -> None:
        with self.connection.begin():
            for index in self._indexes():
                index.create(self.connection, checkfirst=True)
        self._tell_sequences()
        self._pragmas(_SAFE)
        self.connection.close()
        self.database.engine.dispose()

    def _insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        statement = text(_SEARCH[self.database.dialect][name]) if name in SEARCH else insert(self.tables[name])
        if name == "message_search" and self.database.dialect == "postgresql":
            rows = [{**row, "body": " ".join(WORD.findall(row["body"]))} for row in rows]
        self.connection.execute(statement, rows)

    def _update(self, name: str, rows: list[dict[str, Any]]) -> None:
        table = self.tables[name]
        values = {column: bindparam(column) for column in rows[0] if column != "row_id"}
        self.connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(values), rows)

    def _indexes(self) -> list[Index]:
        """Indexes that only make reading faster; those that keep rows unique stay."""
        return [index for table in self.tables.values() for index in sorted(table.indexes, key=str) if not index.unique]

    def _pragmas(self, pragmas: tuple[str, ...]) -> None:
        """Outside any transaction, where SQLite takes them."""
        if self.database.dialect == "sqlite":
            cursor = self.connection.connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    def _tell_sequences(self) -> None:
        """PostgreSQL counts by itself; it has to know what we gave out."""
        if self.database.dialect != "postgresql":
            return
        last = {name: greatest for name, greatest in self.last_ids().items() if greatest}
        with self.connection.begin():
            for name, greatest in last.items():
                told = {"name": name, "last": greatest}
                self.connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), told)
