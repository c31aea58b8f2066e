"""Operations: those an agent asked for, and one of them live, with every item and what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from core.errors import Refused
from core.i18n import gettext as _
from desk.operating import FILTERS, act_on, items_of, operation_for, operations_of
from desk.web.forms import whole
from desk.web.pages import page, see_other
from desk.web.presenting.operations import filters, item_lines, lines, live, page_of
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("operations", __name__, url_prefix="/operations")
PAGE = 50


@bp.get("")
@login_required
def index() -> Any:
    """The agent's own, the latest first; everybody's for an admin who asks for them."""
    everybody, before = request.args.get("whose") == "all" and me().admin, whole(request.args.get("before", ""))
    found = operations_of(db(), me(), everybody=everybody, before=before, most=PAGE + 1)
    whose = "all" if everybody else None
    tabs = [{"label": _("Mine"), "url": url_for("operations.index"), "current": not everybody},
            {"label": _("Everybody’s"), "url": url_for("operations.index", whose="all"), "current": everybody}] if me().admin else []
    return page("web/operations/index.html", current="operations", operations=lines(found[:PAGE]), tabs=tabs,
                older=url_for("operations.index", whose=whose, before=found[PAGE - 1].id) if len(found) > PAGE else None,
                newer=url_for("operations.index", whose=whose) if before is not None else None)


@bp.get("/<uid>")
@login_required
def show(uid: str) -> Any:
    """How far it is, and its items."""
    operation, after = operation_for(db(), me(), uid), whole(request.args.get("after", "")) or 0
    if (own := page_of(operation)) != url_for("operations.show", uid=uid):
        return see_other(own)
    only = request.args.get("only", "all") if request.args.get("only") in FILTERS else "all"
    items = items_of(db(), operation, only=only, after=after, most=PAGE + 1)
    return page("web/operations/show.html", current="operations", operation=live(operation), filters=filters(operation, only),
                items=item_lines(operation, items[:PAGE]), poll_url=url_for("operations.show", uid=uid, only=only),
                older=url_for("operations.show", uid=uid, only=only, after=items[PAGE - 1].id) if len(items) > PAGE else None,
                newer=url_for("operations.show", uid=uid, only=only) if after else None)


@bp.post("/<uid>/<any(approve, pause, resume, cancel, undo):act>")
@login_required
def update(uid: str, act: str) -> Any:
    """Approve it, let it pause, go on or end, or take it back."""
    operation = operation_for(db(), me(), uid, lock=True)
    try:
        act_on(db(), operation, act, by=me())
    except Refused as refused:
        return see_other(url_for("operations.show", uid=uid), said=refused.sentence, kind="late")
    ring_after("operations")
    return see_other(url_for("operations.show", uid=uid))
