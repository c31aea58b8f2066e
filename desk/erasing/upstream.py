"""Mails that lie at the mailbox's provider too: in the folders the gate reads, and as copies of what was sent (PRIVACY 3, upstream).

What has to go there is listed while the database still knows whose it was, as items of the operation that hold keyed digests alone. It is deleted
after everything here is done: a provider that is away holds nothing up here, and is asked again. Message-IDs of the person's own mail go into the
erasure ledger, so that no mailbox that is read anew, and no restored backup, brings them back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core import erasure_ledger
from core.clock import now
from core.i18n import N_
from core.operations import Operation, OperationItem, Unfinished, prolong
from desk.erasing.subject import Subject
from desk.erasing.tombstones import whole_messages
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Delivery, Message
from desk.tickets.ticket import Ticket

KIND = PHASE = "upstream"
LOT = 1000
#: For how long a provider that is away is asked again, and the longest pause between two tries.
PATIENCE, LONGEST = timedelta(days=14), timedelta(hours=1)
NOT_READ = N_("The mailbox is not read over IMAP any more.")


class Away(Exception):
    """The provider cannot be reached, or does not let us in: later perhaps. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mail that is to go: ``uid`` of its row in a ledger; ``transport`` the key of its folder and UID, ``key`` that of its Message-ID (either may
    be empty), ``size`` and ``digest`` its bytes where they came in, ``at`` when the desk had it."""

    uid: str
    transport: str
    key: str
    size: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Uids of mails of which nobody can say that they are gone, and why."""

    uids: frozenset[str]
    why: str


#: Told after each folder which are gone from it.
Told = Callable[[Collection[str]], None]
#: ``imap`` → what deletes mails of a mailbox at its provider: it raises Away. Filled by the packages that speak it.
PROVIDERS: dict[str, Callable[[Mailbox, Sequence[Wanted], Told], Refusal | None]] = {}


