"""Restricting a person (Art. 18): the form, lifting with the mail that tells them, and what was before. For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.editing import person_called
from contacts.restricting import put_back, restrict
from core.errors import Refused
from core.i18n import gettext as _
from desk.lifting import lift
from desk.lifting import undo as slip
from desk.web.following import back_to, followed
from desk.web.forms import errors_of, posted, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.restrictions import form_of
from desk.web.presenting.rights import case_line
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("restrictions", __name__, url_prefix="/persons/<uid>/restriction")


@bp.get("")
@admins_only
def show(uid: str) -> Any:
    """The form to restrict the person; while they are, the mail that lifting sends."""
    return _show(uid, {"ground": posted("ground"), "reason": posted("reason"), "how": ""}, {})


@bp.post("")
@admins_only
def create(uid: str) -> Any:
    """Restrict."""
    person, given = person_called(db(), uid), {name: posted(name) for name in ("ground", "reason")}
    try:
        restrict(db(), person, **given, by=me(), version=version())
    except Refused as refused:
        return _show(uid, given, errors_of(refused)), refused.status
    return see_other(url_for("restrictions.show", uid=uid), said=_("%(name)s is restricted.", name=person.name), undo=url_for("restrictions.undo", uid=uid, version=person.version))


@bp.post("/end")
@admins_only
def destroy(uid: str) -> Any:
    """Tell the person, and lift it."""
    person = person_called(db(), uid)
    try:
        row = lift(db(), person, by=me(), how=posted("how"), version=version())
    except Refused as refused:
        return _show(uid, {"how": posted("how")}, errors_of(refused)), refused.status
    if row.told == "mail":
        ring_after("outbound")
    return see_other(back_to(person, url_for("persons.show", uid=uid)), said=_("The restriction of %(name)s is lifted.", name=person.name), undo=url_for("restrictions.undo", uid=uid, version=person.version))


@bp.post("/undo")
@admins_only
def undo(uid: str) -> Any:
    """It was a slip: as before, where nothing has happened to the person since."""
    person, before = person_called(db(), uid), whole(request.args.get("version", ""))
    restricted = person.restricted_at is not None
    try:
        (slip if restricted else put_back)(db(), person, by=me(), version=before or 0)
    except Refused as refused:
        return see_other(url_for("restrictions.show", uid=uid), said=refused.sentence, kind="late")
    said = _("%(name)s is not restricted any more.", name=person.name) if restricted else _("%(name)s is restricted again.", name=person.name)
    return see_other(url_for("restrictions.show", uid=uid), said=said)


def _show(uid: str, given: dict[str, str], errors: dict[str, str]) -> str:
    person = person_called(db(), uid)
    return page("web/restrictions/show.html", current="persons", errors=errors, given=given, following=case_line(followed(person)), **form_of(person))
