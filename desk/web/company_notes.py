"""The notes on a company, each about one of its persons where one is chosen (T27)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.companies import company_called
from contacts.company import Company
from contacts.editing import person_called
from contacts.notes import note_key, notes_of, write_note
from contacts.person import Employment, Person
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.links import company_url
from desk.web.presenting.notes import lines
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("company_notes", __name__, url_prefix="/companies/<uid>/notes")
#: Persons who are offered.
OFFERED = 100


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of those the agent may read, the latest first."""
    return _page(company_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Write one."""
    company = company_called(db(), uid)
    try:
        person = person_called(db(), posted("person")) if posted("person") else None
        note = write_note(db(), posted("text"), person=person, company=company, private=ticked("private"), by=me())
    except Refused as refused:
        return _page(company_called(db(), uid), errors_of(refused)), refused.status
    return see_other(back(url_for("company_notes.index", uid=uid)), said=_("The note was added."),
                     undo=url_for("contact_notes.destroy", uid=note.uid, back=back("")))


def _page(company: Company, errors: dict[str, str]) -> str:
    words, cursor = request.args.get("q", ""), request.args.get("cursor", "")
    found = notes_of(db(), me(), company=company, words=words, before=note_key(cursor))

    def at(**more: Any) -> str:
        return url_for("company_notes.index", uid=company.uid, **({"q": words, **more} if words else more))

    return page("web/companies/notes.html", current="companies", name=company.name, back_url=company_url(company), notes=lines(found.rows, company),
                q=words, errors=errors, typed={"text": posted("text"), "private": ticked("private"), "person": posted("person")},
                persons=_persons(company), action=url_for("company_notes.create", uid=company.uid), find_url=at() if not words else url_for("company_notes.index", uid=company.uid),
                newer=at() if cursor else None, older=at(cursor=str(found.next)) if found.next else None)


def _persons(company: Company) -> list[tuple[str, str]]:
    rows = db().execute(select(Person.uid, Person.first_name, Person.last_name).join(Employment, Employment.person_id == Person.id).where(
        Employment.company_id == company.id, Employment.ended_on.is_(None), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).order_by(
        Person.order_key).limit(OFFERED))
    return [(uid, f"{first} {last}".strip()) for uid, first, last in rows]
