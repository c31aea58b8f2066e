"""Telling an outage of the database from what was asked of it: an outage is nobody's fault, and nothing is held against a mail."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

#: SQLite's primary result codes: busy, locked, read-only, input or output failed, full, cannot be opened.
SQLITE = {5, 6, 8, 10, 13, 14}
#: Classes and codes of PostgreSQL: connection, resources, system error; shut down, crashed, starting, database dropped; only for
#: reading (a standby); lock not to be had, deadlock, serialisation.
POSTGRESQL = ("08", "53", "58", "57P01", "57P02", "57P03", "57P04", "25006", "55P03", "40P01", "40001")


def is_outage(error: BaseException | None) -> bool:
    """Whether the database was gone, full, locked or on its way up or down, so that the same may succeed later."""
    if not isinstance(error, DBAPIError):
        return False
    if _breaks(error):
        return isinstance(error, OperationalError | InterfaceError)
    code = _code(error)
    return code & 0xFF in SQLITE if isinstance(code, int) else str(code).startswith(POSTGRESQL)


class Outages:
    """Outages that somebody has met one after the other. What breaks the connection may do so each time; a disk that is full
    or a lock that is held is believed however long it takes."""

    def __init__(self, most: int) -> None:
        self.most, self.met = most, 0

    def excuse(self, error: BaseException) -> bool:
        """Whether this error is an outage, and not one too many in a row to be believed to be only that."""
        outage = is_outage(error)
        self.met = 0 if not outage else self.met + 1 if _breaks(error) else self.met
        return outage and self.met <= self.most

    def over(self) -> None:
        """What was to be done was done."""
        self.met = 0


def _breaks(error: BaseException) -> bool:
    """Whether the connection is gone, or no server was there to give a code."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _code(error) is None)


def _code(error: DBAPIError) -> int | str | None:
    return getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
