"""Whether anything is left: every table, index, file and key is looked through in another way than they were erased (PRIVACY 4.7).

Nothing of :mod:`desk.erasing.mentions` or its reader is used here: every row is taken as it lies, whatever its columns are declared to be.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, inspect, text
from sqlalchemy.orm import Session

from core import files
from core.clock import now
from core.erasure_ledger import SEEN
from core.queue import connection, held
from core.settings import settings
from rules.residue import Needles

#: Rows that are read at a time.
LOT = 200
#: What keeps the texts of a lot apart, so that no word, tag or line goes from one into the next: they are looked through at once, and one by one only
#: where something is found.
APART = "\n<>\n"
#: Bytes of an archive that are looked into.
LARGEST = 50_000_000


def tables(db: Session) -> list[str]:
    """All tables, on SQLite those behind a search table too."""
    if db.get_bind().dialect.name == "sqlite":
        return sorted(db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")))
    return sorted(inspect(db.connection()).get_table_names())


def left_in_table(db: Session, needles: Needles, table: str, after: int | None, *, but: int | None) -> tuple[int | None, int]:
    """Of a lot of rows of a table: where to go on after (None: that was all), and how many name the person. ``but``: the row of the operation that
    looks, which still knows whom it is about. The uid of the last erasure is known to whoever replays."""
    key, found, last = _key(db, table), 0, None
    lot = f' {"" if after is None else f"""WHERE "{key}" > :after"""} ORDER BY "{key}" LIMIT {LOT}' if key else ""
    rows = db.execute(text(f'SELECT * FROM "{table}"{lot}').execution_options(yield_per=LOT), {} if after is None else {"after": after})   # noqa: S608 - names of tables are ours
    for lot_of in rows.mappings().partitions(LOT):
        some = [row for row in lot_of if not (table == "operations" and row["id"] == but) and not (table == "options" and row["name"] == SEEN)]
        if _names(needles, APART.join(filter(None, (_text(value) for row in some for value in row.values())))):
            found += sum(any(_names(needles, _text(value)) for value in row.values()) or _packed(needles, row.values()) for row in some)
        else:
            found += sum(_packed(needles, row.values()) for row in some)
        last = lot_of[-1][key] if key and len(lot_of) == LOT else None
    return last, found


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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else ""


def _names(needles: Needles, told: str) -> bool:
    return bool(told) and any(hit.kind == "residue" for hit in needles.scan_text(told))


def _packed(needles: Needles, values: Iterable[Any]) -> bool:
    """Whether bytes among these values name the person, as they are or unpacked."""
    for value in values:
        if isinstance(value, bytes | memoryview):
            raw = bytes(value)
            with suppress(zlib.error):
                raw += b"\n" + zlib.decompress(raw)
            if _certain(needles, raw):
                return True
    return False


def _certain(needles: Needles, data: bytes) -> bool:
    return any(hit.kind == "residue" for hit in needles.scan_bytes(data))


def _key(db: Session, table: str) -> str | None:
    """The number by which the rows of a table are told apart, if there is one."""
    found = inspect(db.connection())
    names = found.get_pk_constraint(table)["constrained_columns"]
    numbers = {one["name"] for one in found.get_columns(table) if isinstance(one["type"], Integer)}
    return names[0] if len(names) == 1 and names[0] in numbers else None
