"""Tabs of a layout that is being edited: renamed (W39), shown first (W38), and on companies added, moved and taken off (W34, W37)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.layout_drafts import drafted, keep_draft
from contacts.tabbing import (
    add_tab,
    choose_default,
    move_tab,
    rename_tab,
    show_tab,
    spread,
    take_tab,
)
from core.errors import Refused
from core.i18n import N_
from desk.web.forms import posted
from desk.web.layouts import editor_url, needs_layouts, refused_page
from desk.web.pages import see_other
from desk.web.presenting.company_frame import LISTS
from desk.web.presenting.layout_editor import known_tabs
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("layout_tabs", __name__, url_prefix="/layouts/<any(person, company):entity>/tabs")


@bp.post("")
@login_required
def create(entity: str) -> Any:
    """One more layout, named freely; only on companies."""
    def add(content: dict[str, Any]) -> dict[str, str]:
        _companies_only(entity)
        return {"tab": add_tab(content, posted("name"))}
    return _changed(entity, add)


@bp.post("/default")
@login_required
def default(entity: str) -> Any:
    """What shows first."""
    return _changed(entity, lambda content: choose_default(content, posted("default"), [tab.key for tab, _name in known_tabs(entity, content)]))


@bp.post("/<key>")
@login_required
def update(entity: str, key: str) -> Any:
    """``act``: its name, one place to the left or right, off the card, or on it again."""
    def change(content: dict[str, Any]) -> None:
        act = posted("act")
        if act == "rename":
            return rename_tab(content, key, posted("name"))
        _companies_only(entity)
        spread(content, [tab.key for tab in LISTS])
        if act in ("left", "right"):
            return move_tab(content, key, act)
        return show_tab(content, key) if act == "show" else take_tab(content, key)
    return _changed(entity, change)


def _changed(entity: str, change: Any) -> Any:
    needs_layouts()
    content = drafted(db(), entity, me())
    try:
        more = change(content) or {}
    except Refused as refused:
        if refused.status == 404:
            raise
        return refused_page(entity, refused)
    keep_draft(db(), entity, me(), content)
    return see_other(editor_url(entity, **more))


def _companies_only(entity: str) -> None:
    if entity != "company":
        raise Refused(N_("The tabs of a person are the same everywhere: they are renamed, not added, moved or taken off."))
