"""The versions of a layout: what each changed, in words, and going back to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from contacts.agent import Agent
from contacts.layout import EVERYBODY, Layout
from contacts.layout_defaults import default_layout
from contacts.layouts import individual, revert, versions
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import whole
from desk.web.layouts import HOME, needs_layouts
from desk.web.pages import page, see_other
from desk.web.presenting.layout_changes import told
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("layout_versions", __name__, url_prefix="/layouts/<any(person, company):entity>/versions")
MANY = 20


@bp.get("")
@login_required
def index(entity: str) -> Any:
    """A page of them, the latest first: of all users, or one's own."""
    needs_layouts()
    owner = me().uid if request.args.get("whose") == "own" else EVERYBODY
    rows = versions(db(), entity, owner, before=whole(request.args.get("before", "")), limit=MANY + 1)
    home = back(url_for(HOME[entity]))

    def at(**more: Any) -> str:
        return url_for("layout_versions.index", entity=entity, back=home, **{"whose": "own" if owner else "all", **more})

    tabs = [{"label": label, "url": at(whose=whose), "current": (whose == "own") == bool(owner)} for whose, label in (
        ("all", _("All users")), ("own", _("Mine")))] if individual(db()) else []
    return page("web/layouts/versions.html", current="persons" if entity == "person" else "companies", tabs=tabs, versions=_lines(entity, owner, rows),
                editor_url=url_for("layouts.edit", entity=entity, back=home), entity=entity,
                older=at(before=rows[MANY - 1].number) if len(rows) > MANY else None, newer=at() if request.args.get("before") else None)


@bp.post("/<int:number>/return")
@login_required
def create(entity: str, number: int) -> Response:
    """Put it in force again, as a new version."""
    needs_layouts()
    owner = me().uid if request.args.get("whose") == "own" else EVERYBODY
    revert(db(), entity, owner, number, by=me())
    return see_other(url_for("layout_versions.index", entity=entity, whose=request.args.get("whose"), back=back(url_for(HOME[entity]))),
                     said=_("Version %(number)s is in force again.", number=number))


def _lines(entity: str, owner: str, rows: Sequence[Layout]) -> list[dict[str, Any]]:
    names = {one.uid: one.name for one in db().scalars(select(Agent).where(Agent.uid.in_({row.by_uid for row in rows if row.by_uid})))}
    may = owner == me().uid or me().admin
    found = []
    for n, row in enumerate(rows[:MANY]):
        before: Mapping[str, Any] = rows[n + 1].content if n + 1 < len(rows) else {}
        first = row.number == 1
        found.append({"number": row.number, "by": names.get(row.by_uid or "", ""), "at": stamp(row.at), "at_iso": row.at.isoformat(), "now": n == 0 and not request.args.get("before"),
                      "changes": told(default_layout(entity) if first or not before else before, row.content, entity) if row.content else [_("Follows the layout of all users again.")],
                      "return_url": url_for("layout_versions.create", entity=entity, number=row.number, whose="own" if owner else "all", back=back(url_for(HOME[entity]))) if may else None})
    return found
