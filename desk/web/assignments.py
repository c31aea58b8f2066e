"""Who has a ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.agent import Agent, Team
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.assigning import assign
from desk.tickets.ticket import Ticket
from desk.web.forms import version
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("assignments", __name__)


@bp.post("/tickets/<int:number>/assignment")
@login_required
def update(number: int) -> Any:
    """Give the ticket to an agent or a team; an empty one takes it away."""
    ticket, given = ticket_to_change(number), request.values
    if _taken(ticket):
        return back_to(ticket, _("%(name)s has taken this ticket in the meantime.", name=ticket.assignee.name if ticket.assignee else ""))
    undo = url_for("assignments.update", number=number, agent=ticket.assignee.uid if ticket.assignee else "",
                   team=ticket.team.uid if ticket.team else "", undo=1)
    assignee = agent_called(given["agent"]) if "agent" in given else ticket.assignee
    team = team_called(given["team"]) if "team" in given else ticket.team
    if "agent" not in given and team is not None and assignee not in team.members:
        assignee = None
    assign(db(), ticket, by=me(), assignee=assignee, team=team)
    ring_after("fanout")
    return back_to(ticket, _said(ticket), "" if given.get("undo") else undo)


def _taken(ticket: Ticket) -> bool:
    """Whether a colleague has got the ticket since the page was loaded: it is not taken from them unseen."""
    return version() not in (None, ticket.version) and ticket.assignee_id not in (None, me().id)


def agent_called(uid: str) -> Agent | None:
    """The agent chosen in a menu; None for nobody. Raises Refused."""
    if not uid:
        return None
    agent = db().scalar(select(Agent).where(Agent.uid == uid))
    if agent is None:
        raise Refused(N_("This agent is not there any more."))
    return agent


def team_called(uid: str) -> Team | None:
    """The same for a team."""
    if not uid:
        return None
    team = db().scalar(select(Team).where(Team.uid == uid))
    if team is None:
        raise Refused(N_("This team is not there any more."))
    return team


def _said(ticket: Ticket) -> str:
    to = " · ".join(one.name for one in (ticket.assignee, ticket.team) if one is not None)
    return _("Given to %(name)s.", name=to) if to else _("Given to nobody.")
