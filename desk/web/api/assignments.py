"""Who has a ticket."""

from __future__ import annotations

from desk.tickets.assigning import assign
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named, team_named, the_ticket
from desk.web.api.routing import put
from desk.web.api.schemas.tickets import Assignment, Ticket
from desk.web.api.shapes.tickets import whole
from desk.web.requests import db, ring_after


@put("/tickets/<int:number>/assignment", moves=True)
def update(number: int, given: Assignment) -> Ticket:
    """Give a ticket to an agent, a team, both or nobody."""
    ticket, named = the_ticket(number), given.named()
    versions.unmoved(ticket.version)
    assignee = ticket.assignee if "assignee" not in named else (
        agent_named(given.assignee, "assignee") if given.assignee is not None else None)
    team = ticket.team if "team" not in named else (team_named(given.team, "team") if given.team is not None else None)
    assign(db(), ticket, by=me(), assignee=assignee, team=team)
    ring_after("fanout")
    return whole(ticket)
