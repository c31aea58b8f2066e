"""Panels of a layout that is being edited: put in, moved, dropped, set up, taken away; all of it in the agent's draft (W43, W51-W55)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required
from werkzeug.wrappers import Response

from contacts.arranging import (
    Content,
    add_panel,
    move_panel,
    panel_called,
    panels_of,
    put_panel,
    set_up,
    take_panel,
)
from contacts.layout_defaults import ACROSS, LEFT, RIGHT
from contacts.layout_drafts import drafted, keep_draft
from core.errors import Refused, Unknown
from core.i18n import N_
from desk.web.forms import posted, whole
from desk.web.layouts import editor_url, needs_layouts, refused_page
from desk.web.pages import see_other
from desk.web.presenting.layout_editor import may_add, place_of
from desk.web.presenting.panels import KNOWN, settings_of
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("layout_panels", __name__, url_prefix="/layouts/<any(person, company):entity>")


@bp.post("/panels")
@login_required
def create(entity: str) -> Any:
    """Put one in at the end; it is set up next (W51)."""
    return _add(entity, request.args.get("kind", ""))


@bp.post("/drops")
@login_required
def drop(entity: str) -> Any:
    """What was dragged: a panel to another place, or a kind from the palette."""
    column = whole(posted("column"))
    column = column if column in (ACROSS, LEFT, RIGHT) else None
    if posted("kind"):
        return _add(entity, posted("kind"), before=posted("before"), column=column)
    content, key = _content(entity)
    put_panel(content, key, posted("panel"), before=posted("before"), column=column)
    return _kept(entity, content, at=posted("panel"), act="edit")


@bp.post("/panels/<uid>/place")
@login_required
def move(entity: str, uid: str) -> Response:
    """One step; the same button has the focus afterwards."""
    content, key = _content(entity)
    move_panel(content, key, uid, posted("way"))
    return _kept(entity, content, at=uid, act=posted("way"))


@bp.post("/panels/<uid>")
@login_required
def update(entity: str, uid: str) -> Any:
    """Its name and settings. ``add`` takes a field in, ``drop`` leaves one out, ``raise`` moves one up: the form stays open for more."""
    content, key = _content(entity)
    kind = KNOWN.get(panel_called(content, key, uid)["kind"])
    if kind is None:
        raise Unknown(N_("This panel is no longer there."))
    form = request.form.copy()
    if posted("add") and posted("field"):
        form.add("fields", posted("field"))
    chosen = [one for one in form.getlist("fields") if one != posted("drop")]
    if posted("raise") in chosen[1:]:
        n = chosen.index(posted("raise"))
        chosen[n - 1:n + 1] = [chosen[n], chosen[n - 1]]
    form.setlist("fields", chosen)
    try:
        set_up(content, key, uid, posted("name"), {one.key: one.read(form, entity) for one in kind.settings})
    except Refused as refused:
        return refused_page(entity, refused)
    again = any(posted(name) for name in ("add", "drop", "raise"))
    return _kept(entity, content, **({"panel": uid} if again else {"at": uid, "act": "edit"}))


@bp.post("/panels/<uid>/end")
@login_required
def destroy(entity: str, uid: str) -> Any:
    """Take it away, unless every card has it."""
    content, key = _content(entity)
    kind = KNOWN.get(panel_called(content, key, uid)["kind"])
    if kind is not None and kind.fixed:
        return refused_page(entity, Refused(N_("This panel stands on every card: it can be moved, not taken away.")))
    take_panel(content, key, uid)
    return _kept(entity, content)


def _add(entity: str, called: str, *, before: str = "", column: int | None = None) -> Any:
    content, key = _content(entity)
    kind, place = KNOWN.get(called), place_of(content, key)
    if kind is None or place is None or entity not in kind.of or not may_add(kind, place, panels_of(content, key)):
        return refused_page(entity, Refused(N_("This panel does not fit here, or stands here already.")))
    uid = add_panel(content, key, kind.key, column=column if column is not None else LEFT if kind.half else ACROSS, before=before)
    panel = panel_called(content, key, uid)
    panel["settings"] = {name: True if name == "empty" else value for name, value in settings_of(kind, panel, entity).items()}
    return _kept(entity, content, **({"panel": uid} if kind.settings else {"at": uid, "act": "edit"}))


def _content(entity: str) -> tuple[Content, str]:
    needs_layouts()
    return drafted(db(), entity, me()), request.args.get("tab", "")


def _kept(entity: str, content: Content, **more: Any) -> Response:
    keep_draft(db(), entity, me(), content)
    return see_other(editor_url(entity, **more))
