"""The rights desk: what persons ask of us, by when they have to be answered, and what was done. For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import person_called
from contacts.person import Person
from core.errors import Refused
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.rights import casework, identity
from desk.rights.case import RightsCase
from desk.rights.listing import cases, overdue
from desk.rights.opening import case_called, open_case, today
from desk.web.day_field import typed_day
from desk.web.forms import errors_of, in_turn, posted, ticked, version, whole
from desk.web.once import begun_already, taken
from desk.web.pages import page, see_other
from desk.web.person_field import typed_person
from desk.web.presenting import rights as shown
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("rights", __name__, url_prefix="/rights")


@bp.get("")
@admins_only
def index() -> Any:
    """A page of cases: the open ones first, by the day on which they are due."""
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    found = cases(db(), me(), kind=kind, state=state, cursor=request.args.get("cursor", ""))
    return page("web/rights/index.html", current="rights", lines=shown.lines(found.rows), late=overdue(db(), today(db())), kind=kind, state=state,
                **shown.filters(), newer=shown.here(cursor=None) if request.args.get("cursor") else None,
                older=shown.here(cursor=found.next) if found.next else None)


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form, of a person or a ticket where the address says so."""
    given = {"kind": request.args.get("kind", "access"), "received": today(db()).isoformat(), "ticket": request.args.get("ticket", ""), "who": ""}
    if request.args.get("person"):
        given["who"] = shown.named(person_called(db(), request.args["person"]))
    return _new(given, {})


@bp.post("")
@admins_only
def create() -> Any:
    """Open a case."""
    given = {name: posted(name) for name in ("kind", "received", "ticket", "who")}
    if taken():
        return begun_already(url_for("rights.index"))
    try:
        ticket = ticket_for(db(), me(), whole(given["ticket"]) or 0) if given["ticket"] else None
        person = typed_person(given["who"], restricted=True) or (ticket.requester if ticket else None)
        case = open_case(db(), given["kind"], person=person, ticket=ticket, received=typed_day(given["received"], "received"), by=me(), acknowledge=ticked("acknowledge"))
    except Refused as refused:
        return _new(given, errors_of(refused)), refused.status
    ring_after("outbound")
    return see_other(url_for("rights.show", uid=case.uid))


@bp.get("/<uid>")
@admins_only
def show(uid: str) -> Any:
    """One: how far it is, what has to be done, what happened."""
    return _page(case_called(db(), uid, me()), {})


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """What it is, who it is about, whose it is."""
    case = case_called(db(), uid, me())

    def save() -> None:
        owner = db().scalar(select(Agent).where(Agent.uid == posted("owner"), Agent.active)) if posted("owner") else None
        casework.edit(db(), case, {"kind": posted("kind"), "ground": posted("ground"), "owner": owner, "person": _person(case)}, by=me(), version=version())
    return _done(uid, save, _("The case was saved."))


@bp.post("/<uid>/identity")
@admins_only
def ask_identity(uid: str) -> Any:
    """Mail the link."""
    case = case_called(db(), uid, me())
    return _done(uid, lambda: identity.send_link(db(), case, posted("address"), by=me(), version=version()), _("The link is on its way."))


@bp.post("/<uid>/unproven")
@admins_only
def go_on(uid: str) -> Any:
    """Go on without a link, and say why."""
    case = case_called(db(), uid, me())
    return _done(uid, lambda: casework.go_on_unproven(db(), case, posted("unproven_why"), by=me(), version=version()), _("The case goes on; your reason stands in it."))


@bp.post("/<uid>/extension")
@admins_only
def extend(uid: str) -> Any:
    """Two more months."""
    case = case_called(db(), uid, me())
    return _done(uid, lambda: casework.extend(db(), case, posted("why"), by=me(), version=version()), _("The time was extended, and the person is told."))


@bp.post("/<uid>/decision")
@admins_only
def decide(uid: str) -> Any:
    """Done or refused."""
    case = case_called(db(), uid, me())
    return _done(uid, lambda: casework.decide(db(), case, posted("outcome"), posted("reasons"), tell=ticked("tell"), by=me(), version=version()),
                 _("The case is decided."))


@bp.post("/<uid>/reopening")
@admins_only
def reopen(uid: str) -> Any:
    """Take it up again."""
    case = case_called(db(), uid, me())
    return _done(uid, lambda: casework.reopen(db(), case, by=me(), version=version()), _("The case is open again."))


def _done(uid: str, act: Any, said: str) -> Any:
    try:
        with in_turn():
            act()
            db().flush()
    except Refused as refused:
        errors = errors_of(refused)
        return _page(case_called(db(), uid, me()), errors), refused.status
    ring_after("outbound")
    return see_other(url_for("rights.show", uid=uid), said=said)


def _person(case: RightsCase) -> Person | None:
    """Who stands in the field; who stood there before where it was left as it is."""
    typed = posted("who")
    return case.person if case.person is not None and typed == shown.named(case.person) else typed_person(typed, restricted=True)


def _new(given: dict[str, str], errors: dict[str, str]) -> str:
    return page("web/rights/new.html", current="rights", given=given, errors=errors, kinds=shown.kinds())


def _page(case: RightsCase, errors: dict[str, str]) -> str:
    return page("web/rights/show.html", current="rights", errors=errors, typed={name: request.form.get(name, "") for name in (
        "why", "reasons", "unproven_why", "outcome")}, **shown.case_page(case))
