"""Who takes part in a sale, a campaign or a project: added, changed, taken out on its page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.matters import matter_called
from contacts.membership import add_members, change_member, member_called, remove_member
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import in_turn, posted
from desk.web.pages import see_other
from desk.web.person_field import typed_person
from desk.web.presenting.matters import matter_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("matter_members", __name__, url_prefix="/<any(sales, campaigns, projects):key>/<uid>/members")


@bp.post("")
@login_required
def create(key: str, uid: str) -> Any:
    """Add whoever is named by address or name, or by uid (an undo)."""
    matter, given = matter_called(db(), key, uid), request.args.get("person", "")
    person = None if given else typed_person(posted("who"))
    if not given and person is None:
        raise Refused(N_("Who takes part? Write an e-mail address or a name."))
    add_members(db(), matter, [given or person.uid], standing=posted("standing") or request.args.get("standing", ""), by=me())  # type: ignore[union-attr]
    return see_other(matter_url(key, uid) + "#members", said=_("Added."))


@bp.post("/<mid>")
@login_required
def update(key: str, uid: str, mid: str) -> Any:
    """As what they take part, or how far they have come."""
    matter = matter_called(db(), key, uid)
    with in_turn():
        change_member(db(), matter, member_called(db(), matter, mid), posted("standing"), by=me())
    return see_other(matter_url(key, uid) + "#members", said=_("Saved."))


@bp.post("/<mid>/end")
@login_required
def destroy(key: str, uid: str, mid: str) -> Any:
    """They take part no more."""
    matter = matter_called(db(), key, uid)
    member = member_called(db(), matter, mid)
    person, standing = member.person, getattr(member, "role", "") or getattr(member, "status", "")
    remove_member(db(), matter, member, by=me())
    return see_other(matter_url(key, uid) + "#members", said=_("%(name)s takes part no more.", name=person.name),
                     undo=url_for("matter_members.create", key=key, uid=uid, person=person.uid, standing=standing))
