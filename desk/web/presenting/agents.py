"""Agents and teams as their list and forms show them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from contacts.agent import Agent, Team, TeamMember
from core.alphabet import in_order
from core.clock import now
from core.i18n import age
from core.i18n import gettext as _
from desk.mailboxes import Mailbox, MailboxAccess
from desk.tickets.listing import OPEN
from desk.tickets.ticket import Ticket
from desk.web.presenting.absence import away_note
from desk.web.presenting.faces import agent_face
from desk.web.requests import db


def lines() -> list[dict[str, Any]]:
    """Everybody, those who may sign in first."""
    agents = sorted(in_order(db().scalars(select(Agent))), key=lambda agent: not agent.active)
    open_tickets = dict(db().execute(select(Ticket.assignee_id, func.count()).where(
        Ticket.shelf.in_(OPEN), Ticket.assignee_id.in_([agent.id for agent in agents])).group_by(
        Ticket.assignee_id)).all())
    return [{"url": url_for("agents.edit", uid=agent.uid), "name": agent.name, "face": agent_face(agent),
             "email": agent.email, "role": agent.role, "role_label": _("Admin") if agent.admin else _("Agent"),
             "totp": bool(agent.totp), "active": agent.active, "open_tickets": open_tickets.get(agent.id, 0),
             "away": away_note(agent), "last_at": age(agent.seen_at, now()) if agent.seen_at else ""} for agent in agents]


def teams() -> list[dict[str, Any]]:
    """The teams."""
    return [{"url": url_for("teams.edit", uid=team.uid), "name": team.name, "members": len(team.members)}
            for team in in_order(db().scalars(select(Team)))]


def boxes(agent: Agent) -> list[dict[str, Any]]:
    """The mailboxes that are not open to all, and whether this agent is let in by name."""
    let_in = set(db().scalars(select(MailboxAccess.mailbox_id).where(MailboxAccess.agent_id == agent.id))) if agent.id else set()
    return [{"uid": m.uid, "name": m.name, "checked": m.id in let_in} for m in in_order(db().scalars(
        select(Mailbox).where(Mailbox.open_to_all.is_(False))))]


def memberships(agent: Agent) -> list[dict[str, Any]]:
    """All teams, and whether this agent is in."""
    inside = set(db().scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent.id))) if agent.id else set()
    return [{"uid": t.uid, "name": t.name, "checked": t.id in inside} for t in in_order(db().scalars(select(Team)))]
