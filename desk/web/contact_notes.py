"""One note of the register: changed by who wrote it, deleted and brought back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.note import Note
from contacts.notes import delete_note, edit_note, note_for, restore_note
from core.errors import Conflict, Forbidden, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import differing, errors_of, in_turn, posted, ticked, version
from desk.web.pages import page, see_other
from desk.web.presenting.matters import matter_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("contact_notes", __name__, url_prefix="/notes/<uid>")


@bp.get("")
@login_required
def edit(uid: str) -> Any:
    """The form of one's own."""
    return _form(_mine(uid), {})


@bp.post("")
@login_required
def update(uid: str) -> Any:
    """Save it, if it was not changed in another window."""
    note = _mine(uid)
    try:
        with in_turn():
            if version() is not None and version() != note.version:
                raise Conflict(N_("This note was changed in the meantime."))
            edit_note(db(), note, text=posted("text"), private=ticked("private"), by=me())
    except Refused as refused:
        errors, note = errors_of(refused), _mine(uid)
        if isinstance(refused, Conflict):
            errors = differing({"text": note.text}, {"text": posted("text")})
        return _form(note, errors), refused.status
    return see_other(_place(note), said=_("The note was saved."))


@bp.post("/end")
@login_required
def destroy(uid: str) -> Any:
    """Delete it."""
    note = note_for(db(), me(), uid)
    delete_note(db(), note, by=me())
    return see_other(_place(note), said=_("The note was deleted."), undo=url_for("contact_notes.restore", uid=uid, back=back("")))


@bp.post("/restoring")
@login_required
def restore(uid: str) -> Any:
    """Bring it back."""
    note = note_for(db(), me(), uid, binned=True)
    restore_note(db(), note, by=me())
    return see_other(_place(note), said=_("The note is back."))


def _mine(uid: str) -> Note:
    note = note_for(db(), me(), uid)
    if note.author_id != me().id:
        raise Forbidden(N_("Only who wrote a note can change it."))
    return note


def _place(note: Note) -> str:
    """The list it stands in."""
    if note.person is not None and note.person.living:
        return back(url_for("person_notes.index", uid=note.person.uid))
    if note.project is not None and note.project.binned_at is None:
        return back(matter_url("projects", note.project.uid))
    return back(url_for("company_notes.index", uid=note.company.uid) if note.company is not None else url_for("persons.index"))


def _form(note: Note, errors: dict[str, str]) -> str:
    typed = {"text": posted("text"), "private": ticked("private")} if request.method == "POST" else {"text": note.text, "private": note.private}
    return page("web/persons/note.html", current="persons", errors=errors, typed=typed, version=note.version, back_url=_place(note),
                action=url_for("contact_notes.update", uid=note.uid, back=back("")))
