"""What a database keeps of rows that are gone: pages that nobody uses, and the log of what was written (PRIVACY 3, search)."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import Session

#: Bytes of a SQLite database above which it is not written anew meanwhile: that takes the lock for too long.
LARGEST = 2_000_000_000


def sweep(db: Session) -> str:
    """Leave nothing behind in the file; the caller has committed. What could be done: ``rewritten``, ``vacuumed``, or ``later`` where a database
    is too large for it, or in use.

    SQLite: the file is written anew, and the write-ahead log cut. PostgreSQL: dead rows are cleared away; its own log keeps old pages until it is
    recycled.
    """
    db.commit()
    engine = db.get_bind().engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
        return "vacuumed"
    kept = engine.raw_connection()
    try:
        return _rewrite(kept.cursor())
    finally:
        kept.close()


def _rewrite(cursor: DBAPICursor) -> str:
    """On a bare connection: one of ours would begin a transaction, in which a file cannot be rewritten."""
    cursor.execute("PRAGMA query_only=0")
    if _size(cursor) > LARGEST:
        return "later"
    cursor.execute("VACUUM")
    return "later" if _number(cursor, "wal_checkpoint(TRUNCATE)") else "rewritten"


def _size(cursor: DBAPICursor) -> int:
    return _number(cursor, "page_count") * _number(cursor, "page_size")


def _number(cursor: DBAPICursor, pragma: str) -> int:
    """The first value that a pragma answers."""
    cursor.execute(f"PRAGMA {pragma}")
    row = cursor.fetchone()
    return int(row[0]) if row else 0
