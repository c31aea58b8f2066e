"""The state of a ticket."""

from __future__ import annotations

from desk.tickets.states import change_state
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import the_ticket
from desk.web.api.routing import put
from desk.web.api.schemas.tickets import StateChange, Ticket
from desk.web.api.shapes.tickets import whole
from desk.web.requests import db, ring_after


@put("/tickets/<int:number>/state", moves=True)
def update(number: int, given: StateChange) -> Ticket:
    """Close, open, wait, snooze (until a moment or the next mail), or call it spam."""
    ticket = the_ticket(number)
    versions.unmoved(ticket.version)
    change_state(db(), ticket, given.state, by=me(), until=given.until)
    ring_after("fanout")
    return whole(ticket)
