"""Notes on a project: each shows on the cards of those who take part, too (T27)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.matters import matter_called
from contacts.notes import write_note
from core.i18n import gettext as _
from desk.web.forms import posted, ticked
from desk.web.pages import see_other
from desk.web.presenting.matters import matter_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("project_notes", __name__, url_prefix="/projects/<uid>/notes")


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Write one; when and by whom is noted by itself."""
    project = matter_called(db(), "projects", uid)
    note = write_note(db(), posted("text"), project=project, private=ticked("private"), by=me())
    return see_other(matter_url("projects", uid) + "#notes", said=_("The note was added."),
                     undo=url_for("contact_notes.destroy", uid=note.uid, back=matter_url("projects", uid)))
