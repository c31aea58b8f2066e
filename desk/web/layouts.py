"""The editor of layouts, opened from any person or company (W30b, W32, W42); saving what was changed, or giving it up."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from contacts.layout import EVERYBODY
from contacts.layout_drafts import draft_of, drafted, give_up
from contacts.layouts import copy_to_all, follow_all, newest, save_layout
from core.errors import Conflict, Forbidden, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import errors_of, in_turn, posted, whole
from desk.web.pages import page, see_other
from desk.web.presenting.laid_out import may_lay_out
from desk.web.presenting.layout_changes import told
from desk.web.presenting.layout_editor import editor
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("layouts", __name__, url_prefix="/layouts/<any(person, company):entity>")
HOME = {"person": "persons.index", "company": "companies.index"}


@bp.get("")
@login_required
def edit(entity: str) -> Any:
    """One tab, its panels and the palette."""
    needs_layouts()
    return show(entity)


@bp.post("/versions")
@login_required
def save(entity: str) -> Any:
    """Put it in force, for oneself or for all users (W40, W55)."""
    needs_layouts()
    owner = EVERYBODY if posted("for") == "all" else me().uid
    if draft_of(db(), entity, me()) is None and owner != EVERYBODY:
        return see_other(editor_url(entity))
    try:
        with in_turn():
            save_layout(db(), entity, drafted(db(), entity, me()), owner=owner, by=me(), base=whole(posted(f"base_{'all' if owner == EVERYBODY else 'own'}")))
            if owner == EVERYBODY:
                follow_all(db(), entity, by=me())
            give_up(db(), entity, me())
    except Conflict as refused:
        errors = errors_of(refused)
        return show(entity, errors, owner), refused.status
    said = _("The layout is in force for all users.") if owner == EVERYBODY else _("The layout is in force for you.")
    return see_other(back(url_for(HOME[entity])), said=said)


@bp.post("/draft/end")
@login_required
def discard(entity: str) -> Response:
    """Forget what was changed and not saved."""
    needs_layouts()
    give_up(db(), entity, me())
    return see_other(editor_url(entity), said=_("What you had changed is forgotten."))


@bp.post("/copies")
@login_required
def copy(entity: str) -> Response:
    """Give the layout that is in force for an admin to all users (W65)."""
    needs_layouts()
    copy_to_all(db(), entity, by=me())
    give_up(db(), entity, me())
    return see_other(editor_url(entity), said=_("All users have this layout now."))


@bp.post("/following")
@login_required
def follow(entity: str) -> Response:
    """Have the layout of all users again."""
    needs_layouts()
    follow_all(db(), entity, by=me())
    give_up(db(), entity, me())
    return see_other(editor_url(entity), said=_("You have the layout of all users again."))


def needs_layouts() -> None:
    """Raises Forbidden for whoever could save none."""
    if not may_lay_out():
        raise Forbidden(N_("Individual layouts are switched off: only an admin changes the layout."))


def show(entity: str, errors: dict[str, str] | None = None, theirs: str | None = None) -> str:
    """The page; after a conflict with what a colleague's version of ``theirs`` changes against this one."""
    found = editor(entity, request.args.get("tab", ""), back(url_for(HOME[entity])), uid=request.args.get("panel", ""),
                   focus=(request.args.get("at", ""), request.args.get("act", "")))
    differences: list[str] = []
    if theirs is not None and (row := newest(db(), entity, theirs)) is not None:
        differences = told(row.content, drafted(db(), entity, me()), entity)
        found["base"] = {**found["base"], theirs: row.number}
    return page("web/layouts/edit.html", current="persons" if entity == "person" else "companies", editor=found, errors=errors or {}, differences=differences)


def editor_url(entity: str, **more: Any) -> str:
    """The editor at the tab that a form was posted from."""
    return url_for("layouts.edit", entity=entity, **{"tab": request.args.get("tab", ""), "back": back(url_for(HOME[entity])), **more})


def refused_page(entity: str, refused: Refused) -> tuple[str, int]:
    """The page again, with what could not be done."""
    return show(entity, errors_of(refused)), refused.status
