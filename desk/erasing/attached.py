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
from desk.erasing.contents import Unreadable, texts_in
from desk.erasing.holding_back import Holds
from desk.erasing.mentions import Decisions, Place
from desk.erasing.reading import Reader, Word
from desk.erasing.subject import Subject
from desk.erasing.tombstones import other_messages
from desk.tickets.message import Attachment, Message

INSTEAD = "The content of this file was erased on {day}. It was {size} bytes of {kind}.\n"
#: Uncertain words of one file that are kept: it goes or stays as a whole.
WORDS = 20
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
    return words(reader, content, name, kind, near=near)[0]


def words(reader: Reader, content: bytes, name: str, kind: str, *, near: bool) -> tuple[bool | None, list[Word]]:
    """The same, and by which words: the first that is certain, or those that are not (at most :data:`WORDS`), none of a file that cannot be read."""
    doubt, found = None, list[Word]()
    try:
        for text in texts_in(content, name, kind):
            for hit in reader.read(text, near=near):
                if not hit.review:
                    return False, [hit]
                doubt = True
                if len(found) < WORDS and hit not in found:
                    found.append(hit)
    except Unreadable:
        return (True if near else doubt), found
    return doubt, found


def _review(reader: Reader, row: Any, *, near: bool) -> bool | None:
    try:
        return uncertain(reader, files.get(row.digest), row.name, row.type, near=near)
    except FileNotFoundError:
        return None
