"""Kinds of relations in the settings: what can be tied, what each side is to the other, in the order in which they are offered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import func, select

from contacts.relation import Relation, RelationKind
from contacts.relation_kinds import archive_kind, kind_called, kinds, move_kind, save_kind, unmoved
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, typed, version
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("relation_kinds", __name__, url_prefix="/settings/relations")
FIELDS = ("between", "name", "reverse", "meaning")
BETWEEN = {"person-person": N_("two persons"), "person-company": N_("a person and a company"), "company-company": N_("two companies")}
MEANINGS = {"": N_("Nothing more"), "assistant": N_("The first is offered in copy when the second is written to"),
            "deputy": N_("The first stands in for the second")}


@bp.get("")
@admins_only
def index() -> Any:
    """All of them."""
    rows = kinds(db(), archived=True)
    used = dict(db().execute(select(Relation.kind_id, func.count()).group_by(Relation.kind_id)).all())
    offered = [kind for kind in rows if not kind.archived]
    lines = [{"url": url_for("relation_kinds.edit", uid=kind.uid), "name": _(kind.name), "reverse": _(kind.reverse),
              "between": _(BETWEEN[kind.between]), "meaning": _(MEANINGS[kind.meaning]) if kind.meaning else "", "used": used.get(kind.id, 0),
              "archived": kind.archived, "place_url": url_for("relation_kinds.place", uid=kind.uid),
              "first_of_all": kind is offered[0] if offered else False, "last_of_all": kind is offered[-1] if offered else False} for kind in rows]
    return page("web/settings/relations/index.html", settings={"current": "relations"}, kinds=lines)


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new kind, offered last."""
    return _save(None)


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(kind_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    return _save(kind_called(db(), uid))


@bp.post("/<uid>/place")
@admins_only
def place(uid: str) -> Any:
    """Offer it earlier or later."""
    with in_turn("relation_kinds"):
        move_kind(db(), kind_called(db(), uid), up=posted("to") == "up", by=me())
    return see_other(url_for("relation_kinds.index"))


@bp.post("/<uid>/archive")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer; relations of it stay."""
    kind = kind_called(db(), uid)
    try:
        with in_turn():
            unmoved(kind, version())
            archive_kind(db(), kind, by=me())
    except Conflict as conflict:
        return _form(kind_called(db(), uid), errors_of(conflict), posted_again=False), conflict.status
    return see_other(url_for("relation_kinds.index"), said=_("%(name)s is no longer offered.", name=_(kind.name)),
                     undo=url_for("relation_kinds.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    kind = kind_called(db(), uid)
    archive_kind(db(), kind, by=me(), back=True)
    return see_other(url_for("relation_kinds.index"), said=_("%(name)s is offered again.", name=_(kind.name)))


def _save(kind: RelationKind | None) -> Any:
    uid = kind.uid if kind else ""
    try:
        with in_turn("relation_kinds"):
            save_kind(db(), kind, _posted(kind), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), kind_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(_values(kept), typed(FIELDS))
        return _form(kept, errors), refused.status
    return see_other(url_for("relation_kinds.index"), said=_("The kind %(name)s was saved.", name=posted("name")))


def _posted(kind: RelationKind | None) -> dict[str, str]:
    return {name: posted(name) for name in FIELDS if name != "between" or kind is None}


def _values(kind: RelationKind) -> dict[str, str]:
    return {"between": kind.between, "name": _(kind.name), "reverse": _(kind.reverse), "meaning": kind.meaning}


def _form(kind: RelationKind | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    values = typed(FIELDS) if errors and posted_again else _values(kind) if kind else {"between": "person-person", "meaning": ""}
    if kind is not None:
        values["between"] = kind.between
    form = {"values": values, "new": kind is None, "title": _(kind.name) if kind else _("New kind of relation"),
            "version": kind.version if kind else None, "between": _(BETWEEN[kind.between]) if kind else "",
            "person": kind is None or kind.between == "person-person",
            "action": url_for("relation_kinds.update", uid=kind.uid) if kind else url_for("relation_kinds.create"),
            "archive_url": url_for("relation_kinds.destroy", uid=kind.uid) if kind and not kind.archived else None,
            "restore_url": url_for("relation_kinds.restore", uid=kind.uid) if kind and kind.archived else None}
    return page("web/settings/relations/form.html", settings={"current": "relations"}, form=form, errors=errors or {},
                betweens=[(name, _(says)) for name, says in BETWEEN.items()], meanings=[(name, _(says)) for name, says in MEANINGS.items()])
