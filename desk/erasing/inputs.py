"""Files that other operations were given, as an import is while it waits: one that names the person goes whole, and what was to be made of it is not done.

Where that is not certain it is asked about, as in every other text: each word in its place, and one that is the person lets the file go.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import N_
from core.operations import Operation, OperationItem
from desk.erasing.attached import words
from desk.erasing.mentions import Decisions, Place
from desk.erasing.reading import Reader, Word

NAMES_THEM = N_("Its file named somebody who was erased. Begin again with a file that does not.")
#: Operations whose file is no text, and states in which nothing is to be done any more.
SEALED, OVER = ("person.erasure", "persons.purge"), ("done", "failed", "cancelled", "undone")
TABLE, COLUMN = Operation.__tablename__, "file"


def foresee_input(db: Session, operation: Operation, reader: Reader, after: int) -> tuple[int | None, list[Place]]:
    """The places in the next file: where to go on after, and those words; one place where it is certain that it goes, or where it cannot be read."""
    given = _next(db, operation, after)
    if given is None:
        return None, []
    doubt, found = _read(reader, given)
    if doubt is None:
        return given.id, []
    shown = found or [Word(f"{given.given.get('file', given.kind)}, {len(given.file or b'')} B", "", (0, 0), True)]
    return given.id, [Place(TABLE, given.id, COLUMN, given.uid, one.before, "", doubt, one.at) for one in shown]


def erase_input(db: Session, operation: Operation, reader: Reader, after: int, decisions: Decisions) -> int | None:
    """The next file, which goes where it names the person: where to go on after."""
    given = _next(db, operation, after)
    if given is None:
        return None
    doubt, _found = _read(reader, given)
    if doubt is False or (doubt and _is_them(db, given, decisions)):
        given.file = None
        if given.state not in OVER:
            given.state, given.reason, given.lease, given.lease_until, given.ended_at = "failed", NAMES_THEM, "", None, now()
        db.flush()
    return given.id


def _is_them(db: Session, given: Operation, decisions: Decisions) -> bool:
    """Whether somebody has said that uncertain words in the file are the person, or those in a row that was read of it."""
    if decisions.erases(Place(TABLE, given.id, COLUMN, None, "", "", review=True)):
        return True
    rows = sorted(row for table, row in decisions.rows() if table == OperationItem.__tablename__)
    return any(db.scalar(select(OperationItem.id).where(OperationItem.operation_id == given.id, OperationItem.id.in_(rows[start:start + 500])).limit(1))
               for start in range(0, len(rows), 500))


def _next(db: Session, operation: Operation, after: Any) -> Operation | None:
    return db.scalar(select(Operation).where(Operation.id > after, Operation.file.is_not(None), Operation.id != operation.id, Operation.kind.not_in(
        SEALED)).order_by(Operation.id).limit(1))


def _read(reader: Reader, given: Operation) -> tuple[bool | None, list[Word]]:
    kind = "message/rfc822" if given.kind == "mail.explain" else "application/octet-stream"
    return words(reader, given.file or b"", "", kind, near=True)
