"""What the person wrote, and what was said to them on their own tickets: its content goes, that it was stays (PRIVACY 2).

A ticket and its messages keep when, where and in which language, so that the desk's figures and other people's threads still hold. Ledgers keep
their rows, so that every delivery is accounted for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, func, not_, or_, select, update
from sqlalchemy.orm import Session

from core import search
from core.among import among
from core.clock import now
from core.i18n import N_
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from desk.tickets.forgetting import KEPT_OF_VERDICT, blank, blank_inbound, blank_outbound, narrowed
from desk.tickets.message import Attachment, Draft, Message
from desk.tickets.ticket import Participant, Tag, Ticket
from rules.redaction import TOKEN

GONE = N_("The content was erased on %(day)s.")
GONE_WITH_FILES = N_("The content was erased on %(day)s, with %(files)s files.")
#: Who wrote a message.
AUTHORS = ("person_id", "origin_person_id", "sender_address_id", "from_address", "from_name")


def whole_messages(subject: Subject) -> ColumnElement[bool]:
    """A condition: those whose content goes, the person's own and ours on their tickets. Others' words on these tickets stay."""
    ours = and_(Message.direction.in_(("out", "note")), subject.on_own(Message.ticket_id))
    return or_(subject.own_messages, ours)


def other_messages(subject: Subject) -> ColumnElement[bool]:
    """A condition: all the rest, also those of whose sender nothing is known."""
    return not_(func.coalesce(whole_messages(subject), false()))


def messages_of(db: Session, subject: Subject, after: int, most: int, free: ColumnElement[bool] | None = None) -> Sequence[Message]:
    """The next of them."""
    return db.scalars(select(Message).where(whole_messages(subject), Message.id > after, *([] if free is None else [free])).order_by(Message.id).limit(most)).all()


def erase_messages(db: Session, subject: Subject, after: int, most: int, free: ColumnElement[bool]) -> tuple[int | None, list[str]]:
    """Let a lot of them go, those that no hold keeps (``free``): where to go on after, and the digests of their files."""
    found = messages_of(db, subject, after, most, free)
    if not found:
        return None, []
    files = empty_messages(db, found)
    return found[-1].id, files


def empty_messages(db: Session, found: Sequence[Message], *, by_whom: bool = False) -> list[str]:
    """Let the content of these messages go: the digests of their files. Whose they were stays known where it is wanted (``by_whom``)."""
    ids, day = [one.id for one in found], now().date().isoformat()
    files: defaultdict[int | None, list[str]] = defaultdict(list)
    for message_id, kept in db.execute(select(Attachment.message_id, Attachment.digest).where(Attachment.message_id.in_(ids))):
        files[message_id].append(kept)
    blank_inbound(db, ids)
    blank_outbound(db, [], ids)
    db.execute(delete(Attachment).where(Attachment.message_id.in_(ids)))
    db.execute(delete(Draft).where(Draft.original.in_([one.uid for one in found])))
    said = {one.id: GONE_WITH_FILES % {"day": day, "files": len(files[one.id])} if one.id in files else GONE % {"day": day} for one in found}
    authors: dict[str, Any] = {name: bindparam(f"was_{name}") for name in AUTHORS} if by_whom else {}
    db.execute(update(table := Message.__table__).where(table.c.id == bindparam("row")).values({  # type: ignore[arg-type]
        **blank(Message), "text": bindparam("said"), "origin_person_id": None, "sender_address_id": None, "verdict": bindparam("left"), "oddities": [], **authors}),
        [{"row": one.id, "said": said[one.id], "left": narrowed(one.verdict, KEPT_OF_VERDICT)} | {f"was_{name}": getattr(one, name) for name in authors} for one in found])
    for number in ids:          # last: SQLite writes the index anew before every further statement of a transaction that has changed it
        search.forget(db, "message_search", number)
    return [kept for several in files.values() for kept in several]


def tickets_of(db: Session, subject: Subject, after: int, most: int, free: ColumnElement[bool] | None = None) -> Sequence[Ticket]:
    """The next of the person's own."""
    return db.scalars(select(Ticket).where(subject.own_tickets, Ticket.id > after, *([] if free is None else [free])).order_by(Ticket.id).limit(most)).all()


def erase_tickets(db: Session, subject: Subject, after: int, most: int, free: ColumnElement[bool]) -> tuple[int | None, list[str]]:
    """Let a lot of tickets be nobody's, and over. What others take part in stays open to them as a ticket without a requester."""
    found = tickets_of(db, subject, after, most, free)
    if not found:
        return None, []
    ids = [one.id for one in found]
    blank_outbound(db, ids, [])
    db.execute(delete(Draft).where(Draft.ticket_id.in_(ids)))
    db.execute(delete(Participant).where(Participant.ticket_id.in_(ids), among(Participant.address_id, subject.addresses)))
    for one in found:
        values: dict[str, Any] = {**blank(Ticket), "subject": TOKEN, "origin_requester_id": None, "requester_address_id": None,
                                  "verdict": narrowed(one.verdict, KEPT_OF_VERDICT), "trust": {}, "held": False, "due_at": None}
        for name, value in values.items():
            setattr(one, name, value)
        if one.open:
            one.enter("closed")
            one.closed_at = now()
    db.flush()
    return ids[-1], []


def erase_tags(db: Session, reader: Reader) -> None:
    """Tags that are their name: on whatever ticket, a tag goes whole."""
    for name in db.scalars(select(Tag.name).distinct()).all():
        if any(not hit.review for hit in reader.read(name, near=True)):
            db.execute(delete(Tag).where(Tag.name == name))
