"""Rules of retention in the settings: for how long what is kept, tried before it is saved. For admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from core.errors import Conflict, Refused
from core.i18n import dated, today
from core.i18n import gettext as _
from core.operations import Operation
from core.options import option
from desk.retention import running
from desk.retention.falling_due import counted, due
from desk.retention.rule import RetentionRule
from desk.retention.rules import (
    FIELDS,
    active_rules,
    class_called,
    drafted,
    rules_of,
    save_rule,
    suggested,
)
from desk.switching import switch
from desk.web.forms import errors_of, in_turn, mark, posted, ticked, unmoved, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.retention import ALWAYS, FIXED, chooses, class_lines, due_lines, loaded
from desk.web.presenting.times import stamp
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me
from rules.retention import Class

bp = Blueprint("retention_rules", __name__, url_prefix="/settings/retention")
#: Days ahead that the preview looks.
AHEAD = 30
PAGE = 50


@bp.get("")
@admins_only
def index() -> Any:
    """Every class of data with its rule, and the latest plan."""
    latest = db().scalar(select(Operation).where(Operation.kind == running.KIND).order_by(Operation.id.desc()).limit(1))
    plan = {"url": url_for("operations.show", uid=latest.uid), "state": _(STATES[latest.state]), "at": stamp(latest.created_at)} if latest is not None else None
    fixed = [(_(label), int(option(db(), name))) for label, name in FIXED] + [(_(label), days) for label, days in ALWAYS]
    return page("web/settings/retention/index.html", settings={"current": "retention"}, classes=class_lines(rules_of(db())), plan=plan, fixed=fixed,
                waits=option(db(), running.WAITS), mark=mark(option(db(), running.WAITS)), ruled=bool(active_rules(db())))


@bp.post("/waiting")
@admins_only
def switch_waiting() -> Any:
    """Whether what had its time waits for a word."""
    with in_turn("options"):
        unmoved(mark(option(db(), running.WAITS)))
        switch(db(), running.WAITS, ticked("waits"), by=me())
    return see_other(url_for("retention_rules.index"), said=_("That was saved."))


@bp.post("/plan")
@admins_only
def plan() -> Any:
    """Plan what falls due now, without waiting for the night."""
    operation = running.plan(db(), by=me().uid)
    if operation is None:
        return see_other(url_for("retention_rules.index"), said=_("There is nothing to plan: no rule is in force, or a plan is being carried out."), kind="heed")
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


@bp.get("/<of>")
@admins_only
def edit(of: str) -> Any:
    """The rule of a class, or one that is being tried (its values in the address), with what falls due by it."""
    kind = class_called(of)
    kept = rules_of(db()).get(of)
    rule, errors = kept or suggested(kind), {}
    if "period" in request.args:
        try:
            rule = drafted(kind, _given(request.args))
        except Refused as refused:
            errors = errors_of(refused)
    return _form(kind, kept.version if kept else 0, rule, errors, values=request.args if errors else None)


@bp.post("/<of>/preview")
@admins_only
def preview(of: str) -> Any:
    """Look at what would fall due, without saving."""
    class_called(of)
    tried: dict[str, Any] = {name: posted(name) for name in FIELDS if posted(name)}
    return see_other(url_for("retention_rules.edit", of=of, _anchor="due", **tried))


@bp.post("/<of>")
@admins_only
def update(of: str) -> Any:
    """Save it."""
    kind = class_called(of)
    try:
        with in_turn("retention_rules"):
            save_rule(db(), kind, _given(request.form), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), rules_of(db()).get(of)
        return _form(kind, kept.version if kept else 0, kept or suggested(kind), errors if not isinstance(refused, Conflict) else {"": errors[""]},
                     values=request.form), refused.status
    return see_other(url_for("retention_rules.index"), said=_("The rule for “%(name)s” was saved.", name=_(kind.label)))


def _given(typed: Any) -> dict[str, Any]:
    return {"period": whole(typed.get("period", "").strip()), "unit": typed.get("unit"), "since": typed.get("since"), "act": typed.get("act"),
            "active": bool(typed.get("active"))}


def _form(kind: Class, kept: int, rule: RetentionRule, errors: dict[str, str], values: Any = None) -> str:
    shown = {name: values.get(name, "") if values is not None else getattr(rule, name) for name in FIELDS}
    return page("web/settings/retention/form.html", settings={"current": "retention"}, errors=errors,
                form={"title": _(kind.label), "values": shown, "version": kept, "action": url_for("retention_rules.update", of=kind.key),
                      "preview_url": url_for("retention_rules.preview", of=kind.key), "alone": kind.basis != "", **chooses(kind)},
                due=None if errors else _due(kind, rule))


def _due(kind: Class, rule: RetentionRule) -> dict[str, Any]:
    """How many fall due now and soon, and a page of them."""
    rules, after = running.draft(db(), rule), whole(request.args.get("after", "")) or 0
    soon = request.args.get("when") == "soon"
    questions = {False: due(rules, kind.key, today()), True: due(rules, kind.key, today() + timedelta(days=AHEAD))}
    asked = questions[soon]
    row = asked.column_descriptions[0]["entity"]
    found = db().scalars(loaded(asked.where(row.id > after)).limit(PAGE + 1)).all()
    kept: dict[str, Any] = {name: request.args[name] for name in FIELDS if name in request.args}

    def at(**more: Any) -> str:
        return url_for("retention_rules.edit", of=kind.key, **kept, **more, _anchor="due")

    return {"rows": due_lines(found[:PAGE]), "tabs": [
        {"label": _("Due now"), "url": at(), "current": not soon, "count": counted(db(), questions[False])},
        {"label": _("By %(day)s", day=dated(today() + timedelta(days=AHEAD), year=False)), "url": at(when="soon"), "current": soon,
         "count": counted(db(), questions[True])}],
        "older": at(when="soon" if soon else None, after=found[PAGE - 1].id) if len(found) > PAGE else None,
        "newer": at(when="soon" if soon else None) if after else None}
