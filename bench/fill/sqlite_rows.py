"""Rows for SQLite's own driver: the values that SQLAlchemy would bind, made in a third of the time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from core.database import Moment

Convert = Callable[[Any], Any]


class Statement:
    """An insert of some columns of a table, as the driver takes it: text, and tuples made of rows."""

    def __init__(self, table: Table, columns: list[str]) -> None:
        defaults = [column for column in table.columns if column.key not in columns and column.default is not None]
        self.columns, self.fixed = columns, tuple(_plain(column.default.arg) for column in defaults)  # type: ignore[union-attr]
        names = ", ".join(f'"{name}"' for name in (*columns, *(column.name for column in defaults)))
        places = ", ".join("?" * (len(columns) + len(defaults)))
        self.text = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'
        self.converts = [_convert(table, name) for name in columns]

    def tuples(self, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """The rows in the order of the statement's places."""
        told = list(zip(self.columns, self.converts, strict=True))
        return [
            tuple([convert(row[name]) if convert else row[name] for name, convert in told]) + self.fixed for row in rows
        ]


def _convert(table: Table, name: str) -> Convert | None:
    kind = table.columns[name].type
    if isinstance(kind, Moment):
        return _moment
    return _Json() if kind.__class__.__name__ == "JSON" else None


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")


class _Json:
    """Texts of values; those of verdicts and the like, which many rows share, are remembered."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Any, str]] = {}

    def __call__(self, value: Any) -> str:
        found = self.known.get(id(value))
        if found is not None and found[0] is value:
            return found[1]
        text = json.dumps(value)
        if len(self.known) < 10_000:
            self.known[id(value)] = (value, text)
        return text


def _plain(default: Any) -> Any:
    """A default that is the same for every row. Raises TypeError for one that is worked out."""
    if callable(default):
        raise TypeError(f"{default} differs from row to row: give the column a value")
    return default
