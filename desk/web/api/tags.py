"""Words on a ticket."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from desk.tickets.tagging import set_tags
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import the_ticket
from desk.web.api.routing import put
from desk.web.api.schemas.common import Word
from desk.web.api.schemas.tickets import Ticket
from desk.web.api.shapes.tickets import whole
from desk.web.requests import db

Tags = Annotated[list[Word], Field(max_length=100)]


@put("/tickets/<int:number>/tags", moves=True)
def update(number: int, given: Tags) -> Ticket:
    """Let a ticket have exactly these tags."""
    ticket = the_ticket(number)
    versions.unmoved(ticket.version)
    set_tags(db(), ticket, given, by=me())
    ticket.raise_version()
    return whole(ticket)
