"""Everything registered on a person: who changed what, from what to what, searched and between two days (W58, W59, T30, T31)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.editing import person_called
from contacts.merged import parts_of
from desk.web.pages import page
from desk.web.pasts import asked_past
from desk.web.presenting.person_frame import framed
from desk.web.requests import db

bp = Blueprint("person_history", __name__, url_prefix="/persons/<uid>/history")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of it, the latest first."""
    person = person_called(db(), uid)
    job = person.employment
    return page("web/persons/history.html", current="persons", person=framed(person, "history"), company=job.company.name if job else "",
                past=asked_past("person_history.index", person.uid, [job.company.uid] if job else [],
                                parts=[one.uid for one in parts_of(db(), person)]))
