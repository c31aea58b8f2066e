"""Drafts: what is written in the composer, kept at every pause."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask_login import login_required

from core.errors import Refused
from core.i18n import N_, clock_time
from desk.access import ticket_for
from desk.tickets.drafting import drop_draft, save_draft
from desk.tickets.presence import seen, stopped_writing
from desk.web.requests import db
from desk.web.showing import back_to
from desk.web.signing_in import me

bp = Blueprint("drafts", __name__)


@bp.put("/tickets/<int:number>/draft")
@login_required
def update(number: int) -> Any:
    """Keep it: ``{version, saved}``; 409 with what another window has written when that was first."""
    ticket, given = ticket_for(db(), me(), number), request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Refused(N_("A draft is sent as JSON."))
    version = given.get("version")
    draft = save_draft(
        db(), ticket, me(), _kind(given), version=version if isinstance(version, int) else 0, html=_text(given, "html"),
        to=_text(given, "to"), cc=_text(given, "cc"), subject=_text(given, "subject"),
        language=_text(given, "language"), original=_text(given, "original"),
        files=[uid for uid in given.get("attachments") or [] if isinstance(uid, str) and len(uid) == 24])
    seen(db(), ticket.id, me(), writing=True)
    return jsonify(version=draft.version, saved=clock_time(draft.updated_at))


@bp.post("/tickets/<int:number>/draft/deletion")
@login_required
def destroy(number: int) -> Any:
    """Throw it away."""
    ticket = ticket_for(db(), me(), number)
    drop_draft(db(), ticket, me(), "forward" if request.args.get("kind") == "forward" else "reply")
    stopped_writing(db(), ticket.id, me())
    return back_to(ticket)


def _kind(given: dict[str, Any]) -> str:
    if request.args.get("kind") == "forward":
        return "forward"
    return "note" if given.get("kind") == "note" else "reply"


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""
