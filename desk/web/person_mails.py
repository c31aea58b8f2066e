"""The e-mails of a person: searched, narrowed, of the last year or all (T34, W62-W66)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.editing import person_called
from desk.tickets.correspondence import Asked, correspondence
from desk.web.pages import page
from desk.web.presenting.correspondence import choices, lock_of, mail_lines
from desk.web.presenting.person_frame import framed
from desk.web.presenting.places import agent_called
from desk.web.presenting.words import STATES
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_mails", __name__, url_prefix="/persons/<uid>/mails")
KEPT = ("q", "direction", "assignee", "state", "all")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of them, the latest first."""
    person, given = person_called(db(), uid), {name: request.args.get(name, "") for name in KEPT}
    assignee = {"": None, "nobody": 0}.get(given["assignee"], -1)
    asked = Asked(given["q"], given["direction"], agent_called(given["assignee"]).id if assignee == -1 else assignee,
                  given["state"] if given["state"] in STATES else "", everything=bool(given["all"]))
    found = correspondence(db(), me(), person, asked, cursor=request.args.get("cursor", ""))

    def at(**more: str) -> str:
        kept: dict[str, Any] = {name: value for name, value in (given | more).items() if value}
        return url_for("person_mails.index", uid=person.uid, **kept)

    return page("web/persons/mails.html", current="persons", person=framed(person, "mails"), mails=mail_lines(found.messages), lock=lock_of(person),
                given=given, everything_url=at(all="" if given["all"] else "1"), narrowed=any(given[name] for name in KEPT[:-1]),
                newer=at() if request.args.get("cursor") else None, older=at(cursor=found.next) if found.next else None, **choices())
