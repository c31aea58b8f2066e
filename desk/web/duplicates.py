"""Persons who may be one: the pairs side by side, saying that they are two, and looking through the register anew."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.duplicate_review import MOST, Place, count_open, open_pairs, pair_called, take_back, tell_apart
from contacts.duplicate_scan import GOING, latest, scan
from contacts.editing import person_called
from contacts.mass_merge import plan_merges
from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import turn
from desk.web.forms import posted, whole
from desk.web.pages import page, see_other
from desk.web.presenting.duplicates import register_tabs, scanned, side_by_side
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("duplicates", __name__, url_prefix="/persons/duplicates")
ACTS = {"pause": "paused", "resume": "approved", "cancel": "cancelled"}


@bp.get("")
@login_required
def index() -> Any:
    """A page of pairs, the likeliest first; those of one person with ``?person=``."""
    uid, place = request.args.get("person", ""), _place(request.args.get("after", ""))
    person = person_called(db(), uid) if uid else None
    leaf, count = open_pairs(db(), after=place, person=person), count_open(db(), person)
    older = url_for("duplicates.index", after=f"{leaf.next[0]}.{leaf.next[1]}", person=uid or None) if leaf.next else None
    return page("web/persons/duplicates.html", current="persons", count=count if count is not None else f"{MOST}+", tabs=register_tabs("duplicates"),
                pairs=side_by_side(leaf.pairs, request.args.get("at", "")), after=request.args.get("after", ""), person=person,
                scan=scanned(latest(db())), older=older, newer=url_for("duplicates.index", person=uid or None) if place else None)


@bp.post("/<uid>/apart")
@login_required
def create(uid: str) -> Any:
    """They are two. The answer offers to take that back, and goes on with the next pair."""
    pair = pair_called(db(), uid)
    tell_apart(db(), pair, by=me())
    return see_other(_back(posted("next")), said=_("%(one)s and %(other)s are two persons.", one=pair.person.name, other=pair.other.name),
                     undo=url_for("duplicates.undo", uid=uid, after=posted("after") or None, person=posted("person") or None))


@bp.post("/<uid>/apart/undo")
@login_required
def undo(uid: str) -> Any:
    """They may be one after all."""
    take_back(db(), pair_called(db(), uid), by=me())
    return see_other(_back(uid), said=_("It is as before."))


@bp.post("/merges")
@login_required
def merge_many() -> Any:
    """Plan to merge the pairs that are ticked: shown one by one, and done when an agent approves it."""
    operation = plan_merges(db(), request.form.getlist("pairs"), me())
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


@bp.post("/scan")
@admins_only
def begin() -> Any:
    """Look through the register now."""
    scan(db(), by=me().uid)
    ring_after("operations")
    return see_other(url_for("duplicates.index"))


@bp.post("/scan/<act>")
@admins_only
def steer(act: str) -> Any:
    """Let the scan pause, go on, or end."""
    operation = latest(db())
    if operation is None or operation.state not in GOING or act not in ACTS:
        raise Unknown(N_("No scan is at work."))
    turn(db(), operation, ACTS[act])
    ring_after("operations")
    return see_other(url_for("duplicates.index"))


def _back(at: str) -> str:
    """The same page of the list, with this pair in front."""
    after, person = (request.values.get(name, "")[:60] or None for name in ("after", "person"))
    return url_for("duplicates.index", after=after, person=person, at=at or None)


def _place(text: str) -> Place | None:
    points, _dot, row = text.partition(".")
    found = whole(points), whole(row)
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None
