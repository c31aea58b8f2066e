"""Who of a selection of persons may get a mass mail, and why the others may not (W20-W23)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.mass_mail import WHY, may_be_mailed
from contacts.person import Person
from contacts.selected import COUNTED, living, selected, selection_called
from core.i18n import gettext as _
from desk.web.pages import page
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("selection_mailing", __name__)


@bp.get("/selections/<uid>/mass-mail")
@login_required
def show(uid: str) -> Any:
    """The numbers, of as many persons as selections count."""
    selection = selection_called(db(), uid, me(), of="persons")
    ids = db().scalars(select(Person.id).where(*living(selection), selected(db(), selection, me())).order_by(Person.id).limit(COUNTED)).all()
    found = may_be_mailed(db(), ids)
    return page("web/selections/mass_mail.html", current="selections", name=selection.name, may=found[""], total=len(ids),
                why=[(_(label), found[name]) for name, label in WHY.items() if found.get(name)], back_url=url_for("selections.show", uid=uid))
