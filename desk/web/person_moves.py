"""Moving a person to another company, or to none: asked, shown, confirmed, taken back (S35-S43, W90, W91, W94, W95)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.company import Company
from contacts.editing import person_called
from contacts.movable import KINDS, MOVABLE
from contacts.move_plan import Move, plan
from contacts.moving import move_person
from contacts.person import Employment, Person
from contacts.unmoving import AMONG, KIND, undo_move
from core.errors import Refusals, Refused, Unknown
from core.i18n import N_, dated, ngettext, today
from core.i18n import gettext as _
from core.operations import Operation
from desk.web.company_field import chosen_company, typed_company
from desk.web.day_field import typed_day
from desk.web.forms import errors_of
from desk.web.pages import page, see_other
from desk.web.presenting.moves import preview
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_moves", __name__, url_prefix="/persons/<uid>/move")
GIVEN = ("from", "where", "company", "to", "on", "position", "take", "after", "mistake")


@bp.get("")
@login_required
def new(uid: str) -> Any:
    """The questions; with ``show`` also what the answers would do. Nothing happens yet."""
    person = person_called(db(), uid)
    if not request.args.get("show"):
        return _page(person, {})
    try:
        move = _move(person)
        return _page(person, {}, preview(person, move, plan(db(), person, move)) | {"to": move.company.uid if move.company else ""})
    except Refused as refused:
        return _page(person, errors_of(refused)), refused.status


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Do what was shown; where that is not what would happen by now, it is shown again."""
    person = person_called(db(), uid)
    try:
        move = _move(person)
        kept = move_person(db(), person, move, by=me(), mark=request.form.get("mark", ""))
    except Refused as refused:
        return _page(person, errors_of(refused)), refused.status
    said = _("%(name)s works at %(company)s now.", name=person.name, company=move.company.name) if move.company else _(
        "%(name)s belongs to no company now.", name=person.name) if person.employment is None else _("%(name)s has left there.", name=person.name)
    along = ngettext("One record went along.", "%(n)s records went along.", kept.total) if kept.total else ""
    return see_other(url_for("person_companies.index", uid=uid), said=f"{said} {along}".strip(),
                     undo=url_for("person_moves.undo", uid=uid, oid=kept.uid))


@bp.post("/<oid>/undo")
@login_required
def undo(uid: str, oid: str) -> Any:
    """Let everything be as before."""
    person = person_called(db(), uid)
    kept = db().scalar(select(Operation).where(Operation.uid == oid, Operation.kind.in_((KIND, AMONG))).with_for_update())
    if kept is None or (kept.by_uid != me().uid and not me().admin) or kept.given.get("person") != person.id:
        raise Unknown(N_("There is nothing to take back."))
    left = undo_move(db(), kept, by=me())
    said = ngettext("The move is taken back; one record stayed where a colleague has put it since.",
                    "The move is taken back; %(n)s records stayed where colleagues have put them since.", left) if left else _("It is as before.")
    return see_other(url_for("person_companies.index", uid=uid), said=said)


def _move(person: Person) -> Move:
    """What was asked for. Raises Refused with all that is wrong with it."""
    asked, wrong = request.values, Refusals()
    company, on, after = wrong(_company), wrong(typed_day, asked.get("on", ""), "on"), wrong(typed_day, asked.get("after", ""), "after")
    job = wrong(_job, person)
    wrong.settle()
    begins, take = on or today(), asked.get("take", "stay")
    return Move(job, company, begins, asked.get("position", "").strip()[:120] or None, take, after or (begins if take == "after" else None),
                tuple(asked.getlist("kinds")) or (() if asked.get("asked") else KINDS), bool(asked.get("mistake")), _status())


def _company() -> Company | None:
    asked = request.values
    if asked.get("where") == "none":
        return None
    found = chosen_company(asked["to"]) if asked.get("to") else typed_company(asked.get("company", "").strip())
    if found is None:
        raise Refused(N_("Which company do they move to?"), {"company": N_("Choose a company, or none.")})
    return found


def _job(person: Person) -> Employment | None:
    uid = request.values.get("from", "")
    found = next((job for job in person.employments if job.uid == uid and job.ended_on is None), None) if uid else person.employment
    if uid and found is None:
        raise Refused(N_("This position has ended already."), {"from": N_("Choose another one.")})
    return found


def _status() -> str | None:
    return status if (status := request.values.get("status", "")) in ("active", "left") else None


def _page(person: Person, errors: dict[str, str], shown: dict[str, Any] | None = None) -> str:
    given: dict[str, Any] = {name: request.values.get(name, "") for name in GIVEN}
    given |= {"on": given["on"] or str(today()), "take": given["take"] or "stay", "where": given["where"] or "company",
              "kinds": request.values.getlist("kinds") or ([] if request.values.get("asked") else list(KINDS))}
    if given["to"] and not given["company"]:
        given["company"] = db().scalar(select(Company.name).where(Company.uid == given["to"])) or ""
    current = [job for job in person.employments if job.ended_on is None]
    jobs = [(job.uid, f"{job.company.called}{', ' + job.position if job.position else ''}") for job in current]
    return page("web/persons/move.html", current="persons", person={"name": person.name, "uid": person.uid}, jobs=jobs, given=given, errors=errors,
                kinds=[(kind.key, _(kind.label)) for kind in MOVABLE], shown=shown, companies_url=url_for("companies.suggest"),
                back_url=url_for("persons.show", uid=person.uid), on_text=dated(today(), year=True))
