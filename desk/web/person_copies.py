"""Copying a person to another company: a second employment on this card, or a second card (W87-W89, 0.17)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.copying import ADDRESSES, copy_card, employ_also, to_copy
from contacts.editing import person_called
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_, today
from core.i18n import gettext as _
from desk.web.company_field import typed_company
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.changes import field_called
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_copies", __name__, url_prefix="/persons/<uid>/copy")
KINDS = {"email": N_("e-mail addresses"), "phone": N_("telephone numbers"), "chat": N_("chat names"), "link": N_("links")}


@bp.get("")
@login_required
def new(uid: str) -> Any:
    """To which company, and as what."""
    return _page(person_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Do it."""
    person, position = person_called(db(), uid), posted("position")[:120] or None
    try:
        company = typed_company(posted("company"))
        if company is None:
            raise Refused(N_("To which company?"), {"company": N_("Choose a company.")})
        if posted("as") == "card":
            made = copy_card(db(), person, company, position=position, by=me(), addresses=ticked("addresses"))
            return see_other(url_for("persons.show", uid=made.uid), said=_("%(name)s has a second card, at %(company)s. This is it.",
                                                                           name=person.name, company=company.name))
        employ_also(db(), person, company, position=position, started_on=today(), by=me())
    except Refused as refused:
        return _page(person, errors_of(refused)), refused.status
    return see_other(url_for("person_companies.index", uid=uid), said=_("%(name)s works at %(company)s too.", name=person.name, company=company.name))


def _page(person: Person, errors: dict[str, str]) -> str:
    stays = [_(KINDS[name]) if name in ADDRESSES else field_called(name) for name in to_copy(db(), person).stays]
    given = {name: request.form.get(name, "") for name in ("company", "position")} | {
        "as": request.form.get("as", "employment"), "addresses": ticked("addresses") if request.method == "POST" else True}
    return page("web/persons/copy.html", current="persons", person={"name": person.name, "uid": person.uid}, given=given, errors=errors,
                stays=stays, companies_url=url_for("companies.suggest"), back_url=url_for("persons.show", uid=person.uid))
