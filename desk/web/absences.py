"""When an agent is away, and who stands in: in their own profile, and for admins on each agent's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.absence import set_absence
from contacts.agent import Agent
from contacts.staffing import agent_with_uid
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.agents import show as show_agent
from desk.web.chosen import chosen
from desk.web.day_field import typed_day
from desk.web.forms import errors_of, in_turn, posted, version
from desk.web.pages import see_other
from desk.web.profile import show as show_profile
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("absences", __name__)
FIELDS = ("away_from", "away_until", "deputy")


@bp.post("/profile/absence")
@login_required
def update() -> Any:
    """One's own."""
    try:
        _save(agent_with_uid(db(), me().uid, lock=True))
    except Refused as refused:
        return show_profile(errors_of(refused), away=_typed()), refused.status
    return see_other(url_for("profile.edit") + "#away", said=_said(me()))


@bp.post("/settings/agents/<uid>/absence")
@admins_only
def create(uid: str) -> Any:
    """Somebody else's: who fell ill cannot say so themselves."""
    agent = agent_with_uid(db(), uid, lock=True)
    try:
        _save(agent)
    except Refused as refused:
        return show_agent(agent, errors_of(refused), away=_typed()), refused.status
    return see_other(url_for("agents.edit", uid=uid) + "#away", said=_said(agent))


def _save(agent: Agent) -> None:
    days = {name: typed_day(posted(name), name) for name in FIELDS[:2]}
    deputy = chosen(Agent, "deputy")
    with in_turn():
        set_absence(db(), agent, begin=days["away_from"], end=days["away_until"], deputy=deputy, by=me(), version=version())


def _typed() -> dict[str, str]:
    return {name: posted(name) for name in FIELDS}


def _said(agent: Agent) -> str:
    return _("Saved. The deputy gets what comes meanwhile.") if agent.away_from and agent.deputy_id else _("Saved.")
