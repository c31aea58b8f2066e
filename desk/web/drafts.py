"""Drafts: what is written in the composer, or in the form of a new ticket, kept at every pause."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from core.errors import Refused
from core.i18n import N_, clock_time
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.tickets.drafting import Content, begun_called, drop_begun, drop_draft, save_begun, save_draft
from desk.tickets.message import Draft
from desk.tickets.presence import seen, stopped_writing
from desk.web.requests import db
from desk.web.showing import back_to, go
from desk.web.signing_in import me

bp = Blueprint("drafts", __name__)


@bp.put("/tickets/<int:number>/draft")
@login_required
def update(number: int) -> Any:
    """Keep it: ``{version, saved}``; 409 with what another window has written when that was first."""
    ticket, given = ticket_for(db(), me(), number), _given()
    draft = save_draft(db(), ticket, me(), _kind(given), _content(given), version=_version(given))
    seen(db(), ticket.id, me(), writing=True)
    return _kept(draft)


@bp.post("/tickets/<int:number>/draft/deletion")
@login_required
def destroy(number: int) -> Any:
    """Throw it away."""
    ticket = ticket_for(db(), me(), number)
    drop_draft(db(), ticket, me(), "forward" if request.args.get("kind") == "forward" else "reply")
    stopped_writing(db(), ticket.id, me())
    return back_to(ticket)


@bp.put("/drafts/<uid>")
@login_required
def keep(uid: str) -> Any:
    """The same for a ticket that is not there yet; version 0 where nothing is left to keep."""
    begun_called(db(), me(), uid)
    given = _given()
    return _kept(save_begun(db(), me(), uid, request.args.get("kind", ""), _content(given), version=_version(given)))


@bp.post("/drafts/<uid>/deletion")
@login_required
def discard(uid: str) -> Any:
    """Throw away a ticket that was begun, and stay on the page of new tickets."""
    begun_called(db(), me(), uid)
    drop_begun(db(), me(), uid)
    stay: dict[str, Any] = {name: value for name in ("channel", "to", "who", "draft") if (value := request.args.get(name)) and value != uid}
    return go(url_for("tickets.new", **stay), _("The draft is gone."))


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Refused(N_("A draft is sent as JSON."))
    return given


def _content(given: dict[str, Any]) -> Content:
    """What the scripts send, under the names of the form; of a call ``who`` is to whom it will be a ticket."""
    def said(name: str) -> str:
        value = given.get(name)
        return value.replace("\0", "") if isinstance(value, str) else ""

    return Content(
        html=said("html"), to=said("to") or said("who"), cc=said("cc"), subject=said("subject"), text=said("text"),
        phone=said("phone"), language=said("language"), original=said("original"), mailbox=said("from") or said("mailbox"),
        assignee=said("agent"), files=[uid for uid in given.get("attachments") or [] if isinstance(uid, str) and len(uid) == 24])


def _kind(given: dict[str, Any]) -> str:
    if request.args.get("kind") == "forward":
        return "forward"
    return "note" if given.get("kind") == "note" else "reply"


def _version(given: dict[str, Any]) -> int:
    version = given.get("version")
    return version if isinstance(version, int) else 0


def _kept(draft: Draft | None) -> Response:
    return jsonify(version=draft.version if draft else 0, saved=clock_time(draft.updated_at) if draft else "")
