"""The notes on a person, from the card itself and from companies where the person was chosen (T26-T29)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.companies import company_called
from contacts.editing import person_called
from contacts.notes import note_key, notes_of, write_note
from contacts.person import Person
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.notes import companies_of, lines
from desk.web.presenting.person_frame import framed
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_notes", __name__, url_prefix="/persons/<uid>/notes")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of those the agent may read, the latest first."""
    return _page(person_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Write one; when and by whom is noted by itself."""
    person = person_called(db(), uid)
    try:
        company = company_called(db(), posted("company")) if posted("company") else None
        note = write_note(db(), posted("text"), person=person, company=company, private=ticked("private"), by=me())
    except Refused as refused:
        return _page(person_called(db(), uid), errors_of(refused)), refused.status
    return see_other(back(url_for("person_notes.index", uid=uid)), said=_("The note was added."),
                     undo=url_for("contact_notes.destroy", uid=note.uid, back=back("")))


def _page(person: Person, errors: dict[str, str]) -> str:
    words, cursor = request.args.get("q", ""), request.args.get("cursor", "")
    found = notes_of(db(), me(), person=person, words=words, before=note_key(cursor))

    def at(**more: Any) -> str:
        return url_for("person_notes.index", uid=person.uid, **({"q": words, **more} if words else more))

    return page("web/persons/notes.html", current="persons", person=framed(person, "notes"), notes=lines(found.rows, person), q=words, errors=errors,
                typed={"text": posted("text"), "private": ticked("private"), "company": posted("company")}, companies=companies_of(person),
                action=url_for("person_notes.create", uid=person.uid), find_url=url_for("person_notes.index", uid=person.uid),
                newer=at() if cursor else None, older=at(cursor=str(found.next)) if found.next else None)
