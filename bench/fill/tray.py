"""Rows that wait to be written, by table, with the ids that they will have."""

from __future__ import annotations

from random import Random
from typing import Any

from sqlalchemy import Table

from bench.fill.sqlite_rows import Statement

SEARCH = ("person_search", "message_search")
Work = list[tuple[str, str, Any]]
"""What to do in this order: ``insert``, ``driver`` or ``update``, the table or the driver's statement, the rows."""


class Tray:
    """Collects rows; ``take`` hands them over in the order in which tables depend on each other."""

    def __init__(self, tables: dict[str, Table], last: dict[str, int], *, sqlite: bool) -> None:
        self.tables, self.last, self.sqlite = tables, dict(last), sqlite
        self.waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in (*tables, *SEARCH)}
        self.changed: dict[str, dict[int, dict[str, Any]]] = {}
        self.written: dict[str, int] = dict(last)
        self.statements: dict[str, Statement] = {}
        self.random = Random()

    def add(self, table: str, /, **row: Any) -> int:
        """Put a row aside; returns its id, the next one of its table."""
        if "id" not in row:
            row["id"] = self.next_id(table)
        self.waiting[table].append(row)
        return int(row["id"])

    def add_keyless(self, table: str, /, **row: Any) -> None:
        """Put a row aside whose key is made of other columns."""
        self.waiting[table].append(row)

    def change(self, name: str, row: dict[str, Any], *columns: str) -> None:
        """These columns of a row that ``add`` took have changed; an update where it was written already."""
        if row["id"] <= self.written.get(name, 0):
            self.changed.setdefault(name, {})[row["id"]] = {"row_id": row["id"], **{c: row[c] for c in columns}}

    def next_id(self, name: str) -> int:
        """The id of the next row of a table."""
        self.last[name] = self.last.get(name, 0) + 1
        return self.last[name]

    def uid(self) -> str:
        """A random name for a row, as ``core.database.new_uid`` makes them, but not from the system's entropy."""
        return f"{self.random.getrandbits(96):024x}"

    def key(self) -> str:
        """What stands for a keyed digest that nobody will look up."""
        return f"{self.random.getrandbits(128):032x}"

    def take(self) -> Work:
        """Everything that waits; the tray is empty afterwards."""
        work: Work = [self._work(name, rows) for name, rows in self.waiting.items() if rows]
        work += [("update", name, list(rows.values())) for name, rows in self.changed.items() if rows]
        self.waiting = {name: [] for name in self.waiting}
        self.changed, self.written = {}, dict(self.last)
        return work

    def _work(self, name: str, rows: list[dict[str, Any]]) -> tuple[str, str, Any]:
        if not self.sqlite or name in SEARCH:
            return "insert", name, rows
        if name not in self.statements:
            self.statements[name] = Statement(self.tables[name], list(rows[0]))
        return "driver", self.statements[name].text, self.statements[name].tuples(rows)
