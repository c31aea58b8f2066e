"""What is changed in the sidebar of a person's card: status and title (W78, W79)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required

from contacts.editing import edit_person, person_called
from core.i18n import gettext as _
from desk.web.forms import posted, version
from desk.web.pages import see_other
from desk.web.presenting.links import person_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_sidebar", __name__)


@bp.post("/persons/<uid>/sidebar")
@login_required
def update(uid: str) -> Any:
    """Save it, if nobody was faster."""
    person = person_called(db(), uid)
    edit_person(db(), person, {name: posted(name) for name in ("status", "title") if name in request.form}, by=me(), version=version())
    return see_other(person_url(person), said=_("%(name)s was saved.", name=person.name))
