"""The tab of infotags, on a person's card with the photo beside them (C8, C9)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.companies import company_called
from contacts.company import Company
from contacts.editing import person_called
from contacts.infotags import infotag_called, infotags, infotags_on, put_on, take_off
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import errors_of, in_turn, posted
from desk.web.pages import page, see_other
from desk.web.presenting.company_frame import framed as company_framed
from desk.web.presenting.infotags import grouped, tag_lines
from desk.web.presenting.person_frame import framed as person_framed
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("infotags", __name__, url_prefix="/<any(persons, companies):of>/<uid>/infotags")


@bp.get("")
@login_required
def index(of: str, uid: str) -> Any:
    """Those on the card, and those that can be put on it."""
    return infotags_page(card(of, uid))


@bp.post("")
@login_required
def create(of: str, uid: str) -> Any:
    """Put one on."""
    whose = card(of, uid)
    try:
        if not posted("infotag"):
            raise Refused(N_("Choose an infotag first."), {"infotag": N_("Choose an infotag first.")})
        with in_turn():
            tag = infotag_called(db(), posted("infotag"))
            put_on(db(), whose, tag, by=me())
    except Refused as refused:
        return infotags_page(card(of, uid), errors_of(refused)), refused.status
    return see_other(url_for("infotags.index", of=of, uid=whose.uid), said=_("%(name)s was put on.", name=tag.name))


@bp.post("/<tag_uid>/end")
@login_required
def destroy(of: str, uid: str, tag_uid: str) -> Any:
    """Take it off."""
    whose, tag = card(of, uid), infotag_called(db(), tag_uid)
    take_off(db(), whose, tag, by=me())
    return see_other(url_for("infotags.index", of=of, uid=whose.uid), said=_("%(name)s was taken off.", name=tag.name))


def card(of: str, uid: str) -> Person | Company:
    """Whose card it is. Raises Unknown."""
    return person_called(db(), uid) if of == "persons" else company_called(db(), uid)


def infotags_page(whose: Person | Company, errors: dict[str, str] | None = None) -> str:
    """The tab."""
    of = "persons" if isinstance(whose, Person) else "companies"
    held = infotags_on(db(), whose)
    free = [tag for tag in infotags(db()) if tag.id not in {one.tag_id for one in held}]
    frame: dict[str, Any] = {"frame": "web/persons/_frame.html", "person": person_framed(whose, "infotags")} if isinstance(whose, Person) else {
        "frame": "web/companies/_frame.html", "company": company_framed(whose, "infotags")}
    photo = {"url": frame["person"]["face"].get("photo_url"), "action": url_for("photos.create", uid=whose.uid),
             "delete_url": url_for("photos.destroy", uid=whose.uid)} if isinstance(whose, Person) else None
    return page("web/infotags.html", current=of, groups=tag_lines(held, of, whose.uid), free=grouped(free), errors=errors or {}, photo=photo,
                action=url_for("infotags.create", of=of, uid=whose.uid), list_url=url_for("infotag_list.index") if me().admin else None, **frame)