def list_received(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    """A lot of the person's own mails that came in: where to go on after."""
    whole = select(Message.id).where(whole_messages(subject))
    addresses = [one.lower() for one in subject.aliases.addresses]
    found = db.scalars(select(InboundMail).where(InboundMail.id > after, InboundMail.mailbox_id.in_(_read(db)), or_(
        _of_messages(whole), func.lower(InboundMail.sender).in_(addresses), func.lower(InboundMail.envelope_sender).in_(addresses)),
    ).order_by(InboundMail.id).limit(LOT)).all()
    _list(db, operation, found, own=True)
    return found[-1].id if found else None


def list_sent(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    """A lot of what was sent to the person, or on their own tickets: where to go on after."""
    rows = db.scalars(select(OutboundMail).where(OutboundMail.id > after, OutboundMail.mailbox_id.in_(_copied(db))).order_by(
        OutboundMail.id).limit(LOT)).all()
    ids = [one.id for one in rows]
    own = set(db.scalars(select(OutboundMail.id).where(OutboundMail.id.in_(ids), or_(
        OutboundMail.ticket_id.in_(select(Ticket.id).where(subject.own_tickets)),
        OutboundMail.message_id.in_(select(Message.id).where(whole_messages(subject)))))))
    theirs = {one.lower() for one in subject.aliases.addresses}
    _list(db, operation, [one for one in rows if one.id in own or theirs & {str(each).lower() for each in one.recipients}], own=True)
    return ids[-1] if ids else None


def list_others(
    db: Session, operation: Operation, *, messages: Collection[int] = (), received: Collection[int] = (), sent: Collection[int] = (),
) -> None:
    """Mails of others that name the person, by their messages or by their rows in a ledger: the desk has written its own without the name."""
    if received or messages:
        _list(db, operation, db.scalars(select(InboundMail).where(InboundMail.mailbox_id.in_(_read(db)), or_(
            InboundMail.id.in_(received), _of_messages(messages)))).all(), own=False)
    if sent or messages:
        _list(db, operation, db.scalars(select(OutboundMail).where(OutboundMail.mailbox_id.in_(_copied(db)), or_(
            OutboundMail.id.in_(sent), OutboundMail.message_id.in_(messages)))).all(), own=False)


def record(db: Session, operation: Operation) -> None:
    """Note the Message-IDs of what was the person's own, as keyed digests, as the last thing before the caller commits."""
    keys = [data["key"] for data in db.scalars(select(OperationItem.data).where(*_items(operation))) if data["own"] and data["key"]]
    if keys:
        erasure_ledger.record(db, InboundMail.__tablename__, keys, "erase")


def was_erased(message_key: str) -> bool:
    """Whether a Message-ID is that of a mail that was erased with its person."""
    return bool(message_key) and erasure_ledger.contains(message_key)


def go_on(db: Session, operation: Operation) -> None:
    """Ask every provider that still has something. Raises Unfinished where one is away; what one refuses stays, and the account says so."""
    for number in {data["mailbox"] for data in db.scalars(select(OperationItem.data).where(*_items(operation, "left")))}:
        _account(db, operation, db.get_one(Mailbox, number), "")
    for mailbox, wanted in list(_waiting(db, operation)):
        try:
            _remove(db, operation, mailbox, wanted)
        except Away as away:
            _put_off(db, operation, mailbox, str(away))
    if db.scalar(select(OperationItem.id).where(*_items(operation, "waiting")).limit(1)) is not None:
        tries = operation.result.get("tries", 0) + 1
        operation.result = operation.result | {"tries": tries}
        operation.due_at = now() + min(timedelta(minutes=2 ** min(tries - 1, 10)), LONGEST)
        db.commit()
        raise Unfinished
    db.execute(delete(OperationItem).where(*_items(operation), OperationItem.state != "refused"))
    operation.result = {name: value for name, value in operation.result.items() if name not in ("tries", "away_since")}


def states(db: Session, operation: Operation) -> dict[str, int]:
    """What became of the mails that lie at providers, as far as it is known: waiting, gone, absent, refused, left → how many."""
    if KIND in operation.result:
        found = Counter[str]()
        for told in operation.result[KIND].values():
            found.update({state: count for state, count in told.items() if state != "why"})
        return dict(found)
    return dict(db.execute(select(OperationItem.state, func.count()).where(*_items(operation)).group_by(OperationItem.state)).all())


def _remove(db: Session, operation: Operation, mailbox: Mailbox, wanted: Sequence[Wanted]) -> None:
    """Ask one provider, a folder at a time. Raises Away."""
    asked = {one.uid for one in wanted}
    if not mailbox.imap_url:
        _end(db, operation, asked, "refused", NOT_READ)
        _account(db, operation, mailbox, NOT_READ)
        return
    met: set[str] = set()

    def told(uids: Collection[str]) -> None:
        met.update(uids)
        prolong(operation)
        db.commit()

    db.commit()             # nothing is open while the network is spoken to
    refusal = PROVIDERS["imap"](mailbox, wanted, told) or Refusal(frozenset(), "")
    _end(db, operation, refusal.uids, "refused", refusal.why)
    _end(db, operation, met - refusal.uids, "gone")
    _end(db, operation, asked - met - refusal.uids, "absent")
    _account(db, operation, mailbox, refusal.why)


def _put_off(db: Session, operation: Operation, mailbox: Mailbox, why: str) -> None:
    """Later; in the end never."""
    began = operation.result.get("away_since") or now().isoformat()
    operation.result = operation.result | {"away_since": began}
    if datetime.fromisoformat(began) + PATIENCE < now():
        _end(db, operation, [one.uid for other, wanted in _waiting(db, operation) if other is mailbox for one in wanted], "refused", why)
    _account(db, operation, mailbox, why)


def _end(db: Session, operation: Operation, uids: Collection[str], state: str, why: str = "") -> None:
    for start in range(0, len(uids), LOT):
        db.execute(update(OperationItem).where(*_items(operation), OperationItem.subject_uid.in_(sorted(uids)[start:start + LOT])).values(
            state=state, reason=why or None))


def _account(db: Session, operation: Operation, mailbox: Mailbox, why: str) -> None:
    """What became of a mailbox's mails stands in the result, without whose they were."""
    states = db.execute(select(OperationItem.state, OperationItem.data).where(*_items(operation))).all()
    counts = Counter(state for state, data in states if data["mailbox"] == mailbox.id)
    operation.result = operation.result | {KIND: operation.result.get(KIND, {}) | {mailbox.address: {**counts, "why": why}}}
    db.commit()


def _waiting(db: Session, operation: Operation) -> Iterator[tuple[Mailbox, list[Wanted]]]:
    """What waits, mailbox by mailbox."""
    found: dict[int, list[Wanted]] = {}
    for one in db.scalars(select(OperationItem).where(*_items(operation, "waiting")).order_by(OperationItem.id)):
        data = one.data
        found.setdefault(data["mailbox"], []).append(Wanted(
            one.subject_uid or "", data["transport"], data["key"], data["size"], data["digest"], datetime.fromisoformat(data["at"])))
    for number, wanted in found.items():
        yield db.get_one(Mailbox, number), wanted


def _items(operation: Operation, *states: str) -> list[ColumnElement[bool]]:
    return [OperationItem.operation_id == operation.id, OperationItem.kind == KIND, *([OperationItem.state.in_(states)] if states else [])]


def _list(db: Session, operation: Operation, rows: Sequence[InboundMail | OutboundMail], *, own: bool) -> None:
    """Each once, however many steps meet it; or only counted, where what others wrote is to stay there."""
    uids = [one.uid for one in rows]
    known = set(db.scalars(select(OperationItem.subject_uid).where(*_items(operation), OperationItem.subject_uid.in_(uids))))
    state = "waiting" if own or operation.given.get("copies", "delete") == "delete" else "left"
    new = [one for one in rows if one.uid not in known]
    db.add_all([OperationItem(operation_id=operation.id, kind=KIND, state=state, subject_uid=one.uid, data=_told(one, own=own)) for one in new])
    if new:
        counts = operation.result["counts"]
        operation.result = operation.result | {"counts": counts | {KIND: counts.get(KIND, 0) + len(new)}}
    db.flush()


def _told(row: InboundMail | OutboundMail, *, own: bool) -> dict[str, Any]:
    told = {"mailbox": row.mailbox_id, "key": row.message_key, "own": own, "transport": "", "size": 0, "digest": ""}
    if isinstance(row, OutboundMail):
        return told | {"at": row.created_at.isoformat()}
    by_uid = {"transport": row.transport_key} if row.transport == "imap" else {}
    return told | by_uid | {"size": row.size, "digest": row.digest, "at": row.received_at.isoformat()}


def _read(db: Session) -> Sequence[int]:
    """Mailboxes that lie at a provider."""
    return db.scalars(select(Mailbox.id).where(Mailbox.imap_url != "")).all()


def _copied(db: Session) -> Sequence[int]:
    """Those of which what is sent is copied there."""
    return db.scalars(select(Mailbox.id).where(Mailbox.imap_url != "", Mailbox.sent_folder != "")).all()


def _of_messages(messages: Select[int] | Collection[int]) -> ColumnElement[bool]:
    """Deliveries of these messages: the same mail may have come over several mailboxes."""
    return or_(InboundMail.message_id.in_(messages), InboundMail.id.in_(
        select(Delivery.inbound_id).where(Delivery.message_id.in_(messages))))
