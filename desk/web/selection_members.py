"""Members of static selections: added from a list, a card or a search, and taken out again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required
from sqlalchemy import select

from contacts.selected import selection_called
from contacts.selecting import add_members, new_selection, remove_members
from contacts.selection import OF, Selection
from core.errors import Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.presenting.selections import card_url, list_url, selection_url, targets
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("selection_members", __name__, url_prefix="/selections")


@bp.get("/members/new")
@login_required
def new() -> Any:
    """Into which selection, of those chosen on a card."""
    return _form(request.args.get("of", "persons"), request.args.getlist("uids"), {})


@bp.post("/members")
@login_required
def create() -> Any:
    """Put those chosen into a selection that there is, or into a new one of one's own."""
    of, uids = posted("of"), list(dict.fromkeys(request.form.getlist("uids")))
    if uids and not posted("selection") and "name" not in request.form:        # ticked in a list, for a new one: what is it called?
        return _form(of, uids, {})
    try:
        selection = _target(of)
        added = add_members(db(), selection, uids, by=me())
    except Refused as refused:
        if not uids:
            raise
        return _form(of, uids, errors_of(refused, {"selection_name": "name"})), refused.status
    said = ngettext("%(n)s was added to %(name)s.", "%(n)s were added to %(name)s.", added, name=selection.name)
    return see_other(selection_url(selection), said=said if added else _("All of them were in %(name)s already.", name=selection.name))


@bp.post("/<uid>/members/end")
@login_required
def destroy(uid: str) -> Any:
    """Take those chosen out."""
    selection = selection_called(db(), uid, me())
    taken = remove_members(db(), selection, request.form.getlist("uids"), by=me())
    return see_other(selection_url(selection), said=ngettext("%(n)s was taken out.", "%(n)s were taken out.", taken))


def _target(of: str) -> Selection:
    if posted("selection"):
        return selection_called(db(), posted("selection"), me(), of=of)
    if not posted("name"):
        raise Refused(N_("Choose a selection, or give a new one a name."), {"selection": N_("Choose a selection, or name a new one.")})
    return new_selection(db(), {"of": of, "kind": "static", "name": posted("name")}, by=me())


def _form(of: str, uids: list[str], errors: dict[str, str]) -> Any:
    if of not in OF or not uids:
        raise Refused(N_("Choose some first."))
    kind, uids = OF[of].row, uids[:1000]
    names = [getattr(one, OF[of].name) for one in db().scalars(select(kind).where(kind.uid.in_(uids), kind.binned_at.is_(None)).order_by(
        *OF[of].order).limit(50))]
    back = card_url(of, uids[0]) if len(uids) == 1 else list_url(of)
    return page("web/selections/add.html", current=of, of=of, uids=uids, names=names, errors=errors, back_url=back,
                targets=targets(of), typed={"selection": posted("selection"), "name": posted("name")})
