"""Who of a selection of persons may get a mass mail for a purpose, and why the others may not (W20-W23); beginning one, and those there were."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.mass_mail import WHY, may_be_mailed
from contacts.person import Person
from contacts.purposes import purposes
from contacts.selected import COUNTED, living, selected, selection_called
from contacts.selection import Selection
from core.errors import Refused
from core.i18n import gettext as _
from desk.mailing import begin, mailings_of, may_mail
from desk.web.forms import errors_of, posted
from desk.web.once import begun_already, taken
from desk.web.pages import page, see_other, seen_mailboxes
from desk.web.presenting.choices import LANGUAGES
from desk.web.presenting.mailings import mailing_lines
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("selection_mailing", __name__)
USUALLY = "marketing"


@bp.get("/selections/<uid>/mass-mail")
@login_required
def show(uid: str) -> Any:
    """The numbers, of as many persons as selections count."""
    return _show(selection_called(db(), uid, me(), of="persons"), {})


@bp.post("/selections/<uid>/mass-mail")
@login_required
def create(uid: str) -> Any:
    """Begin a mailing to them."""
    selection = selection_called(db(), uid, me(), of="persons")
    if taken():
        return begun_already(url_for("selection_mailing.show", uid=uid, purpose=posted("purpose")))
    try:
        mailing = begin(db(), selection, posted("purpose"), posted("mailbox"), by=me(), language=posted("language"))
    except Refused as refused:
        errors = errors_of(refused)
        return _show(selection_called(db(), uid, me(), of="persons"), errors), refused.status
    return see_other(url_for("mailings.edit", uid=mailing.uid))


def _show(selection: Selection, errors: dict[str, str]) -> str:
    offered = purposes(db())
    asked = request.values.get("purpose", "")
    purpose = next((one for one in offered if one.key == (asked or USUALLY)), None) or offered[0]
    ids = db().scalars(select(Person.id).where(*living(selection), selected(db(), selection, me())).order_by(Person.id).limit(COUNTED)).all()
    found = may_be_mailed(db(), ids, purpose)
    form = {"purposes": [(one.key, one.label) for one in offered], "mailboxes": [(one.uid, one.name) for one in seen_mailboxes() if one.active], "languages": LANGUAGES,
            "values": {"purpose": purpose.key, "mailbox": posted("mailbox"), "language": posted("language") or me().language}} if may_mail(db(), me()) else None
    return page("web/selections/mass_mail.html", current="selections", name=selection.name, may=found[""], total=len(ids), purpose=purpose.label,
                tabs=[{"label": one.label, "url": url_for("selection_mailing.show", uid=selection.uid, purpose=one.key), "current": one is purpose} for one in offered],
                why=[(_(label), found[name]) for name, label in WHY.items() if found.get(name)], form=form, errors=errors,
                action=url_for("selection_mailing.create", uid=selection.uid), mailings=mailing_lines(mailings_of(db(), selection, me())) if form else [],
                back_url=url_for("selections.show", uid=selection.uid))
