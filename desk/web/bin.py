"""The bin: what was deleted, by whom, and until when it can be restored (S68-S71). For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from core.errors import Refused
from core.i18n import N_, ngettext
from core.options import option
from core.retelling import retell
from desk.bin_lists import TABLES, chosen, count, lying
from desk.erasing.asking import begun
from desk.restoring import restore_act, restore_some
from desk.web.forms import whole
from desk.web.pages import page, see_other
from desk.web.presenting.bin import lines, tabs
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("bin", __name__, url_prefix="/bin")
PAGE = 50


@bp.get("")
@admins_only
def index() -> Any:
    """A page of it, the latest first; of what was deleted in one go with ``act``."""
    of = request.args.get("of") if request.args.get("of") in TABLES else "person"
    q, act, before = request.args.get("q", "").strip()[:200], request.args.get("act", "")[:24], whole(request.args.get("before", ""))
    found = lying(db(), me(), of or "person", q=q, act=act, before=before, most=PAGE + 1)
    here: dict[str, Any] = {"of": of, "q": q or None, "act": act or None}
    return page("web/bin/index.html", current="bin", of=of, q=q, act=act, days=option(db(), "contacts.bin_days"), lines=lines(found[:PAGE], begun(db())),
                tabs=tabs(of or "person", q, act, count(db(), me(), act=act)), act_url=url_for("bin.restore_all", act=act) if act else None,
                newer=url_for("bin.index", **here) if before is not None else None,
                older=url_for("bin.index", before=found[PAGE - 1].row.id, **here) if len(found) > PAGE else None)


@bp.post("/restoring")
@admins_only
def restore() -> Any:
    """Those that are marked."""
    ids = [number for one in request.form.getlist("ids") if (number := whole(one)) is not None]
    if not ids:
        raise Refused(N_("Choose some first."))
    return _told(*restore_some(db(), chosen(db(), me(), ids), by=me()))


@bp.post("/acts/<act>/restoring")
@admins_only
def restore_all(act: str) -> Any:
    """All that was deleted in one go: a bulk act is taken back by a worker."""
    operation, back, left = restore_act(db(), act, by=me())
    if operation is not None:
        ring_after("operations")
        return see_other(url_for("operations.show", uid=operation.uid))
    return _told(back, list(left))


def _told(back: int, left: list[Any]) -> Any:
    said = ngettext("%(n)s is back.", "%(n)s are back.", back) if back else ""
    if left:
        said = f"{said} " + ngettext("%(n)s stays here: restore it by itself.", "%(n)s stay here: restore them one by one.", len(left))
        said += " " + retell(left[0][1].sentence)
    of = request.form.get("of", "person")
    return see_other(url_for("bin.index", of=of if of in TABLES else None), said=said.strip(), kind="heed" if left else "sure")
