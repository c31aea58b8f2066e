"""API tokens of one's own: made, shown once, ended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.agent import ApiToken
from contacts.enrolling import new_token
from contacts.facts import AgentChanged
from core.clock import now
from core.errors import Unknown
from core.history import record
from core.i18n import N_, age, day
from core.i18n import gettext as _
from desk.web.forms import posted
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("tokens", __name__)


@bp.get("/tokens")
@login_required
def index() -> Any:
    """My tokens."""
    return _show()


@bp.post("/tokens")
@login_required
def create() -> Any:
    """One more; this answer is the only place where it is shown."""
    name = posted("name")
    if not 0 < len(name) <= 80:
        return _show(errors={"name": _("Say in at most 80 characters what it is for.")}), 422
    return _show(fresh=new_token(db(), me(), name))


@bp.post("/tokens/<uid>/end")
@login_required
def destroy(uid: str) -> Any:
    """This token is worth nothing from now on."""
    token = db().scalar(select(ApiToken).where(ApiToken.uid == uid, ApiToken.agent_id == me().id))
    if token is None:
        raise Unknown(N_("There is no such token."))
    db().delete(token)
    record(db(), AgentChanged(me().uid, "token_ended"), by=me().uid)
    return see_other(url_for("tokens.index"), said=_("The token “%(name)s” has ended.", name=token.name))


def _show(*, fresh: str | None = None, errors: dict[str, str] | None = None) -> str:
    rows = db().scalars(select(ApiToken).where(ApiToken.agent_id == me().id).order_by(ApiToken.id.desc())).all()
    tokens = [{"name": row.name or _("(without a name)"), "created": day(row.created_at),
               "last_used": age(row.used_at, now()) if row.used_at else "",
               "end_url": url_for("tokens.destroy", uid=row.uid)} for row in rows]
    return page("web/settings/tokens/index.html", settings={"current": "tokens"}, tokens=tokens, fresh=fresh,
                errors=errors or {})
