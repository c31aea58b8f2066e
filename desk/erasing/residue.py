"""Whether anything is left: every table, index, file and key is looked through in another way than they were erased (PRIVACY 4.7).

Nothing of :mod:`desk.erasing.mentions` or its reader is used here: every row is taken as it lies, whatever its columns are declared to be.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from core import files
from core.clock import now
from core.erasure_ledger import SEEN
from core.queue import connection, held
from core.settings import settings
from rules.residue import Needles

#: Rows that are read at a time.
LOT = 1000
#: Bytes of an archive that are looked into.
LARGEST = 50_000_000


def tables(db: Session) -> list[str]:
    """All tables, on SQLite those behind a search table too."""
    if db.get_bind().dialect.name == "sqlite":
        return sorted(db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")))
    return sorted(inspect(db.connection()).get_table_names())


def left_in_table(db: Session, needles: Needles, table: str, *, but: int | None) -> int:
    """How many rows of a table name the person. ``but``: the row of the operation that looks, which still knows whom it is about. The uid of
    the last erasure is known to whoever replays."""
    found = 0
    rows = db.execute(text(f'SELECT * FROM "{table}"').execution_options(yield_per=LOT))   # noqa: S608 - names of tables are ours
    for row in rows.mappings():
        if (table == "operations" and row["id"] == but) or (table == "options" and row["name"] == SEEN):
            continue
        found += any(_names(needles, value) for value in row.values())
    return found


def left_in_files(needles: Needles) -> int:
    """How many of the files that are kept name the person."""
    found = 0
    for digests in files.older(now() + timedelta(days=1)):
        for one in digests:
            with suppress(FileNotFoundError):
                found += any(_certain(needles, part) for part in _parts(files.get(one)))
    return found


def left_in_logs(needles: Needles) -> int:
    """How many logs that lie in the data folder name the person. The desk itself writes to standard error; who keeps that keeps it elsewhere."""
    return sum(any(hit.kind == "residue" for hit in needles.scan_file(one)) for one in settings().data.absolute().rglob("*.log*") if one.is_file())


def left_in_redis(needles: Needles) -> int:
    """How many keys of Redis name the person, in their name or in what they hold; none while it is away."""
    client = connection()
    if client is None:
        return 0
    found = 0
    for key in client.scan_iter(count=500):
        found += any(_certain(needles, value) for value in (key, client.dump(key) or b"", *held(client, key)))
    return found


def _parts(content: bytes) -> Iterator[bytes]:
    """A file, and what is packed in it."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error), zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) <= LARGEST:
                for one in packed.infolist():
                    yield one.filename.encode() + b"\n" + packed.read(one)


def _names(needles: Needles, value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and any(hit.kind == "residue" for hit in needles.scan_text(value))
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        with suppress(zlib.error):
            raw += b"\n" + zlib.decompress(raw)
        return _certain(needles, raw)
    if isinstance(value, dict | list):
        return _names(needles, json.dumps(value, ensure_ascii=False))
    return False


def _certain(needles: Needles, data: bytes) -> bool:
    return any(hit.kind == "residue" for hit in needles.scan_bytes(data))
