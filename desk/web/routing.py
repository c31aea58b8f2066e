"""Routing in the settings: the ordered rules that say where new tickets go. The first that holds decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for

from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.routing import RoutingRule, rules_in_order
from desk.routing_rules import move, remove, restore, rule_called, save_rule, switch, unmoved
from desk.web.forms import differing, errors_of, in_turn, posted, ticked, version
from desk.web.pages import page, see_other
from desk.web.presenting.routing import lines, offered, said_of, typed, values_of
from desk.web.requests import db
from desk.web.routing_form import acts, conditions
from desk.web.signing_in import admins_only, me

bp = Blueprint("routing", __name__, url_prefix="/settings/routing")
BOOK = "routing-rules"


@bp.get("")
@admins_only
def index() -> Any:
    """The book."""
    return page("web/settings/routing/index.html", settings={"current": "routing"}, rules=lines(rules_in_order(db())))


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new rule, asked last."""
    return _save(None)


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(rule_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    return _save(rule_called(db(), uid))


@bp.post("/<uid>/place")
@admins_only
def place(uid: str) -> Any:
    """Ask it earlier or later."""
    return _changed(uid, lambda row: move(db(), row, up=posted("to") == "up", by=me()))


@bp.post("/<uid>/switch")
@admins_only
def toggle(uid: str) -> Any:
    """Ask it, or not."""
    return _changed(uid, lambda row: switch(db(), row, active=ticked("active"), by=me()))


@bp.post("/<uid>/deletion")
@admins_only
def destroy(uid: str) -> Any:
    """Take it out of the book."""
    row = rule_called(db(), uid)
    try:
        with in_turn(BOOK):
            unmoved(row, version())
            remove(db(), row, by=me())
    except Conflict as conflict:
        return _form(rule_called(db(), uid), errors_of(conflict), posted_again=False), conflict.status
    return see_other(url_for("routing.index"), said=_("The rule is deleted."), undo=url_for("routing.put_back", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def put_back(uid: str) -> Any:
    """Put it back where it was."""
    restore(db(), rule_called(db(), uid, deleted=True), by=me())
    return see_other(url_for("routing.index"), said=_("The rule is back."))


def _changed(uid: str, change: Callable[[RoutingRule], None]) -> Any:
    with in_turn(BOOK):
        change(rule_called(db(), uid))
    return see_other(url_for("routing.index"))


def _save(row: RoutingRule | None) -> Any:
    uid = row.uid if row else ""
    try:
        with in_turn(BOOK):
            save_rule(db(), row, name=posted("name"), active=ticked("active"), conditions=conditions(), acts=acts(), by=me(),
                      version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), rule_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(said_of(values_of(kept)), said_of(typed()))
        return _form(kept, errors), refused.status
    return see_other(url_for("routing.index"), said=_("The rule was saved. New tickets go by it."))


def _form(row: RoutingRule | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    values = typed() if errors and posted_again else values_of(row)
    form = {"values": values, "new": row is None, "title": (row.name or _("Rule")) if row else _("New rule"),
            "version": row.version if row else None,
            "action": url_for("routing.update", uid=row.uid) if row else url_for("routing.create"),
            "delete_url": url_for("routing.destroy", uid=row.uid) if row else None}
    return page("web/settings/routing/form.html", settings={"current": "routing"}, form=form, errors=errors or {}, **offered(row))
