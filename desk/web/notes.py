"""Internal notes: seen by agents alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required
from sqlalchemy.orm.exc import StaleDataError

from core.errors import Refused
from core.i18n import gettext as _
from desk.tickets.answering import note
from desk.web.files import posted_files
from desk.web.once import taken
from desk.web.presenting.composer import Typed
from desk.web.replies import AT_ONCE, unsent, written_down
from desk.web.requests import db
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("notes", __name__)


@bp.post("/tickets/<int:number>/notes")
@login_required
def create(number: int) -> Any:
    """Write a note on a ticket."""
    ticket, form = ticket_to_change(number), request.form
    files = posted_files()
    if taken():
        return back_to(ticket)
    try:
        note(db(), ticket, by=me(), html=form.get("html", ""), text=form.get("text", ""), files=files)
    except Refused as refused:
        return unsent(number, Typed({**form, "kind": "note"}, files, _(refused.sentence))), refused.status
    except StaleDataError:
        return unsent(number, Typed({**form, "kind": "note"}, files, _(AT_ONCE))), 409
    written_down(ticket, "note")
    return back_to(ticket)
