"""Quick create: several records in one go, listed at the right as they come (W17-W19)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, session, url_for
from flask_login import login_required

from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import errors_of
from desk.web.pages import page, see_other
from desk.web.presenting.alike import alike
from desk.web.quick_kinds import KINDS, found
from desk.web.requests import db, ring_after

bp = Blueprint("quick", __name__, url_prefix="/quick")
#: How many are remembered of one go.
MOST = 25


@bp.get("")
@bp.get("/<kind>")
@login_required
def new(kind: str = "person") -> Any:
    """The form of one kind, and what has been made so far."""
    return _page(kind)


@bp.post("/<kind>")
@login_required
def create(kind: str) -> Any:
    """Make one, and go on with the same form, empty."""
    known = _kind(kind)
    try:
        made = known.make()
        db().flush()
    except Refused as refused:
        db().rollback()
        return _page(kind, refused), refused.status
    session["quick"] = [*session.get("quick", []), [kind, made.uid]][-MOST:]
    ring_after("fanout")
    return see_other(url_for("quick.new", kind=kind), said=_("%(name)s was created.", name=known.named(made)))


@bp.post("/end")
@login_required
def destroy() -> Any:
    """Begin a new list; what was made stays."""
    session.pop("quick", None)
    return see_other(url_for("quick.new"))


def _page(kind: str, refused: Refused | None = None) -> str:
    known = _kind(kind)
    typed = request.form if refused else request.args
    errors = errors_of(refused, {"employments": "company", "addresses": "email", "value": "email"}) if refused else {}
    made = found(db(), session.get("quick", []))
    fields = [{"name": name, "label": _(label), "type": type_, "value": typed.get(name, ""), "error": errors.get(name, "")}
              for name, label, type_ in known.fields]
    kinds = [{"label": _(one.label), "url": url_for("quick.new", kind=name), "current": name == kind, "count": None} for name, one in KINDS.items()]
    return page("web/quick.html", current="", kind=kind, label=_(known.label), kinds=kinds, fields=fields, errors=errors, made=made,
                companies=[one["name"] for one in made if one["employ_url"]], companies_url=url_for("companies.suggest"),
                duplicates=alike(refused) if refused else [], nevertheless=bool(refused and refused.more.get("nevertheless")),
                whole_url=url_for(known.whole) if known.whole else "")


def _kind(kind: str) -> Any:
    if kind not in KINDS:
        raise Unknown(N_("There is no such kind of record."))
    return KINDS[kind]
