"""Activities: mine, everybody's, what is overdue, what is done; begun, changed, ticked off, cancelled, deleted."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy.exc import OperationalError

from contacts.activities import (
    activity_called,
    cancel,
    delete_activity,
    finish,
    reopen,
    restore_activity,
)
from contacts.activity import KINDS, OPEN, Activity
from contacts.agenda import agenda, count, of_agent, overdue
from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.reminding import heard, waits
from desk.web.activity_form import changed, form_page, made
from desk.web.coming_back import back
from desk.web.forms import in_turn
from desk.web.pages import page, see_other
from desk.web.presenting.activities import KINDS as CALLED
from desk.web.presenting.activities import here, lines
from desk.web.presenting.agenda import views
from desk.web.requests import db
from desk.web.signing_in import me

log = structlog.get_logger(__name__)
bp = Blueprint("activities", __name__, url_prefix="/activities")
#: Which of them → what they are.
WHOSE = ("mine", "all", "overdue", "done")


@bp.get("")
@login_required
def index() -> Any:
    """A page of them."""
    whose = request.args.get("whose", "mine") if request.args.get("whose") in WHOSE else "mine"
    kinds, fits = [name for name in request.args.getlist("kind") if name in KINDS], _fits(whose)
    found = agenda(db(), *fits, kinds=kinds, states=("done",) if whose == "done" else OPEN, cursor=request.args.get("cursor", ""))

    def at(**more: Any) -> str:
        return url_for("activities.index", **{name: value for name, value in {"whose": whose, "kind": kinds, **more}.items() if value})

    return page("web/activities/index.html", current="activities", activities=lines(found.rows, people=True), whose=whose, kinds=kinds,
                choices=[(name, _(label)) for name, (_icon, label) in CALLED.items()], views=views("list", whose),
                tabs=[{"label": label, "url": at(whose=name), "current": name == whose,
                       "count": _late() if name == "overdue" else None} for name, label in _labels()],
                new_url=url_for("activities.new", back=here()), newer=at() if request.args.get("cursor") else None,
                older=at(cursor=found.next) if found.next else None)


@bp.get("/new")
@login_required
def new() -> Any:
    """The form, filled from the person, company or ticket it is begun from (W61)."""
    return form_page(None)


@bp.post("")
@login_required
def create() -> Any:
    """A new one."""
    try:
        activity = made()
    except Refused as refused:
        return form_page(None, refused), refused.status
    return see_other(back(url_for("activities.index")), said=_("“%(title)s” was added.", title=activity.title),
                     undo=url_for("activities.destroy", uid=activity.uid, back=back("")))


@bp.get("/<uid>")
@login_required
def edit(uid: str) -> Any:
    """The form of one; what the bell told of it is read."""
    activity = activity_called(db(), uid)
    if waits(db(), me(), activity):
        _heard(activity)
    return form_page(activity)


@bp.post("/<uid>")
@login_required
def update(uid: str) -> Any:
    """Save it, if nobody was faster."""
    activity = activity_called(db(), uid)
    try:
        with in_turn():
            changed(activity)
    except Refused as refused:
        return form_page(activity_called(db(), uid), refused), refused.status
    return see_other(back(url_for("activities.index")), said=_("“%(title)s” was saved.", title=activity.title))


@bp.post("/<uid>/finish", endpoint="finish")
@login_required
def finish_it(uid: str) -> Any:
    """Tick it off."""
    return _did(activity_called(db(), uid), finish, N_("“%(title)s” is done."), "activities.reopen")


@bp.post("/<uid>/cancellation", endpoint="cancel")
@login_required
def cancel_it(uid: str) -> Any:
    """Call it off."""
    return _did(activity_called(db(), uid), cancel, N_("“%(title)s” is called off."), "activities.reopen")


@bp.post("/<uid>/reopening", endpoint="reopen")
@login_required
def reopen_it(uid: str) -> Any:
    """It is to be done after all."""
    return _did(activity_called(db(), uid), reopen, N_("“%(title)s” is open again."), "activities.finish")


@bp.post("/<uid>/end")
@login_required
def destroy(uid: str) -> Any:
    """Delete it."""
    return _did(activity_called(db(), uid), delete_activity, N_("“%(title)s” was deleted."), "activities.restore")


@bp.post("/<uid>/restoring")
@login_required
def restore(uid: str) -> Any:
    """Bring it back."""
    return _did(activity_called(db(), uid, binned=True), restore_activity, N_("“%(title)s” is back."), "")


def _heard(activity: Activity) -> None:
    """In a transaction of its own, because the page itself only reads; it is worth more than the mark."""
    try:
        with database().write() as writing:
            heard(writing, me(), activity)
    except OperationalError as error:
        log.warning("activity.not_marked", activity=activity.uid, why=str(error.orig))


def _did(activity: Activity, verb: Any, said: str, undo: str) -> Any:
    """Do it, and go back to where it was asked for, with the way to take it back."""
    with in_turn():
        verb(db(), activity, by=me())
    target = back(url_for("activities.index"))
    return see_other(target, said=_(said, title=activity.title), undo=url_for(undo, uid=activity.uid, back=target) if undo else "")


def _fits(whose: str) -> list[Any]:
    """``overdue`` and ``done`` are mine: of everybody's, what is overdue stands first."""
    return [*([of_agent(me())] if whose != "all" else []), *([overdue(now())] if whose == "overdue" else [])]


def _late() -> int | None:
    return count(db(), overdue(now()), of_agent(me())) or None


def _labels() -> list[tuple[str, str]]:
    return [("mine", _("Mine")), ("all", _("Everybody's")), ("overdue", _("Overdue")), ("done", _("Done"))]
