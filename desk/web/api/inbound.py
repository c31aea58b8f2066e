"""The ledger of what came in, and reading a mail again. For admins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from desk.inbound import InboundMail as Row
from desk.replaying import replay
from desk.tickets.message import Message
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, post
from desk.web.api.schemas.mail import InboundAsked, InboundMail
from desk.web.api.shapes.tickets import verdict_of
from desk.web.requests import db, ring_after


@get("/inbound", admin=True)
def index(asked: InboundAsked) -> Listed[InboundMail]:
    """Deliveries, the newest first."""
    query = select(Row)
    if asked.state:
        query = query.where(Row.state == asked.state)
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    return Listed[InboundMail](items=_shown(rows), next=following)


@get("/inbound/<uid:uid>", admin=True)
def show(uid: str) -> InboundMail:
    """One delivery."""
    return _shown([_row(uid)])[0]


@post("/inbound/<uid:uid>/replay", admin=True)
def update(uid: str) -> InboundMail:
    """Read a mail that failed or was set aside again, from its first byte; one that could not be fetched is asked for again."""
    row = _row(uid)
    replay(db(), row)
    ring_after("inbound")
    return _shown([row])[0]


def _row(uid: str) -> Row:
    row = db().scalar(select(Row).where(Row.uid == uid))
    if row is None:
        raise Unknown(N_("There is no such mail."))
    return row


def _shown(rows: Sequence[Row]) -> list[InboundMail]:
    messages = {m.id: m for m in db().execute(select(Message.id, Message.uid, Message.ticket_id).where(
        Message.id.in_({row.message_id for row in rows if row.message_id})))}
    return [_one(row, messages.get(row.message_id)) for row in rows]


def _one(row: Row, message: object) -> InboundMail:
    return InboundMail(
        id=row.uid, mailbox=row.mailbox.address, transport=row.transport, state=row.state, reason=row.reason,
        attempts=row.attempts, envelope_sender=row.envelope_sender, envelope_recipient=row.envelope_recipient,
        sender=row.sender, subject=row.subject, size=row.size, received_at=row.received_at, done_at=row.done_at,
        ticket=getattr(message, "ticket_id", None), message_id=getattr(message, "uid", None),
        verdict=verdict_of(row.verdict) if row.verdict else None)
