"""An address moves to another person: who that is to be, and doing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.editing import person_called
from contacts.handing_on import hand_on
from contacts.searching import search_persons
from core.i18n import gettext as _
from desk.web.forms import posted
from desk.web.pages import page, see_other
from desk.web.person_addresses import held_by
from desk.web.presenting.duplicates import warning_of
from desk.web.presenting.persons import lines
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("address_moves", __name__, url_prefix="/persons/<uid>/addresses/<aid>/move")
MOST = 20


@bp.get("")
@login_required
def new(uid: str, aid: str) -> Any:
    """Whom it may go to: found by name, address or company."""
    holding, query = held_by(person_called(db(), uid), aid), request.args.get("q", "").strip()[:100]
    found = [person for person in search_persons(db(), query, limit=MOST).rows if person.id != holding.person_id] if query else []
    persons = [line | {"uid": person.uid} for line, person in zip(lines(found), found, strict=True)]
    return page("web/persons/move_address.html", current="persons", address=holding.address.value, name=holding.person.name, q=query,
                persons=persons, back_url=url_for("person_addresses.index", uid=uid), action=url_for("address_moves.create", uid=uid, aid=aid))


@bp.post("")
@login_required
def create(uid: str, aid: str) -> Any:
    """From now on it is theirs; what was written stays whose it was."""
    holding, to = held_by(person_called(db(), uid), aid), person_called(db(), posted("to"))
    hand_on(db(), holding, to, by=me())
    return see_other(url_for("person_addresses.index", uid=to.uid),
                     said=_("%(address)s is an address of %(name)s now.", address=holding.address.value, name=to.name) + warning_of(to),
                     undo=url_for("person_addresses.restore", uid=uid, aid=aid))
