"""Stages of sales in the settings: in the order in which they are offered, moved by their buttons or dragged."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import func, select

from contacts.sale import Sale, SaleStage
from contacts.stages import (
    FIELDS,
    bring_back,
    in_use,
    move_stage,
    retire_stage,
    save_stage,
    stage_called,
    stages,
    unmoved,
)
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, typed, version, whole
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("stages", __name__, url_prefix="/settings/sale-stages")


@bp.get("")
@admins_only
def index() -> Any:
    """All of them."""
    rows, had = stages(db(), retired=True), dict(db().execute(select(Sale.stage_id, func.count()).where(Sale.binned_at.is_(None)).group_by(Sale.stage_id)).all())
    offered = [stage for stage in rows if stage.retired_at is None]
    lines = [{"url": url_for("stages.edit", uid=stage.uid), "name": stage.label, "probability": stage.probability, "sales": had.get(stage.id, 0),
              "retired": stage.retired_at is not None, "place_url": url_for("stages.place", uid=stage.uid),
              "first_of_all": stage is offered[0], "last_of_all": stage is offered[-1]} for stage in rows]
    return page("web/settings/stages/index.html", settings={"current": "stages"}, stages=lines)


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new stage, offered last."""
    return _save(None)


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(stage_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    return _save(stage_called(db(), uid))


@bp.post("/<uid>/place")
@admins_only
def place(uid: str) -> Any:
    """Offer it one place earlier or later (``up``, ``down``), or where it was dropped, counted from 0."""
    with in_turn("sale_stages"):
        stage, offered = stage_called(db(), uid), list(stages(db()))
        to = {"up": -1, "down": 1}.get(posted("to"))
        at = whole(posted("to")) if to is None else offered.index(stage) + to if stage in offered else None
        if at is not None:
            move_stage(db(), stage, at, by=me())
    return see_other(url_for("stages.index"))


@bp.post("/<uid>/retirement")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer; deleted where no sale has it."""
    stage = stage_called(db(), uid)
    try:
        with in_turn("sale_stages"):
            unmoved(stage, version())
            name, gone = stage.label, retire_stage(db(), stage, by=me())
    except Refused as refused:
        return _form(stage_called(db(), uid), errors_of(refused), posted_again=False), refused.status
    if gone:
        return see_other(url_for("stages.index"), said=_("%(name)s was deleted: no sale had it.", name=name))
    return see_other(url_for("stages.index"), said=_("%(name)s is no longer offered. Sales that have it keep it.", name=name),
                     undo=url_for("stages.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    stage = stage_called(db(), uid)
    bring_back(db(), stage, by=me())
    return see_other(url_for("stages.index"), said=_("%(name)s is offered again.", name=stage.label))


def _save(stage: SaleStage | None) -> Any:
    uid = stage.uid if stage else ""
    try:
        with in_turn("sale_stages"):
            save_stage(db(), stage, _posted(), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), stage_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(_values(kept), typed(FIELDS))
        return _form(kept, errors), refused.status
    return see_other(url_for("stages.index"), said=_("The stage %(name)s was saved.", name=posted("name")))


def _posted() -> dict[str, Any]:
    probability = whole(posted("probability"))
    return {"name": posted("name"), "probability": -1 if probability is None else probability}


def _values(stage: SaleStage) -> dict[str, str]:
    return {"name": stage.label, "probability": str(stage.probability)}


def _form(stage: SaleStage | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    form = {"values": typed(FIELDS) if errors and posted_again else _values(stage) if stage else {}, "new": stage is None,
            "title": stage.label if stage else _("New stage"), "version": stage.version if stage else None,
            "settled": stage is not None and in_use(db(), stage),
            "action": url_for("stages.update", uid=stage.uid) if stage else url_for("stages.create"),
            "retire_url": url_for("stages.destroy", uid=stage.uid) if stage and stage.retired_at is None else None,
            "restore_url": url_for("stages.restore", uid=stage.uid) if stage and stage.retired_at else None}
    return page("web/settings/stages/form.html", settings={"current": "stages"}, form=form, errors=errors or {})
