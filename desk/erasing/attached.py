"""Files of others in which the person stands: a file says so in a few words in its place (PRIVACY 4.5). Nothing is blackened in place.

A file that cannot be read and lies where the person takes part is shown to whoever approves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from contacts.file import File
from core import files
from core.clock import now
from core.i18n import N_
from core.operations import Operation
from desk.erasing.contents import Unreadable, texts_in
from desk.erasing.holding_back import Holds
from desk.erasing.mentions import Decisions, Place
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from desk.erasing.tombstones import other_messages
from desk.tickets.message import Attachment, Message

INSTEAD = "The content of this file was erased on {day}. It was {size} bytes of {kind}.\n"
NAMES_THEM = N_("Its file named somebody who was erased. Begin again with a file that does not.")
#: Operations whose file is no text, and states in which nothing is to be done any more.
SEALED, OVER = ("person.erasure", "persons.purge"), ("done", "failed", "cancelled", "undone")
KINDS: dict[str, Any] = {"attachments": Attachment, "contact_files": File}


@dataclass(frozen=True, slots=True)
class Named:
    """A file that names the person, or may (``review``)."""

    row: Any
    digest: str
    review: bool


def named(db: Session, subject: Subject, reader: Reader, table: str, after: int, most: int) -> tuple[int | None, list[Named]]:
    """Of a lot of files those that name the person: where to go on after, and which."""
    rows = _rows(db, subject, table, after, most)
    found = []
    for row, near in rows:
        review = _review(reader, row, near=near)
        if review is not None:
            found.append(Named(row, row.digest, review))
    return (rows[-1][0].id if rows else None), found


def erase_files(
    db: Session, subject: Subject, reader: Reader, table: str, after: int, most: int, decisions: Decisions, holds: Holds,
) -> tuple[int | None, list[str]]:
    """Put a few words in their place: where to go on after, and the digests that are not needed any more."""
    further, found = named(db, subject, reader, table, after, most)
    gone, held = [], holds.among(table, [one.row.id for one in found])
    for one in found:
        if one.row.id in held:
            continue
        if not one.review or decisions.erases(Place(table, one.row.id, "digest", None, "", "", review=True)):
            content = instead(one.row.size, one.row.type).encode()
            kind = KINDS[table]
            db.execute(update(kind).where(kind.id == one.row.id).values(digest=files.put(content), type="text/plain", size=len(content)))
            gone.append(one.digest)
    return further, gone


def erase_inputs(db: Session, operation: Operation, reader: Reader, *, everything: bool) -> None:
    """Files that other operations were given, as an import is: one that names the person goes, and what was to be made of it is not done."""
    held = db.scalars(select(Operation).where(Operation.file.is_not(None), Operation.id != operation.id, Operation.kind.not_in(SEALED))).all()
    for one in held:
        kind = "message/rfc822" if one.kind == "mail.explain" else "application/octet-stream"
        doubt = uncertain(reader, one.file or b"", "", kind, near=True)
        if doubt is False or (doubt and everything):
            one.file = None
            if one.state not in OVER:
                one.state, one.reason, one.lease, one.lease_until, one.ended_at = "failed", NAMES_THEM, "", None, now()
    db.flush()


def instead(size: int, kind: str) -> str:
    """What stands where a file was."""
    return INSTEAD.format(day=now().date().isoformat(), size=size, kind=kind)


def foreseen(table: str, found: Sequence[Named]) -> Iterator[Place]:
    """The same, to be shown before."""
    for one in found:
        yield Place(table, one.row.id, "digest", one.row.uid, f"{one.row.type}, {one.row.size} B", "", one.review)


def _rows(db: Session, subject: Subject, table: str, after: int, most: int) -> list[tuple[Any, bool]]:
    """The next files that do not go whole, each with whether the person takes part where it lies."""
    if table == "contact_files":
        rows = db.scalars(select(File).where(File.id > after, or_(
            File.person_id.is_(None), File.person_id.not_in(subject.persons), File.company_id.is_not(None))).order_by(File.id).limit(most)).all()
        return [(one, one.person_id in subject.persons) for one in rows]
    asked = select(Attachment, subject.takes_part(Message.ticket_id)).outerjoin(Message, Message.id == Attachment.message_id).where(
        Attachment.id > after, or_(Attachment.message_id.is_(None), other_messages(subject))).order_by(Attachment.id).limit(most)
    return [(one, bool(near)) for one, near in db.execute(asked)]


def uncertain(reader: Reader, content: bytes, name: str, kind: str, *, near: bool) -> bool | None:
    """None for a file that does not name the person; whether that is uncertain for one that does, or that may."""
    doubt = None
    try:
        for text in texts_in(content, name, kind):
            for hit in reader.read(text, near=near):
                if not hit.review:
                    return False
                doubt = True
    except Unreadable:
        return True if near else doubt
    return doubt


def _review(reader: Reader, row: Any, *, near: bool) -> bool | None:
    try:
        return uncertain(reader, files.get(row.digest), row.name, row.type, near=near)
    except FileNotFoundError:
        return None
