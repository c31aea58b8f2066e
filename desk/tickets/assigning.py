"""Who has the ticket: an agent, a team, both or nobody."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from core.errors import Refused
from core.history import record
from core.i18n import gettext as _
from desk.access import may_see_ticket
from desk.tickets.facts import TicketAssigned
from desk.tickets.ticket import Ticket


def assign(db: Session, ticket: Ticket, *, by: Agent | None, assignee: Agent | None, team: Team | None = None) -> None:
    """Give a ticket to an agent and a team; None takes it from them.

    Raises Refused when the agent has left or does not see the ticket, or nobody in the team does: they could not open
    what they got.
    """
    if assignee is not None and not assignee.active:
        raise Refused(_("%(name)s is no longer an agent here.", name=assignee.name), {"assignee": "Choose somebody else."})
    if assignee is not None and not may_see_ticket(db, assignee, ticket):
        raise Refused(_("%(name)s does not see %(mailbox)s.", name=assignee.name, mailbox=ticket.mailbox.name),
                      {"assignee": "Choose somebody else."})
    if team is not None and team.id != ticket.team_id and not any(a.active and may_see_ticket(db, a, ticket) for a in team.members):
        raise Refused(_("Nobody in %(name)s sees %(mailbox)s.", name=team.name, mailbox=ticket.mailbox.name),
                      {"team": "Choose another team."})
    same = (ticket.assignee_id, ticket.team_id) == (assignee.id if assignee else None, team.id if team else None)
    if same:
        return
    ticket.assignee_id, ticket.team_id = assignee.id if assignee else None, team.id if team else None
    db.flush()
    db.expire(ticket, ["assignee", "team"])
    record(db, TicketAssigned(ticket.uid, assignee.uid if assignee else None, team.uid if team else None),
           by=by.uid if by else None)
