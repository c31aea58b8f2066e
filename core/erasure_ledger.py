"""The erasure ledger: what was erased for good, by uid, in a file outside the database.

A database that comes back from a backup does not know what was erased after it was made. The ledger does: it says no more than
table, uid, operation and time, nothing about a person. The database remembers which entries were carried out in it; while it lags
behind, no port is opened (:func:`refuse_if_behind`), until :func:`replay` has erased again. Its first line says that it was begun, so that
a database of before the first erasure knows that there is a ledger, and whose. PRIVACY.md section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from core import schema
from core.clock import now
from core.database import Database, new_uid, take_turns
from core.errors import Refused
from core.i18n import gettext as _
from core.journal import Journal
from core.options import OptionRow
from core.settings import settings

#: Table, or ``table:operation`` where that is something else than all others → what erases the record with this uid in a database, once more,
#: however far it is already. Filled by whoever erases, in the order in which it is done: persons first, for what others say of their company is
#: found by its name.
REPLAY: dict[str, Callable[[Database, str], None]] = {}
#: Where the database remembers; no admin switches it.
SEEN = "erasures.carried_out"
BATCH = 500
#: With the uid of a person behind it, the operation of rows in which words went of which somebody had said that they are that person. Nothing is
#: done for these entries alone: whoever erases the person once more asks for them (:func:`said_of`).
WORDS = "words:"
#: The operation of the first entry, which erases nothing: its uid is the ledger's own.
BEGIN = "begin"


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure: ``n`` counts from 1, ``operation`` is ``erase``, ``purge`` ..., ``at`` a moment like ``2026-11-28T22:00:00Z``."""

    n: int
    table: str
    uid: str
    operation: str
    at: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was carried out in a database: every entry up to ``through``, whose uid is ``uid``, and some ``beyond`` it."""

    through: int = 0
    uid: str = ""
    beyond: frozenset[int] = frozenset()


def path() -> Path:
    """Where the ledger lies."""
    return Path(settings().erasure_ledger) if settings().erasure_ledger else settings().data.absolute() / "erasures.jsonl"


def write(table: str, uid: str, operation: str) -> Entry:
    """One entry, on the disk when this returns. Whoever erases in a database calls :func:`record` instead."""
    return write_all(table, [uid], operation)[0]


def write_all(table: str, uids: Sequence[str], operation: str) -> list[Entry]:
    """An entry for each, all or none. Raises OSError."""
    at = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    return [Entry(**line) for line in Journal(path()).append(
        [{"table": table, "uid": uid, "operation": operation, "at": at} for uid in uids])]


def entries(after: int = 0) -> Iterator[Entry]:
    """Entries with a greater number, in order. Raises Refused where the file is damaged or cannot be read."""
    n = after
    try:
        for line in Journal(path()).read(after):
            yield Entry(**line)
            n += 1
    except TypeError as error:
        raise Refused(_("Line %(n)s of %(file)s cannot be read. Put the file back from a copy.", n=n + 1, file=path())) from error
    except OSError as error:
        raise Refused(_("The erasure ledger %(file)s cannot be read: %(error)s.", file=path(), error=error.strerror or error)) from error


def own() -> str:
    """The uid of its first entry, by which one ledger is known from another; empty where there is none."""
    return next((entry.uid for entry in entries()), "")


def begin(database: Database) -> None:
    """Before a desk takes in anybody: the ledger is there, and its database knows it. Does nothing where either has an entry already.

    Raises OSError where it cannot be written.
    """
    with database.read() as db:
        if not inspect(db.connection()).has_table(OptionRow.__tablename__) or _seen(db) != Seen():
            return
    with database.write() as db:
        take_turns(db, SEEN)
        if _seen(db) == Seen():
            first = next(entries(), None) or write("", new_uid(), BEGIN)
            if first.operation == BEGIN:
                _mark(db, [first])


def contains(uid: str) -> bool:
    """Whether something with this uid was erased."""
    try:
        stat = path().stat()
    except FileNotFoundError:
        return False
    return uid in _uids(path(), stat.st_ino, stat.st_size, stat.st_mtime_ns)


def said_of(uid: str) -> dict[str, list[str]]:
    """Table → uids of the rows of which somebody had said that words in them are this person."""
    found: dict[str, list[str]] = {}
    for entry in entries():
        if entry.operation == WORDS + uid:
            found.setdefault(entry.table, []).append(entry.uid)
    return found


def record(db: Session, table: str, uids: Sequence[str], operation: str) -> None:
    """Note that these are being erased in the caller's transaction, as the last thing before it commits.

    What is in the ledger already, for the same table and operation, is not written twice: a job that was killed here comes again. A
    transaction that is rolled back afterwards leaves the database behind the ledger, and what it had to do is done by whoever
    replays. Raises Refused where the ledger is not this database's.
    """
    take_turns(db, SEEN)
    behind(db)
    wanted = set(uids)
    known = [entry for entry in entries() if entry.uid in wanted and (entry.table, entry.operation) == (table, operation)] \
        if operation.startswith(WORDS) or any(map(contains, wanted)) else []
    new = [uid for uid in dict.fromkeys(uids) if uid not in {entry.uid for entry in known}]
    _mark(db, [*known, *(write_all(table, new, operation) if new else [])])


def behind(db: Session) -> list[Entry]:
    """Entries that were not carried out in this database. Raises Refused where the ledger is missing, or ends before what was."""
    seen = _seen(db)
    found = list(entries(max(0, seen.through - 1)))
    numbers = {entry.n: entry for entry in found}
    last = numbers.get(seen.through)
    if (seen.through and (last is None or last.uid != seen.uid)) or not seen.beyond <= set(numbers):
        raise Refused(_("The erasure ledger %(file)s is missing or cut short, or it is another desk's: %(n)s of its erasures were carried out in this "
                        "database. Put it back from its copy, or name it in SKRANKE_ERASURE_LEDGER. Where it is lost for good: skranke db replay "
                        "--ledger-lost", file=path(), n=last_seen(db)))
    return [entry for entry in found if entry.n > seen.through and entry.n not in seen.beyond]


def last_seen(db: Session) -> int:
    """The last entry that was carried out in this database, 0 for none."""
    seen = _seen(db)
    return max(seen.beyond, default=seen.through)


def refuse_if_behind(database: Database) -> None:
    """Raises Refused while the database lags behind the ledger. An erasure that commits at this moment is waited for."""
    with database.read() as db:
        lags = behind(db)
    if lags:
        with database.write() as db:
            take_turns(db, SEEN)
            lags = behind(db)
    if lags:
        raise Refused(_("The database is behind the erasure ledger: %(n)s erasures of %(file)s are not carried out in it, as after restoring a "
                        "backup. Run: skranke db replay", n=len(lags), file=path()))


def replay(database: Database) -> int:
    """Carry out in this database what the ledger says and it does not know; how many erasures.

    What is not in the database needs nothing. Raises Refused where something is and nobody knows how to erase it.
    """
    with database.read() as db:
        lags = behind(db)
    for start in range(0, len(lags), BATCH):
        batch = lags[start:start + BATCH]
        for entry in _there(database, [one for one in batch if one.operation != BEGIN and not one.operation.startswith(WORDS)]):
            again = REPLAY.get(f"{entry.table}:{entry.operation}", REPLAY.get(entry.table))
            if again is None:
                raise Refused(_("Entry %(n)s of the erasure ledger %(file)s erases a row of “%(table)s”, and this program does not know how. Install "
                                "the version that wrote it.", n=entry.n, file=path(), table=entry.table))
            again(database, entry.uid)
        with database.write() as db:
            take_turns(db, SEEN)
            _mark(db, batch)
    return sum(entry.operation != BEGIN for entry in lags)


def begin_anew(database: Database) -> None:
    """The ledger that this database knew is lost for good: go by the file that there is, from its first line, or by none."""
    with database.write() as db:
        take_turns(db, SEEN)
        _keep(db, Seen())


def _there(database: Database, batch: Sequence[Entry]) -> list[Entry]:
    """Entries whose row is in the database, or whose table this program does not know; tables in the order of ``REPLAY``."""
    tables, found = schema.metadata().tables, set()
    with database.read() as db:
        for name, group in groupby(sorted(batch, key=lambda entry: entry.table), key=lambda entry: entry.table):
            uids = [entry.uid for entry in group]
            there = uids if name not in tables else db.scalars(select(tables[name].c.uid).where(tables[name].c.uid.in_(uids))).all()
            found |= {(name, uid) for uid in there}
    order = {name: n for n, name in enumerate(REPLAY)}
    return sorted((entry for entry in batch if (entry.table, entry.uid) in found), key=lambda entry: order.get(entry.table, len(order)))


def _seen(db: Session) -> Seen:
    if not inspect(db.connection()).has_table(OptionRow.__tablename__):
        return Seen()           # a database without tables
    value = db.scalar(select(OptionRow.value).where(OptionRow.name == SEEN, OptionRow.mailbox_uid == ""))
    return Seen(value["through"], value["uid"], frozenset(value["beyond"])) if value else Seen()


def _mark(db: Session, carried_out: Sequence[Entry]) -> None:
    """These were carried out. Whoever writes into the ledger may commit after whoever came later, or never: numbers leave gaps."""
    seen = _seen(db)
    through, uid, beyond = seen.through, seen.uid, {*seen.beyond, *(entry.n for entry in carried_out if entry.n > seen.through)}
    for entry in entries(through):
        if entry.n not in beyond:
            break
        through, uid = entry.n, entry.uid
        beyond.discard(entry.n)
    _keep(db, Seen(through, uid, frozenset(beyond)))


def _keep(db: Session, seen: Seen) -> None:
    value = {"through": seen.through, "uid": seen.uid, "beyond": sorted(seen.beyond)}
    row = db.scalar(select(OptionRow).where(OptionRow.name == SEEN, OptionRow.mailbox_uid == "").execution_options(populate_existing=True))
    if row is None:
        db.add(OptionRow(name=SEEN, mailbox_uid="", value=value))
    else:
        row.value = value
    db.flush()


@lru_cache(maxsize=2)
def _uids(_path: Path, _inode: int, _size: int, _written: int) -> frozenset[str]:
    """All uids of the ledger, but of rows that stay without some words, as long as the file is the same."""
    return frozenset(entry.uid for entry in entries() if not entry.operation.startswith(WORDS))
