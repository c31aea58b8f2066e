"""Merging tickets."""

from __future__ import annotations

from core.errors import Refused, Unknown
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.tickets.merging import merge, unmerge
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import the_ticket
from desk.web.api.routing import delete, post
from desk.web.api.schemas.tickets import MergeInto, Ticket
from desk.web.api.shapes.tickets import whole
from desk.web.requests import db


@post("/tickets/<int:number>/merge")
def create(number: int, given: MergeInto) -> Ticket:
    """Let a ticket become part of another, which is the answer."""
    ticket = the_ticket(number, merged=True, lock=False)
    try:
        into = ticket_for(db(), me(), given.into)
    except Unknown as error:
        raise Refused(error.sentence, {"into": _("There is no such ticket.")}) from error
    merge(db(), ticket, into, by=me())
    return whole(into)


@delete("/tickets/<int:number>/merge", status=200)
def destroy(number: int) -> Ticket:
    """Take a merged ticket out again."""
    ticket = the_ticket(number, merged=True)
    versions.unmoved(ticket.version)
    unmerge(db(), ticket, by=me())
    return whole(ticket)
