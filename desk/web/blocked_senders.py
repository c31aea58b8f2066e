"""Whom nothing is taken from: every address and domain that agents have blocked, each to be taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.address import Address
from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.blocking import block, unblock
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only

bp = Blueprint("blocked_senders", __name__, url_prefix="/settings/unknown-senders/blocked")
MOST = 100


@bp.get("")
@admins_only
def index() -> Any:
    """All of them, by address; domains, with their @, come first."""
    after = request.args.get("after", "")[:320]
    found = db().scalars(select(Address.normalised).where(
        Address.kind == "email", Address.suppression == "blocked", Address.normalised > after).order_by(
        Address.normalised).limit(MOST + 1)).all()
    older = url_for("blocked_senders.index", after=found[MOST - 1]) if len(found) > MOST else None
    return page("web/settings/policy/blocked.html", settings={"current": "unknown"}, rows=found[:MOST], older=older,
                newer=url_for("blocked_senders.index") if after else None)


@bp.post("/end")
@admins_only
def destroy() -> Any:
    """Take mail from it again."""
    sender = _sender()
    unblock(db(), sender)
    return see_other(url_for("blocked_senders.index"), said=_("Mail from %(sender)s is taken again.", sender=sender),
                     undo=url_for("blocked_senders.create", sender=sender))


@bp.post("")
@admins_only
def create() -> Any:
    """Take that back."""
    sender = _sender()
    block(db(), sender)
    return see_other(url_for("blocked_senders.index"), said=_("Nothing is taken from %(sender)s.", sender=sender))


def _sender() -> str:
    """What the form names: of an address that the desk knows."""
    sender: str | None = db().scalar(select(Address.normalised).where(
        Address.kind == "email", Address.normalised == request.values.get("sender", "")))
    if sender is None:
        raise Unknown(N_("There is no such address."))
    return sender
