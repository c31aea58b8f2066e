"""The photo of a person: shown to whoever sees the card, uploaded, removed (C9, C10)."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, request, send_file, url_for
from flask_login import login_required
from sqlalchemy.orm import Session

from contacts.editing import person_called
from contacts.person import Person
from contacts.photos import set_photo
from core import files
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.pictures import LARGEST, square
from desk.web.forms import errors_of
from desk.web.infotags import infotags_page
from desk.web.pages import see_other
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("photos", __name__, url_prefix="/persons/<uid>/photo")


@bp.get("")
@login_required
def show(uid: str) -> Any:
    """The picture: a JPEG that we have drawn ourselves."""
    return sent(person_called(db(), uid))


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Put another there."""
    person_called(db(), uid)
    try:
        digest = kept(_uploaded())
    except Refused as refused:
        return infotags_page(person_called(db(), uid), errors_of(refused)), refused.status
    person = person_called(db(), uid)
    set_photo(db(), person, digest, by=me())
    return see_other(url_for("infotags.index", of="persons", uid=person.uid), said=_("The photo was saved."))


@bp.post("/end")
@login_required
def destroy(uid: str) -> Any:
    """Remove it."""
    person = person_called(db(), uid)
    set_photo(db(), person, None, by=me())
    return see_other(url_for("infotags.index", of="persons", uid=person.uid), said=_("The photo was removed."))


def kept(content: bytes) -> str:
    """Draw it and keep it, with no transaction open meanwhile; its digest. Raises Refused."""
    session: Session = db()
    session.commit()
    return files.put(square(content))


def sent(person: Person) -> Any:
    """The picture as an answer. Raises Unknown where there is none."""
    digest = person.photo_digest
    if digest is None:
        raise Unknown(N_("There is no photo of this person."))
    db().rollback()
    try:
        content = files.get(digest)
    except FileNotFoundError as error:
        raise Unknown(N_("There is no photo of this person.")) from error
    response = send_file(io.BytesIO(content), mimetype="image/jpeg", etag=digest[:32], conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _uploaded() -> bytes:
    given = request.files.get("photo")
    if given is None or not given.filename:
        raise Refused(N_("Choose a picture first."), {"photo": N_("Choose a picture first.")})
    return given.stream.read(LARGEST + 1)
