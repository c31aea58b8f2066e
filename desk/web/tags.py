"""Words on a ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required

from core.errors import Refused
from core.i18n import N_
from desk.tickets.tagging import set_tags, tags_of
from desk.web.requests import db
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("tags", __name__)


@bp.post("/tickets/<int:number>/tags")
@login_required
def update(number: int) -> Any:
    """Add one (or several, with commas), or take one away."""
    ticket, add, remove = ticket_to_change(number), request.form.get("add", ""), request.values.get("remove", "")
    if not add.strip() and not remove:
        raise Refused(N_("Write a word first."), {"add": N_("Write a word first.")})
    kept = [name for name in tags_of(db(), ticket) if name != remove]
    set_tags(db(), ticket, [*kept, *add.split(",")], by=me())
    return back_to(ticket)
