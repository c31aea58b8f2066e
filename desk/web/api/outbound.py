"""The ledger of what goes out, and sending a mail again. For admins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from desk.ledgers import ticket_subjects
from desk.outbound import OutboundMail as Row
from desk.outbound import retry
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, post
from desk.web.api.schemas.mail import OutboundAsked, OutboundMail
from desk.web.requests import db, ring_after


@get("/outbound", admin=True)
def index(asked: OutboundAsked) -> Listed[OutboundMail]:
    """Mails of ours, the newest first."""
    query = select(Row)
    if asked.state:
        query = query.where(Row.state == asked.state)
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    return Listed[OutboundMail](items=_several(rows), next=following)


@get("/outbound/<uid:uid>", admin=True)
def show(uid: str) -> OutboundMail:
    """One mail of ours."""
    return _several([_row(uid)])[0]


@post("/outbound/<uid:uid>/retry", admin=True)
def update(uid: str) -> OutboundMail:
    """Send a mail that failed or waits now."""
    row = _row(uid)
    retry(db(), row)
    ring_after("outbound")
    return _several([row])[0]


def _row(uid: str) -> Row:
    row = db().scalar(select(Row).where(Row.uid == uid))
    if row is None:
        raise Unknown(N_("There is no such mail."))
    return row


def _several(rows: Sequence[Row]) -> list[OutboundMail]:
    subjects = ticket_subjects(db(), rows)
    return [_one(row, row.subject or subjects.get(row.ticket_id or 0, "")) for row in rows]


def _one(row: Row, subject: str) -> OutboundMail:
    return OutboundMail(
        id=row.uid, kind=row.kind, mailbox=row.mailbox.address if row.mailbox else None, state=row.state,
        reason=row.reason, attempts=row.attempts, recipients=row.recipients, outcomes=row.outcomes, subject=subject,
        message_id=row.rfc_message_id, ticket=row.ticket_id, created_at=row.created_at, due_at=row.due_at, sent_at=row.sent_at)
