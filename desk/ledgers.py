"""Looking things up in the ledgers of mail, a page at a time, newest first.

Text and times are looked for among the latest deliveries only, so that a ledger of millions answers at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import local
from core.search import escape_like
from core.tokens import message_key
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.message import Delivery, Message
from desk.tickets.ticket import Ticket

Mail = TypeVar("Mail", InboundMail, OutboundMail)
#: Deliveries in which text and times are looked for, counted from where the page begins.
SCANNED = 50_000
#: Counts are exact up to here.
COUNTED = 1000
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show: a state, a mailbox, a text or time; older than one row or newer than another."""

    state: str = ""
    mailbox_id: int | None = None
    text: str = ""
    before: int = 0
    after: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Mail]):
    """One page of a ledger, and whether there is more on either side."""

    rows: Sequence[Mail]
    newer: bool
    older: bool


def inbound_leaf(db: Session, asked: Asked) -> Leaf[InboundMail]:
    """A page of what came in. A text is part of a subject, an address, a Message-ID or a time of day."""
    text, words = asked.text.strip(), _like(InboundMail.subject, asked.text)
    address = text.casefold()
    conditions: list[ColumnElement[bool]] = []
    if (at := _times(InboundMail.received_at, text)) is not None:
        conditions = [at]
    elif text:
        columns = (InboundMail.sender, InboundMail.envelope_sender, InboundMail.envelope_recipient)
        conditions = [or_(words, InboundMail.message_key == message_key(text),
                          *(func.lower(column).contains(address, autoescape=True) for column in columns))]
    return _leaf(db, InboundMail, asked, conditions)


def outbound_leaf(db: Session, asked: Asked) -> Leaf[OutboundMail]:
    """A page of what went out."""
    text = asked.text.strip()
    conditions: list[ColumnElement[bool]] = []
    if (at := _times(OutboundMail.created_at, text)) is not None:
        conditions = [at]
    elif text:
        to = func.lower(cast(OutboundMail.recipients, String)).contains(text.casefold(), autoescape=True)
        answers = exists().where(Ticket.id == OutboundMail.ticket_id, _like(Ticket.subject, text))
        conditions = [or_(_like(OutboundMail.subject, text), answers, to, OutboundMail.message_key == message_key(text))]
    return _leaf(db, OutboundMail, asked, conditions)


def waiting_counts(db: Session, kind: type[InboundMail] | type[OutboundMail], states: Sequence[str]) -> dict[str, int]:
    """How many are in these states; up to a thousand each."""
    return {state: db.scalar(select(func.count()).select_from(select(kind.id).where(
        kind.state == state).limit(COUNTED).subquery())) or 0 for state in states}


def other_deliveries(db: Session, row: InboundMail) -> Sequence[InboundMail]:
    """The same message as it came to other mailboxes, or once more to this one."""
    if row.message_id is None:
        return []
    ids = select(Delivery.inbound_id).where(Delivery.message_id == row.message_id).union(
        select(InboundMail.id).where(InboundMail.message_id == row.message_id))
    return db.scalars(select(InboundMail).where(
        InboundMail.id.in_(ids), InboundMail.id != row.id).order_by(InboundMail.id).limit(50)).all()


def ticket_numbers(db: Session, rows: Sequence[InboundMail]) -> dict[int, int]:
    """Message → ticket, for these deliveries."""
    ids = {row.message_id for row in rows if row.message_id is not None}
    if not ids:
        return {}
    return dict(db.execute(select(Message.id, Message.ticket_id).where(Message.id.in_(ids))).all())


def ticket_subjects(db: Session, rows: Sequence[OutboundMail]) -> dict[int, str]:
    """Ticket → subject, for mails that have none of their own (an answer takes it from its ticket)."""
    ids = {row.ticket_id for row in rows if row.ticket_id is not None and not row.subject}
    if not ids:
        return {}
    return dict(db.execute(select(Ticket.id, Ticket.subject).where(Ticket.id.in_(ids))).all())


def _leaf(db: Session, kind: type[Mail], asked: Asked, conditions: list[ColumnElement[bool]]) -> Leaf[Mail]:
    wanted = list(conditions)
    if asked.state:
        wanted.append(kind.state == asked.state)
    if asked.mailbox_id is not None:
        wanted.append(kind.mailbox_id == asked.mailbox_id)
    upwards = asked.after > 0
    edge = kind.id > asked.after if upwards else kind.id < asked.before if asked.before else None
    if edge is not None:
        wanted.append(edge)
    if conditions or asked.mailbox_id is not None:
        wanted += _within(db, kind, asked)
    order = kind.id.asc() if upwards else kind.id.desc()
    rows = list(db.scalars(select(kind).where(*wanted).order_by(order).limit(asked.limit + 1)))
    more, rows = len(rows) > asked.limit, rows[:asked.limit]
    if upwards:
        return Leaf(rows[::-1], newer=more, older=True)
    return Leaf(rows, newer=bool(asked.before), older=more)


def _within(db: Session, kind: type[Mail], asked: Asked) -> list[ColumnElement[bool]]:
    """Ids are in the order of arrival: none further away than ``SCANNED`` rows are looked at."""
    if asked.after:
        edge = db.scalar(select(kind.id).where(kind.id > asked.after).order_by(kind.id).offset(SCANNED).limit(1))
        return [kind.id < edge] if edge is not None else []
    start = [kind.id < asked.before] if asked.before else []
    edge = db.scalar(select(kind.id).where(*start).order_by(kind.id.desc()).offset(SCANNED).limit(1))
    return [kind.id > edge] if edge is not None else []


def _times(column: Any, text: str) -> ColumnElement[bool] | None:
    """“Where is the mail of 10:42?”: that minute and its neighbours, today or else yesterday, in the zone in force."""
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    at = local(now()).replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    if at > local(now()):
        at -= timedelta(days=1)
    first, last = at - timedelta(minutes=2), at + timedelta(minutes=3)
    condition: ColumnElement[bool] = column.between(_utc(first), _utc(last))
    return condition


def _utc(at: datetime) -> datetime:
    return at.astimezone(now().tzinfo)


def _like(column: Any, text: str) -> ColumnElement[bool]:
    """Part of a text; SQLite folds the case of ASCII alone, so that Nordic letters are asked for both ways."""
    ways = {text.strip(), text.strip().lower(), text.strip().upper(), text.strip().capitalize()}
    return or_(*(column.ilike(f"%{escape_like(way)}%", escape="\\") for way in sorted(ways)))
