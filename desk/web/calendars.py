"""An agent's calendar: its secret address in the profile, and what other programs read there without a session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import login_required

from contacts.staffing import agent_with_uid
from core.i18n import gettext as _
from core.i18n import speaking
from desk import calendars
from desk.web.pages import see_other
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("calendars", __name__)


@bp.get("/calendar/<uid>/<signed>.ics")
def show(uid: str, signed: str) -> Any:
    """The calendar, for whoever has its address: what its agent may see."""
    agent = calendars.whose(db(), uid, signed)
    with speaking(agent.language, agent.timezone):
        made = calendars.calendar(db(), agent)
    return Response(made, mimetype="text/calendar", headers={
        "Content-Disposition": 'inline; filename="skranke.ics"', "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})


@bp.post("/profile/calendar")
@login_required
def create() -> Any:
    """A new address; the one of before opens nothing any more."""
    calendars.renew(db(), agent_with_uid(db(), me().uid, lock=True))
    return see_other(url_for("profile.edit") + "#calendar", said=_("Your calendar has a new address."))


@bp.post("/profile/calendar/end")
@login_required
def destroy() -> Any:
    """No address opens it any more."""
    calendars.close(db(), agent_with_uid(db(), me().uid, lock=True))
    return see_other(url_for("profile.edit") + "#calendar", said=_("Your calendar opens to nobody any more."))
