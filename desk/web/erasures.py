"""Erasing a person for good: why and on whose word, every place with its text before and after, and a decision where it is not certain. For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.editing import person_called
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation, OperationItem
from desk.erasing import asking
from desk.operating import act_on, operation_for
from desk.rights.certifying import case_of
from desk.rights.opening import case_called
from desk.web.forms import errors_of, posted, whole
from desk.web.pages import page, see_other
from desk.web.presenting.erasures import (
    certificate_url,
    chooses,
    counted,
    live,
    place_lines,
)
from desk.web.presenting.rights import case_line
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("erasures", __name__)
PAGE = 50


@bp.get("/persons/<uid>/erasure")
@admins_only
def new(uid: str) -> Any:
    """What it means, and the reason; the erasing that is under way where there is one."""
    person = person_called(db(), uid, binned=True)
    going = asking.standing(db(), person.uid)
    if going is not None:
        return see_other(url_for("erasures.show", uid=going.uid))
    return _form(uid, {"reason": "request", "identity": "agent", "review": "ask", "copies": "delete", "case": request.args.get("case", "")}, {})


@bp.post("/persons/<uid>/erasure")
@admins_only
def create(uid: str) -> Any:
    """Ask for it: a worker looks for every place, and nothing is changed."""
    given = {name: posted(name) for name in ("reason", "identity", "review", "copies", "case")}
    given["copies"] = given["copies"] or "delete"
    try:
        case = case_called(db(), given["case"], me()) if given["case"] else None
        operation = asking.ask(db(), person_called(db(), uid, binned=True), reason=given["reason"], identity=given["identity"] or ("agent" if case else ""),
                               review=given["review"], copies=given["copies"], case=case, by=me())
    except Refused as refused:
        return _form(uid, given, errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("erasures.show", uid=operation.uid))


@bp.get("/erasures/<uid>")
@admins_only
def show(uid: str) -> Any:
    """How far it is, and its places."""
    operation, after = _erasure(uid), whole(request.args.get("after", "")) or 0
    only = "review" if request.args.get("only") == "review" else "all"
    items = asking.places(db(), operation, review=only == "review", after=after, most=PAGE + 1)
    tabs = [{"label": _("All places"), "url": url_for("erasures.show", uid=uid), "current": only == "all"},
            {"label": _("To decide") if operation.given["review"] == "ask" else _("Uncertain"), "url": url_for("erasures.show", uid=uid, only="review"), "current": only == "review",
             "count": asking.undecided(db(), operation)}] if operation.state == "planned" else []
    return page("web/erasures/show.html", current="operations", operation=live(operation), counts=counted(operation), tabs=tabs,
                recipients_url=url_for("disclosures.index", uid=operation.given["persons"][0], about="erased") if operation.state == "planned" else None,
                case=case_line(case_of(db(), operation)), certificate_url=certificate_url(operation),
                places=place_lines(operation, items[:PAGE]), rest=only == "review" and asking.undecided(db(), operation) > 1,
                rest_urls={what: url_for("erasures.decide_rest", uid=uid, what=what) for what in ("erase", "keep")}, poll_url=url_for("erasures.show", uid=uid, only=only),
                older=url_for("erasures.show", uid=uid, only=only, after=items[PAGE - 1].id) if len(items) > PAGE else None,
                newer=url_for("erasures.show", uid=uid, only=only) if after else None)


@bp.post("/erasures/<uid>/<any(approve, pause, resume, cancel):act>")
@admins_only
def update(uid: str, act: str) -> Any:
    """Approve it, let it pause or go on, or leave all as it is."""
    operation = _erasure(uid, lock=True)
    try:
        act_on(db(), operation, act, by=me())
    except Refused as refused:
        return see_other(url_for("erasures.show", uid=uid), said=refused.sentence, kind="late")
    ring_after("operations")
    return see_other(url_for("erasures.show", uid=uid))


@bp.post("/erasures/<uid>/places/<int:place>/<any(erase, keep):what>")
@admins_only
def decide(uid: str, place: int, what: str) -> Any:
    """Say of a place whether it is the person."""
    operation = _erasure(uid, lock=True)
    item = db().get(OperationItem, place)
    if item is None:
        raise Unknown(N_("There is nothing to decide here."))
    asking.decide(db(), operation, item, erases=what == "erase")
    return see_other(url_for("erasures.show", uid=uid, only="review", after=whole(posted("after")) or None, _anchor="places"))


@bp.post("/erasures/<uid>/places/<any(erase, keep):what>")
@admins_only
def decide_rest(uid: str, what: str) -> Any:
    """Say the same of all that are left."""
    asking.decide_all(db(), _erasure(uid, lock=True), erases=what == "erase")
    return see_other(url_for("erasures.show", uid=uid, only="review"))


def _erasure(uid: str, *, lock: bool = False) -> Operation:
    operation = operation_for(db(), me(), uid, lock=lock)
    if operation.kind != asking.KIND:
        raise Unknown(N_("There is no such operation."))
    return operation


def _form(uid: str, given: dict[str, str], errors: dict[str, str]) -> str:
    person = person_called(db(), uid, binned=True)
    case = case_called(db(), given["case"], me()) if given.get("case") else None
    return page("web/erasures/new.html", case=case_line(case), following=case_line(case), current="persons", person={"name": person.name or _("(no name)")}, given=given, errors=errors,
                **chooses(), action=url_for("erasures.create", uid=uid),
                back_url=url_for("persons.show", uid=uid) if person.living else url_for("persons.index"))
