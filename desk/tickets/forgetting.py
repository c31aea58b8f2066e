"""Forgetting tickets of senders without a record, for good: what was written, by whom, and the bytes of it.

The ledgers keep their rows, so that every delivery is accounted for, without what they say about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.agent import RecentlySeen
from core import search
from core.history import Change, FactSubject, record
from core.operations import Operation
from desk.inbound import InboundMail, InboundRaw
from desk.outbound import OutboundMail
from desk.reports.folding import fold
from desk.tickets.facts import TicketForgotten
from desk.tickets.message import Attachment, Delivery, Draft, Message
from desk.tickets.ticket import Participant, Ticket

#: What the ledger keeps of a verdict: words of ours.
KEPT_OF_VERDICT = ("act", "rule", "person")
DECISIONS = ("ticket.requester", "message.sender", "ticket.requesters")
LOT = 500


def forget_tickets(db: Session, tickets: Sequence[Ticket]) -> list[str]:
    """Delete tickets and all that hangs on them; return the digests of their files, for whoever removes what nobody else has.

    Few enough for one transaction. What was merged into them has to be among them.
    """
    if not tickets:
        return []
    fold(db, tickets, leaving=True)         # the desk's figures stay as they are
    ids, uids = [one.id for one in tickets], [one.uid for one in tickets]
    messages = dict(db.execute(select(Message.id, Message.uid).where(Message.ticket_id.in_(ids))).all())
    addresses, digests = _addresses(db, ids), _files(db, messages)
    for lot in lots(messages):
        blank_inbound(db, lot)
        db.execute(delete(Attachment).where(Attachment.message_id.in_(lot)))
        db.execute(delete(Draft).where(Draft.original.in_([messages[one] for one in lot])))
    blank_outbound(db, ids, list(messages))
    _decisions(db, set(ids), set(messages))
    _changes(db, [*uids, *messages.values()])
    db.execute(delete(RecentlySeen).where(RecentlySeen.ticket_id.in_(ids)))
    db.execute(update(Ticket).where(Ticket.continues_id.in_(ids)).values(continues_id=None))
    db.execute(delete(Message).where(Message.ticket_id.in_(ids)))
    db.execute(delete(Ticket).where(Ticket.id.in_(ids)))
    _forget_addresses(db, addresses)
    for uid in uids:
        record(db, TicketForgotten(uid))
    db.flush()
    for message_id in messages:         # last: SQLite writes the index anew before every further statement of a transaction that has changed it
        search.forget(db, "message_search", message_id)
    db.expire_all()
    return digests


def lots(ids: Iterable[int]) -> list[list[int]]:
    listed = list(ids)
    return [listed[start:start + LOT] for start in range(0, len(listed), LOT)]


def _addresses(db: Session, ids: Sequence[int]) -> set[int]:
    """Addresses that these tickets speak of."""
    asked = (select(Ticket.requester_address_id).where(Ticket.id.in_(ids)), select(Participant.address_id).where(Participant.ticket_id.in_(ids)),
             select(Message.sender_address_id).where(Message.ticket_id.in_(ids)))
    return {one for query in asked for one in db.scalars(query.distinct()) if one is not None}


def _files(db: Session, messages: Iterable[int]) -> list[str]:
    return [digest for lot in lots(messages) for digest in db.scalars(
        select(Attachment.digest).where(Attachment.message_id.in_(lot)).distinct())]


def blank_inbound(db: Session, messages: Sequence[int]) -> None:
    """The deliveries of these messages: their bytes go, their rows keep no word about anybody."""
    rows = db.execute(select(InboundMail.id, InboundMail.verdict, InboundMail.clues).where(or_(
        InboundMail.message_id.in_(messages),
        InboundMail.id.in_(select(Delivery.inbound_id).where(Delivery.message_id.in_(messages)))))).all()
    for lot in lots([row.id for row in rows]):
        db.execute(delete(InboundRaw).where(InboundRaw.inbound_id.in_(lot)))
    if rows:
        table = InboundMail.__table__
        db.execute(update(table).where(table.c.id == bindparam("row")).values({  # type: ignore[arg-type]
            **blank(InboundMail), "verdict": bindparam("judged"), "clues": bindparam("known")}),
            [{"row": row.id, "judged": narrowed(row.verdict, KEPT_OF_VERDICT), "known": narrowed(row.clues, set(row.clues or ()) - {"who"})} for row in rows])


def narrowed(kept: dict[str, Any] | None, names: Iterable[str]) -> dict[str, Any] | None:
    return None if kept is None else {name: kept[name] for name in names if name in kept}


def blank_outbound(db: Session, tickets: Sequence[int], messages: Sequence[int]) -> None:
    """What we wrote on these tickets: that something was sent is kept, to whom and what is not."""
    values = blank(OutboundMail)
    db.execute(update(OutboundMail).where(OutboundMail.ticket_id.in_(tickets)).values(**values))
    for lot in lots(messages):
        db.execute(update(OutboundMail).where(OutboundMail.message_id.in_(lot)).values(**values))


def blank(kind: type[Any]) -> dict[str, Any]:
    """Nothing, for each column of a table that is declared as saying something about a person, and that erasing changes."""
    return {column.key: _nothing(column) for column in kind.__table__.columns
            if column.info["personal"] and column.info["erase"] != "keep"}


def _nothing(column: Any) -> Any:
    if column.nullable:
        return None
    if column.default is not None and column.default.is_callable:
        return column.default.arg(None)
    return [] if isinstance(column.type, JSON) else ""


def _decisions(db: Session, tickets: set[int], messages: set[int]) -> None:
    """Decisions that can still be taken back name what was before: they forget these tickets, and go where nothing is left."""
    for one in db.scalars(select(Operation).where(Operation.kind.in_(DECISIONS))):
        kept = [ticket for ticket in one.given.get("tickets", ()) if ticket["id"] not in tickets]
        if not kept or one.given.get("message") in messages:
            db.delete(one)
        elif len(kept) < len(one.given["tickets"]):
            one.given = {**one.given, "tickets": kept}
    db.flush()


def _changes(db: Session, subjects: Sequence[str]) -> None:
    """What the history says of values that were before; that something happened stays."""
    for start in range(0, len(subjects), LOT):
        db.execute(delete(Change).where(Change.fact_id.in_(
            select(FactSubject.fact_id).where(FactSubject.subject_uid.in_(subjects[start:start + LOT])))))


def _forget_addresses(db: Session, ids: Iterable[int]) -> None:
    """Of these addresses, those that nobody holds or held, nothing refers to and nobody has blocked."""
    for lot in lots(sorted(ids)):
        free = db.execute(select(Address.id, Address.uid).where(
            Address.id.in_(lot), Address.suppression == "none",
            *(~select(column).where(column == Address.id).exists() for column in (
                Holding.address_id, Ticket.requester_address_id, Participant.address_id, Message.sender_address_id,
                Draft.requester_address_id))).with_for_update(of=Address, skip_locked=True)).all()
        _changes(db, [row.uid for row in free])
        db.execute(delete(Address).where(Address.id.in_([row.id for row in free])))
