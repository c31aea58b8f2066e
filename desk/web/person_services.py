"""The services of a person's card (T32), and the card as a file for an address book (W76)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_login import login_required

from contacts.addressing import holdings_of
from contacts.editing import person_called
from contacts.vcard import VERSIONS
from contacts.vcard import vcard as written
from core.slugs import slug
from desk.web.looking_up import note_lookup
from desk.web.pages import page
from desk.web.presenting.person_frame import framed
from desk.web.presenting.services import services
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_services", __name__, url_prefix="/persons/<uid>")


@bp.get("/services")
@login_required
def index(uid: str) -> Any:
    """What the card leads to."""
    person = person_called(db(), uid)
    return page("web/persons/services.html", current="persons", person=framed(person, "services"),
                services=services(person, holdings_of(db(), person)))


@bp.get("/vcard")
@login_required
def vcard(uid: str) -> Response:
    """vCard 4, for Outlook and telephones; ``?version=3.0`` for programs that know no other."""
    person, asked = person_called(db(), uid), request.args.get("version", "")
    note_lookup([person.uid], "card", me().id)
    answer = Response(written(person, holdings_of(db(), person), asked if asked in VERSIONS else VERSIONS[0]), mimetype="text/vcard")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug(person.name) or person.uid}.vcf"'
    return answer
