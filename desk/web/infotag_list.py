"""Infotags in the settings: the list that can be put on persons and companies (C8)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import func, select

from contacts.infotag import Infotag, Tagged
from contacts.infotags import infotag_called, infotags, retire_infotag, save_infotag
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, typed, version
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("infotag_list", __name__, url_prefix="/settings/infotags")


@bp.get("")
@admins_only
def index() -> Any:
    """All of them, and a form for one more."""
    return _page({})


@bp.post("")
@admins_only
def create() -> Any:
    """One more."""
    try:
        with in_turn("infotags"):
            tag = save_infotag(db(), None, typed(("name", "kind")), by=me())
    except Refused as refused:
        return _page(errors_of(refused)), refused.status
    return see_other(url_for("infotag_list.index"), said=_("The infotag %(name)s was added.", name=tag.name))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form of one."""
    return _form(infotag_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    tag = infotag_called(db(), uid)
    try:
        with in_turn("infotags"):
            save_infotag(db(), tag, typed(("name", "kind")), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), infotag_called(db(), uid)
        if isinstance(refused, Conflict):
            errors = differing({"name": kept.name, "kind": kept.kind}, typed(("name", "kind")))
        return _form(kept, errors), refused.status
    return see_other(url_for("infotag_list.index"), said=_("The infotag %(name)s was saved.", name=posted("name")))


@bp.post("/<uid>/retirement")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer."""
    tag = infotag_called(db(), uid)
    retire_infotag(db(), tag, by=me())
    return see_other(url_for("infotag_list.index"), said=_("%(name)s is no longer offered. It stays where it was put.", name=tag.name),
                     undo=url_for("infotag_list.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    tag = infotag_called(db(), uid)
    retire_infotag(db(), tag, by=me(), back=True)
    return see_other(url_for("infotag_list.index"), said=_("%(name)s is offered again.", name=tag.name))


def _page(errors: dict[str, str]) -> str:
    rows = infotags(db(), retired=True)
    used = dict(db().execute(select(Tagged.tag_id, func.count()).group_by(Tagged.tag_id)).all())
    lines = [{"url": url_for("infotag_list.edit", uid=tag.uid), "name": tag.name, "kind": tag.kind, "used": used.get(tag.id, 0),
              "retired": tag.retired_at is not None} for tag in rows]
    return page("web/settings/infotags/index.html", settings={"current": "infotags"}, tags=lines, errors=errors, typed=typed(("name", "kind")),
                headings=sorted({tag.kind for tag in rows if tag.kind}), action=url_for("infotag_list.create"))


def _form(tag: Infotag, errors: dict[str, str] | None = None) -> str:
    form = {"values": typed(("name", "kind")) if errors else {"name": tag.name, "kind": tag.kind}, "title": tag.name, "version": tag.version,
            "action": url_for("infotag_list.update", uid=tag.uid),
            "retire_url": url_for("infotag_list.destroy", uid=tag.uid) if tag.retired_at is None else None,
            "restore_url": url_for("infotag_list.restore", uid=tag.uid) if tag.retired_at else None}
    return page("web/settings/infotags/form.html", settings={"current": "infotags"}, form=form, errors=errors or {},
                headings=sorted({one.kind for one in infotags(db(), retired=True) if one.kind}))
