"""Service levels in the settings: what customers may expect, in the order in which they are offered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from contacts.company import ServiceLevel
from contacts.levels import archive, level_called, levels, move, save_level, unmoved
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, typed, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.levels import UNITS, lines, parted, said_of
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("levels", __name__, url_prefix="/settings/service-levels")
#: Field of the form → field of the level.
SPANS = {"first": "first_answer_minutes", "next": "next_answer_minutes"}
CALLED = {minutes: name for name, minutes in SPANS.items()}
FIELDS = ("name", "priority", "first", "first_unit", "next", "next_unit")


@bp.get("")
@admins_only
def index() -> Any:
    """All of them."""
    return page("web/settings/levels/index.html", settings={"current": "levels"}, levels=lines(levels(db(), archived=True)))


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new level, offered last."""
    return _save(None)


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(level_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    return _save(level_called(db(), uid))


@bp.post("/<uid>/place")
@admins_only
def place(uid: str) -> Any:
    """Offer it earlier or later."""
    with in_turn("service_levels"):
        move(db(), level_called(db(), uid), up=posted("to") == "up", by=me())
    return see_other(url_for("levels.index"))


@bp.post("/<uid>/archive")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer; who has it keeps it."""
    level = level_called(db(), uid)
    try:
        with in_turn():
            unmoved(level, version())
            archive(db(), level, by=me())
    except Conflict as conflict:
        return _form(level_called(db(), uid), errors_of(conflict), posted_again=False), conflict.status
    return see_other(url_for("levels.index"), said=_("%(name)s is no longer offered.", name=level.name),
                     undo=url_for("levels.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    level = level_called(db(), uid)
    archive(db(), level, by=me(), back=True)
    return see_other(url_for("levels.index"), said=_("%(name)s is offered again.", name=level.name))


def _save(level: ServiceLevel | None) -> Any:
    uid = level.uid if level else ""
    try:
        with in_turn("service_levels"):
            save_level(db(), level, _posted(), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused, CALLED), level_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(said_of(_values(kept)), said_of(_typed()))
        return _form(kept, errors), refused.status
    return see_other(url_for("levels.index"), said=_("The service level %(name)s was saved.", name=posted("name")))


def _posted() -> dict[str, Any]:
    found: dict[str, Any] = {"name": posted("name"), "priority": whole(posted("priority")) or 0, "business_hours": posted("clock") != "always"}
    errors = {}
    for name, minutes in SPANS.items():
        number = whole(posted(name))
        if posted(name) and number is None:
            errors[name] = N_("Write a whole number, or nothing.")
        found[minutes] = number * UNITS.get(posted(f"{name}_unit"), 1) if number is not None else None
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return found


def _values(level: ServiceLevel) -> dict[str, Any]:
    found: dict[str, Any] = {"name": level.name, "priority": str(level.priority), "business_hours": level.business_hours}
    for name, minutes in SPANS.items():
        found[name], found[f"{name}_unit"] = parted(getattr(level, minutes))
    return found


def _typed() -> dict[str, Any]:
    return typed(FIELDS) | {"business_hours": posted("clock") != "always"}


def _form(level: ServiceLevel | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    empty = {"name": "", "priority": "3", "first": "4", "first_unit": "hours", "next": "", "next_unit": "hours", "business_hours": True}
    values = _typed() if errors and posted_again else _values(level) if level else empty
    offered = level is not None and level.archived_at is None
    form = {"values": values, "new": level is None, "title": level.name if level else _("New service level"),
            "version": level.version if level else None,
            "action": url_for("levels.update", uid=level.uid) if level else url_for("levels.create"),
            "archive_url": url_for("levels.destroy", uid=level.uid) if level and offered else None,
            "restore_url": url_for("levels.restore", uid=level.uid) if level and not offered else None}
    return page("web/settings/levels/form.html", settings={"current": "levels"}, form=form, errors=errors or {})
