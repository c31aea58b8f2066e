"""Everything a database holds, row by row, and whether a word is anywhere in it, under whatever column or index."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from desk.erasing import residue as scanner
from rules.residue import Needles

Rows = dict[str, set[str]]


def tables(db: Session) -> list[str]:
    """All tables, on SQLite those that lie behind a search table too."""
    if db.get_bind().dialect.name == "sqlite":
        return list(db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")))
    return inspect(db.connection()).get_table_names()


def rows(db: Session) -> Rows:
    """Table → each of its rows as text."""
    return {name: {_row(row) for row in db.execute(text(f'SELECT * FROM "{name}"')).mappings()} for name in tables(db)}


def residue(db: Session, *words: str) -> list[tuple[str, str]]:
    """Where one of these words is found: table, row."""
    return [(name, row) for name, found in rows(db).items() for row in found if any(word.casefold() in row.casefold() for word in words)]


def left_in(db: Session, needles: Needles) -> dict[str, int]:
    """What the desk's own scanner finds in every table, lot by lot: place → how many."""
    found: dict[str, int] = {}
    for name in scanner.tables(db):
        after = None
        while True:
            after, count = scanner.left_in_table(db, needles, name, after, but=None)
            if count:
                found[name] = found.get(name, 0) + count
            if after is None:
                break
    return found


def _row(row: Any) -> str:
    return "\n".join(f"{name}={_value(value)}" for name, value in row.items())


def _value(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        with suppress(zlib.error):
            raw += zlib.decompress(raw)
        return raw.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
