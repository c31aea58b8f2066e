"""That an agent is away, as cards and lists say it; and the fields in which it is said."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from contacts.absence import is_away
from contacts.agent import Agent
from core.alphabet import in_order
from core.clock import now
from core.i18n import dated, local
from core.i18n import gettext as _
from desk.web.requests import db


def away_note(agent: Agent) -> str:
    """``away until 4 Dec, deputy Jonas Berg``; empty for who is here."""
    if not is_away(agent) or agent.away_until is None:
        return ""
    deputy = db().get(Agent, agent.deputy_id) if agent.deputy_id is not None else None
    day = _date(agent.away_until)
    return _("away until %(day)s, deputy %(name)s", day=day, name=deputy.name) if deputy else _("away until %(day)s", day=day)


def absence_of(agent: Agent, typed: dict[str, str] | None = None) -> dict[str, Any]:
    """The fields with what holds or was typed, and whom the agent can choose."""
    deputy = db().get(Agent, agent.deputy_id) if agent.deputy_id is not None else None
    held = {"away_from": agent.away_from.isoformat() if agent.away_from else "",
            "away_until": agent.away_until.isoformat() if agent.away_until else "", "deputy": deputy.uid if deputy else ""}
    others = in_order(db().execute(select(Agent.uid, Agent.name).where(
        Agent.active | (Agent.id == agent.deputy_id), Agent.id != agent.id)))
    return {"values": typed or held, "version": agent.version, "note": away_note(agent), "agents": [(uid, name) for uid, name in others]}


def _date(day: date) -> str:
    return dated(day, year=day.year != local(now()).year)
