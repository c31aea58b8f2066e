"""The companies of a person: every employment, now and past; linking one more, putting one right, making one primary (T3, T9, T10, T18-T20, C13)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.companies import new_company
from contacts.company import Company
from contacts.copying import employ_also
from contacts.editing import person_called
from contacts.moves import moves_of
from contacts.person import Employment, Person
from contacts.positions import change_position
from contacts.searching import search_companies
from core.errors import Conflict, Refusals, Refused, Unknown
from core.i18n import N_, today
from core.i18n import gettext as _
from desk.web.company_field import chosen_company
from desk.web.day_field import typed_day
from desk.web.forms import errors_of, posted, typed, version
from desk.web.pages import page, see_other
from desk.web.presenting.employments import lines
from desk.web.presenting.moves import move_lines
from desk.web.presenting.person_frame import framed
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_companies", __name__, url_prefix="/persons/<uid>/companies")
MOST = 20
STATUSES = [("active", N_("Works there")), ("left", N_("Has left"))]


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """Every employment, and the moves that led from one to the next."""
    person = person_called(db(), uid)
    return page("web/persons/companies.html", current="persons", person=framed(person, "companies"), jobs=lines(person),
                moves=move_lines(person, moves_of(db(), person, most=MOST)), today=str(today()), new_url=url_for("person_companies.new", uid=uid))


@bp.get("/new")
@login_required
def new(uid: str) -> Any:
    """Search for a company; mark it, or make a new one."""
    return _link_page(person_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Link it. The first company is the primary one, and our contact, category and business follow it; a second changes nothing."""
    person = person_called(db(), uid)
    try:
        wrong = Refusals()
        company, began = wrong(_company), wrong(typed_day, posted("from"), "from")
        wrong.settle()
        assert company is not None
        job = employ_also(db(), person, company, position=posted("position")[:120] or None, started_on=began, by=me())
        if posted("primary") and not job.primary:
            change_position(db(), job, {"primary": True}, by=me())
    except Refused as refused:
        return _link_page(person, errors_of(refused)), refused.status
    return see_other(url_for("person_companies.index", uid=uid), said=_("%(name)s is linked to %(company)s.", name=person.name, company=company.name))


@bp.get("/<eid>")
@login_required
def edit(uid: str, eid: str) -> Any:
    """The form of one employment."""
    person = person_called(db(), uid)
    return _form(person, _job(person, eid), {})


@bp.post("/<eid>")
@login_required
def update(uid: str, eid: str) -> Any:
    """Put it right: position, days, status."""
    person = person_called(db(), uid)
    job = _job(person, eid)
    try:
        if version() is not None and version() != person.version:
            raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
        change_position(db(), job, _changes(), by=me())
    except Refused as refused:
        return _form(person, job, errors_of(refused)), refused.status
    return see_other(url_for("person_companies.index", uid=uid), said=_("%(name)s was saved.", name=job.company.called))


@bp.post("/<eid>/primary")
@login_required
def lead(uid: str, eid: str) -> Any:
    """Make it the primary one: our contact, category and business follow the company."""
    person = person_called(db(), uid)
    job = _job(person, eid)
    change_position(db(), job, {"primary": True}, by=me())
    return see_other(url_for("person_companies.index", uid=uid), said=_("%(company)s is the primary company now.", company=job.company.called))


def _company() -> Company:
    """The one that was marked; or the new one that was named."""
    if posted("company") != "new":
        return chosen_company(posted("company"))
    try:
        return new_company(db(), {"name": posted("name")}, by=me())
    except Refused as refused:
        raise Refused(refused.sentence, {"name": refused.errors.get("name", refused.sentence)}) from refused


def _changes() -> dict[str, Any]:
    wrong = Refusals()
    began, ended = wrong(typed_day, posted("from"), "from"), wrong(typed_day, posted("to"), "to")
    wrong.settle()
    if ended and ended > today():
        raise Refused(N_("This day is yet to come."), {"to": N_("Today or an earlier day.")})
    return {"position": posted("position"), "started_on": began, "status": posted("status") or "active",
            **({"ended_on": ended} if ended or posted("status") != "left" else {})}


def _job(person: Person, eid: str) -> Employment:
    job = db().scalar(select(Employment).where(Employment.uid == eid, Employment.person_id == person.id))
    if job is None:
        raise Unknown(N_("There is no such position on this card."))
    return job


def _link_page(person: Person, errors: dict[str, str]) -> str:
    query = (request.values.get("q") or "").strip()[:200]
    found = search_companies(db(), query, limit=MOST).rows if query else []
    given = typed(("company", "name", "position", "from", "primary"))
    return page("web/persons/link.html", current="persons", person={"name": person.name, "uid": person.uid, "has_company": person.employment is not None},
                q=query, companies=[{"uid": one.uid, "name": one.name, "number": one.organisation_number or "", "website": one.website or ""}
                                    for one in found],
                given=given | {"name": given["name"] or query, "company": given["company"] or (found[0].uid if len(found) == 1 else "")}, errors=errors,
                back_url=url_for("person_companies.index", uid=person.uid))


def _form(person: Person, job: Employment, errors: dict[str, str]) -> str:
    values = {"position": job.position or "", "from": str(job.started_on or ""), "to": str(job.ended_on or ""),
              "status": "left" if job.ended_on else "active"}
    return page("web/persons/employment.html", current="persons", person={"name": person.name, "uid": person.uid, "version": person.version},
                job={"uid": job.uid, "company": job.company.called}, given=typed(tuple(values)) if errors else values, errors=errors,
                statuses=[(value, _(label)) for value, label in STATUSES], back_url=url_for("person_companies.index", uid=person.uid))
