"""The activities of a person: tasks, appointments and calls, narrowed by kind and by several states at once (T21, T22, T24, C4)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.activity import KINDS as KNOWN
from contacts.activity import STATES as STANDING
from contacts.agenda import agenda, of_person
from contacts.editing import person_called
from core.i18n import gettext as _
from desk.web.pages import page
from desk.web.presenting.activities import KINDS, STATES, here, late_text, lines
from desk.web.presenting.person_frame import framed
from desk.web.requests import db

bp = Blueprint("person_activities", __name__, url_prefix="/persons/<uid>/activities")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of them, overdue first."""
    person = person_called(db(), uid)
    kinds = [name for name in request.args.getlist("kind") if name in KNOWN]
    states = [name for name in request.args.getlist("state") if name in STANDING]
    found = agenda(db(), of_person(person), kinds=kinds, states=states, cursor=request.args.get("cursor", ""))

    def at(**more: Any) -> str:
        return url_for("person_activities.index", uid=person.uid, **{name: value for name, value in {"kind": kinds, "state": states, **more}.items() if value})

    return page("web/persons/activities.html", current="persons", person=framed(person, "activities"), activities=lines(found.rows, people=True),
                kinds=[(name, _(label), name in kinds) for name, (_icon, label) in KINDS.items()],
                states=[(name, _(label), name in states) for name, label in STATES.items()], narrowed=bool(kinds or states), late=late_text(of_person(person)),
                new_url=url_for("activities.new", person=person.uid, back=here()), newer=at() if request.args.get("cursor") else None,
                older=at(cursor=found.next) if found.next else None)
