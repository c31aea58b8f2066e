"""The ledger of what went out: the list, the whole trace of one mail, its source, and sending it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy import select
from sqlalchemy.orm import undefer

from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk import outbound
from desk.ledgers import outbound_leaf, ticket_subjects, waiting_counts
from desk.locked_mail import needs_reading
from desk.mailboxes import all_mailboxes
from desk.outbound import STATES, OutboundMail
from desk.web.inbound import source
from desk.web.leafing import asked, shown
from desk.web.pages import page, see_other
from desk.web.presenting import ledger
from desk.web.presenting.words import size
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only

bp = Blueprint("outbound", __name__, url_prefix="/settings/mail-out")
KINDS = {"reply": N_("An agent’s answer"), "forward": N_("Forwarded by an agent"),
         "acknowledgement": N_("Acknowledgement"), "notification": N_("Notification to an agent"),
         "mass": N_("Mail to many persons"), "system": N_("Mail of the desk itself")}


@bp.get("")
@admins_only
def index() -> Any:
    """A page of it."""
    mailboxes = all_mailboxes(db())
    leaf = outbound_leaf(db(), asked(STATES, mailboxes))
    subjects = ticket_subjects(db(), leaf.rows)
    counts = waiting_counts(db(), OutboundMail, ("queued", "handing_over", "deferred", "failed"))
    return page("web/ledger/index.html", settings={"current": "outbound"},
                ledger=shown("outbound.index", leaf, ledger.OUT, counts, mailboxes, "out"),
                entries=[ledger.went(row, subjects.get(row.ticket_id or 0, "")) for row in leaf.rows])


@bp.get("/<uid>")
@admins_only
def show(uid: str) -> Any:
    """Everything that happened to one mail."""
    row = _row(uid)
    raw_url = url_for("outbound.raw", uid=uid) if row.composed is not None else None
    entry = ledger.went(row, ticket_subjects(db(), [row]).get(row.ticket_id or 0, "")) | {
        "direction": "out", "message_id": f"<{row.rfc_message_id}>", "raw_url": raw_url,
        "size": size(len(row.composed)) if row.composed is not None else "",
        "download_url": url_for("outbound.raw", uid=uid, download=1) if raw_url else None}
    return page("web/ledger/show.html", settings={"current": "outbound"}, entry=entry, verdict=None, rules=[],
                steps=ledger.steps_out(row), others=[], clues=[(_("Kind"), _(KINDS.get(row.kind, row.kind)))])


@bp.get("/<uid>/source")
@admins_only
def raw(uid: str) -> Response:
    """The bytes as they were handed over."""
    row = _row(uid)
    needs_reading(db(), row.ticket_id)
    if row.composed is None:
        raise Unknown(N_("This mail has not been composed yet, or its source is no longer kept."))
    return source(row.composed, f"out-{uid}.eml")


@bp.post("/<uid>/retrying")
@admins_only
def retry(uid: str) -> Any:
    """Send it now, to those who have not got it."""
    outbound.retry(db(), _row(uid))
    ring_after("outbound")
    return see_other(url_for("outbound.show", uid=uid), said=_("The mail is sent again now."))


def _row(uid: str) -> OutboundMail:
    row = db().scalar(select(OutboundMail).where(OutboundMail.uid == uid).options(undefer(OutboundMail.composed)))
    if row is None:
        raise Unknown(N_("There is no such mail in the ledger."))
    return row
