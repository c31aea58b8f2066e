"""The ledger of what came in: the list, the whole trace of one mail, its source, and trying again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk import replaying
from desk.inbound import STATES, InboundMail, raw_of
from desk.ledgers import inbound_leaf, other_deliveries, ticket_numbers, waiting_counts
from desk.locked_mail import needs_reading
from desk.mailboxes import all_mailboxes
from desk.tickets.message import Message
from desk.web.leafing import asked, shown
from desk.web.pages import page, see_other
from desk.web.presenting import ledger
from desk.web.presenting.words import size
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only

bp = Blueprint("inbound", __name__, url_prefix="/settings/mail-in")


@bp.get("")
@admins_only
def index() -> Any:
    """A page of it."""
    mailboxes = all_mailboxes(db())
    leaf = inbound_leaf(db(), asked(STATES, mailboxes))
    numbers = ticket_numbers(db(), leaf.rows)
    counts = waiting_counts(db(), InboundMail, ("pending", "failed", "set_aside"))
    return page("web/ledger/index.html", settings={"current": "inbound"},
                ledger=shown("inbound.index", leaf, ledger.IN, counts, mailboxes, "in"),
                entries=[ledger.came(row, numbers.get(row.message_id or 0)) for row in leaf.rows])


@bp.get("/<uid>")
@admins_only
def show(uid: str) -> Any:
    """Everything that happened to one mail."""
    row = _row(uid)
    message = db().get(Message, row.message_id) if row.message_id else None
    entry = ledger.came(row, message.ticket_id if message else None) | {
        "direction": "in", "size": size(row.size), "envelope_from": row.envelope_sender, "client": row.client,
        "envelope_to": row.envelope_recipient, "authentication": ledger.authentication(message),
        "message_id": f"<{message.rfc_message_id}>" if message and message.rfc_message_id else "",
        "raw_url": url_for("inbound.raw", uid=uid), "download_url": url_for("inbound.raw", uid=uid, download=1)}
    return page("web/ledger/show.html", settings={"current": "inbound"}, entry=entry,
                verdict=ledger.verdict_of(row.verdict), rules=ledger.rules_of(row.verdict or {}),
                steps=ledger.steps_in(row, message), clues=ledger.clues_of(row, message),
                others=ledger.elsewhere(other_deliveries(db(), row)))


@bp.get("/<uid>/source")
@admins_only
def raw(uid: str) -> Response:
    """The bytes as they came: as text to read, or to keep as a file."""
    row = _row(uid)
    message = db().get(Message, row.message_id) if row.message_id else None
    needs_reading(db(), message.ticket_id if message else None)
    return source(raw_of(db(), row.id), f"in-{uid}.eml")


@bp.post("/<uid>/replaying")
@admins_only
def replay(uid: str) -> Any:
    """Read it again from its first byte, or ask the mailbox for it again."""
    said = replaying.replay(db(), _row(uid))
    ring_after("inbound")
    return see_other(url_for("inbound.show", uid=uid), said=_(said))


def source(content: bytes, name: str) -> Response:
    """Bytes of a mail, never interpreted."""
    response = Response(content, content_type="text/plain; charset=utf-8")
    if request.args.get("download"):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _row(uid: str) -> InboundMail:
    row = db().scalar(select(InboundMail).where(InboundMail.uid == uid))
    if row is None:
        raise Unknown(N_("There is no such mail in the ledger."))
    return row
