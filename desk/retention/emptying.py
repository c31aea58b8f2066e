"""Closed tickets have had their time: what was written goes and a line stays, or their files go (PRIVACY 2). The figures are sealed first, and the
ledger outside the database knows of it, so that no restored backup brings it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core import files
from core.clock import now
from core.database import Database
from core.history import Change, Fact, FactSubject, record
from desk.erasing.tombstones import empty_messages
from desk.inbound import InboundMail, InboundRaw
from desk.outbound import OutboundMail
from desk.reports.folding import seal
from desk.tickets.forgetting import KEPT_OF_VERDICT, blank_outbound, lots, narrowed
from desk.tickets.merging import merged_ids
from desk.tickets.message import Attachment, Delivery, Draft, Message
from desk.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class TicketEmptied(Fact):
    """What was written on a ticket (``contents``), or its files (``files``), had had its time by a rule of retention."""

    kind: ClassVar[str] = "ticket.emptied"
    ticket_uid: str
    what: str


def empty_ticket(db: Session, ticket: Ticket) -> None:
    """Let go of what was written on a ticket and on those that are part of it; whose it was, when and in which language stays."""
    group = db.scalars(select(Ticket).where(Ticket.id.in_([ticket.id, *merged_ids(db, ticket)]))).all()
    ids, uids = [one.id for one in group], [one.uid for one in group]
    seal(db, group)
    blank_outbound(db, ids, [])
    db.execute(delete(Draft).where(Draft.ticket_id.in_(ids)))
    messages = db.scalars(select(Message).where(Message.ticket_id.in_(ids)).order_by(Message.id)).all()
    for start in range(0, len(messages), 500):
        empty_messages(db, messages[start:start + 500], by_whom=True)
    db.execute(delete(Change).where(Change.fact_id.in_(select(FactSubject.fact_id).where(
        FactSubject.subject_uid.in_([*uids, *(one.uid for one in messages)])))))
    for one in group:
        one.subject, one.preview, one.attachments_count, one.emptied_at = "", "", 0, now()
        one.identification, one.verdict = {}, narrowed(one.verdict, KEPT_OF_VERDICT) or {}
    record(db, TicketEmptied(ticket.uid, "contents"))
    db.flush()


def remove_files(db: Session, ticket: Ticket) -> list[str]:
    """Let go of the files of a ticket and of those that are part of it, and of the bytes of mails in which they stand; the uids of the files."""
    ids = [ticket.id, *merged_ids(db, ticket)]
    found = db.execute(select(Attachment.uid, Attachment.message_id).join(Message, Message.id == Attachment.message_id).where(
        Message.ticket_id.in_(ids))).all()
    _forget(db, [row.uid for row in found], [row.message_id for row in found])
    db.execute(update(Ticket.__table__).where(Ticket.__table__.c.id.in_(ids)).values(attachments_count=0))  # type: ignore[arg-type]
    record(db, TicketEmptied(ticket.uid, "files"))
    db.flush()
    return [row.uid for row in found]


def replay_ticket(database: Database, uid: str) -> None:
    """Empty a ticket once more, whose content a restored backup has brought back."""
    with database.write() as db:
        for ticket in db.scalars(select(Ticket).where(Ticket.uid == uid, Ticket.emptied_at.is_(None))).all():
            empty_ticket(db, ticket)


def replay_file(database: Database, uid: str) -> None:
    """Remove a file once more."""
    with database.write() as db:
        found = db.execute(select(Attachment.message_id, Attachment.digest).where(Attachment.uid == uid)).all()
        _forget(db, [uid], [row.message_id for row in found if row.message_id])
        unused = [row.digest for row in found if db.scalar(select(Attachment.id).where(Attachment.digest == row.digest).limit(1)) is None]
    files.remove(unused, unless_since=now())


def _forget(db: Session, uids: Sequence[str], messages: Sequence[Any]) -> None:
    for start in range(0, len(uids), 500):
        db.execute(delete(Attachment).where(Attachment.uid.in_(uids[start:start + 500])))
    for lot in lots(sorted(set(messages))):
        deliveries = select(Delivery.inbound_id).where(Delivery.message_id.in_(lot))
        db.execute(delete(InboundRaw).where(InboundRaw.inbound_id.in_(
            select(InboundMail.id).where(InboundMail.message_id.in_(lot) | InboundMail.id.in_(deliveries)))))
        db.execute(update(OutboundMail).where(OutboundMail.message_id.in_(lot)).values(composed=None))
