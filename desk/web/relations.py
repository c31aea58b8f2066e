"""Relations on the card of a person or a company: the tab, and what is done about one of them (S44-S52)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.companies import company_called
from contacts.editing import person_called
from contacts.person import Person
from contacts.relating import (
    Party,
    change_relation,
    end_relation,
    put_back,
    relate,
    relation_called,
    unrelate,
)
from contacts.ties import seen_from, ties
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.web.day_field import read_day
from desk.web.forms import errors_of, in_turn, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.company_frame import framed as company_framed
from desk.web.presenting.person_frame import framed as person_framed
from desk.web.presenting.relations import cards, job_lines, tie_lines
from desk.web.relation_form import changed, chosen, differences, form_page
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("relations", __name__, url_prefix="/<any(persons, companies):of>/<uid>/relations")
MANY = 50


@bp.get("")
@login_required
def index(of: str, uid: str) -> Any:
    """What holds, then what is past; each by pages, the latest first."""
    whose = card(of, uid)
    jobs = whose.employments if isinstance(whose, Person) else []
    lists = [_list(whose, past=past, jobs=[job for job in jobs if (job.ended_on is not None) == past]) for past in (False, True)]
    return page("web/relations/index.html", current=of, lists=lists, new_url=url_for("relations.new", of=of, uid=whose.uid),
                persons_url=None if isinstance(whose, Person) else url_for("company_persons.index", uid=whose.uid), **_frame(whose))


@bp.get("/new")
@login_required
def new(of: str, uid: str) -> Any:
    """The empty form, or the found among whom to choose."""
    return form_page(card(of, uid), None)


@bp.post("")
@login_required
def create(of: str, uid: str) -> Any:
    """A new one; ``search`` only looks for the other side, what was typed stays."""
    whose = card(of, uid)
    if "search" in request.form:
        return form_page(whose, None)
    try:
        with in_turn():
            kind, turned, other, fields = chosen()
            first, second = (other, whose) if turned else (whose, other)
            relate(db(), kind, first, second, by=me(), **fields)
    except Refused as refused:
        errors = errors_of(refused)
        return form_page(card(of, uid), None, errors), refused.status
    return see_other(_tab(of, uid), said=_("The relation to %(name)s was added.", name=other.name))


@bp.get("/<rid>")
@login_required
def edit(of: str, uid: str, rid: str) -> Any:
    """The form."""
    whose = card(of, uid)
    return form_page(whose, relation_called(db(), rid, of=whose))


@bp.post("/<rid>")
@login_required
def update(of: str, uid: str, rid: str) -> Any:
    """Save it, if nobody was faster."""
    whose = card(of, uid)
    relation = relation_called(db(), rid, of=whose)
    try:
        with in_turn():
            change_relation(db(), relation, changed(whose, relation), by=me(), version=version())
    except Refused as refused:
        errors, whose = errors_of(refused), card(of, uid)
        kept = relation_called(db(), rid, of=whose)
        if isinstance(refused, Conflict):
            errors = differences(whose, kept)
        return form_page(whose, kept, errors), refused.status
    return see_other(_tab(of, uid), said=_("The relation was saved."))


@bp.post("/<rid>/end")
@login_required
def end(of: str, uid: str, rid: str) -> Any:
    """Today is its last day."""
    whose = card(of, uid)
    relation = relation_called(db(), rid, of=whose)
    before = relation.until.isoformat() if relation.until else None
    end_relation(db(), relation, by=me())
    return see_other(_tab(of, uid), said=_("Today is the last day of the relation to %(name)s.", name=seen_from(relation, whose).other.name),
                     undo=url_for("relations.reopen", of=of, uid=uid, rid=rid, until=before))


@bp.post("/<rid>/reopening")
@login_required
def reopen(of: str, uid: str, rid: str) -> Any:
    """It goes on, until when it would have."""
    try:
        until = read_day(request.args.get("until", ""))
    except ValueError:
        until = None
    change_relation(db(), relation_called(db(), rid, of=card(of, uid)), {"until": until}, by=me())
    return see_other(_tab(of, uid), said=_("The relation goes on."))


@bp.post("/<rid>/removal")
@login_required
def destroy(of: str, uid: str, rid: str) -> Any:
    """Take it away, as if it had never been; it can be put back."""
    whose = card(of, uid)
    relation = relation_called(db(), rid, of=whose)
    name = seen_from(relation, whose).other.name
    unrelate(db(), relation, by=me())
    return see_other(_tab(of, uid), said=_("The relation to %(name)s was taken away.", name=name),
                     undo=url_for("relations.restore", of=of, uid=uid, rid=rid))


@bp.post("/<rid>/restoration")
@login_required
def restore(of: str, uid: str, rid: str) -> Any:
    """Put it back."""
    whose = card(of, uid)
    relation = relation_called(db(), put_back(db(), rid, by=me()).uid, of=whose)
    return see_other(_tab(of, uid), said=_("The relation to %(name)s is back.", name=seen_from(relation, whose).other.name))


def card(of: str, uid: str) -> Party:
    """Whose card it is."""
    return person_called(db(), uid) if of == "persons" else company_called(db(), uid)


def _tab(of: str, uid: str) -> str:
    return url_for("relations.index", of=of, uid=uid)


def _frame(whose: Party) -> dict[str, Any]:
    if isinstance(whose, Person):
        return {"frame": "web/persons/_frame.html", "person": person_framed(whose, "relations")}
    return {"frame": "web/companies/_frame.html", "company": company_framed(whose, "relations")}


def _list(whose: Party, *, past: bool, jobs: list[Any]) -> dict[str, Any]:
    name = "past" if past else "cursor"
    before = whole(request.args.get(name, ""))
    found = ties(db(), whose, past=past, before=before, limit=MANY + 1)
    kept: dict[str, Any] = {one: request.args[one] for one in ("cursor", "past") if one in request.args and one != name}

    def at(**more: Any) -> str:
        return url_for("relations.index", of=cards(whose), uid=whose.uid, **kept, **more)

    return {"past": past, "lines": ([] if before else job_lines(jobs)) + tie_lines(whose, found[:MANY]), "newer": at() if before else None,
            "older": at(**{name: found[MANY - 1].relation.id}) if len(found) > MANY else None}


