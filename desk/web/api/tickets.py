"""Tickets: lists, one ticket, a new one by an agent, the bin."""

from __future__ import annotations

from sqlalchemy import select

from contacts.address import normalise_email
from contacts.agent import Agent
from contacts.merged import goes_on
from contacts.person import Person
from core.errors import Refused
from core.i18n import gettext as _
from desk.access import may_see_mailbox
from desk.mailboxes import mailbox_at
from desk.tickets.answering import begin
from desk.tickets.binning import bin_ticket, restore_ticket
from desk.tickets.listing import Wanted, list_tickets
from desk.tickets.searching import searched
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import person_named, the_ticket, visible_mailbox
from desk.web.api.paging import Listed
from desk.web.api.routing import delete, get, post
from desk.web.api.schemas.tickets import NewTicket, Ticket, TicketRow, TicketsAsked
from desk.web.api.shapes import tickets as shapes
from desk.web.requests import db, ring_after


@get("/tickets")
def index(asked: TicketsAsked) -> Listed[TicketRow]:
    """Tickets in mailboxes the agent sees. What nobody has, or nobody may know of, gives an empty list."""
    wanted = _wanted(asked)
    if wanted is None:
        return Listed[TicketRow](items=[])
    page = list_tickets(db(), me(), wanted, cursor=asked.cursor, limit=asked.most)
    return Listed[TicketRow](items=shapes.rows(page.tickets), next=page.next)


@post("/tickets", status=201)
def create(given: NewTicket) -> Ticket:
    """A ticket by an agent: a mail that leaves at once, or a call noted down."""
    mailbox = visible_mailbox(given.mailbox, "mailbox")
    if not mailbox.active:
        raise Refused(_("The mailbox %(name)s is switched off.", name=mailbox.name), {"mailbox": _("It is switched off.")})
    requester = person_named(given.requester, "requester") if given.requester else None
    ticket = begin(db(), mailbox, by=me(), subject=given.subject, html=given.html, text=given.text, channel=given.channel,
                   to=given.to, cc=given.cc, requester=requester, files=given.attachments)
    ring_after("outbound")
    ring_after("fanout")
    return shapes.whole(ticket)


@get("/tickets/<int:number>", moves=True)
def show(number: int) -> Ticket:
    """A ticket with its messages."""
    return shapes.whole(the_ticket(number))


@delete("/tickets/<int:number>", admin=True, moves=True)
def destroy(number: int) -> None:
    """Put a ticket into the bin."""
    ticket = the_ticket(number)
    versions.unmoved(ticket.version)
    bin_ticket(db(), ticket, by=me())


@post("/tickets/<int:number>/restore", admin=True, moves=True)
def restore(number: int) -> Ticket:
    """Bring a ticket back from the bin."""
    ticket = the_ticket(number)
    restore_ticket(db(), ticket, by=me())
    return shapes.whole(ticket)


def _wanted(asked: TicketsAsked) -> Wanted | None:
    """The question as lists understand it; None where nothing can fit."""
    mailbox = mailbox_at(db(), asked.mailbox) if asked.mailbox is not None else None
    if asked.mailbox is not None and (mailbox is None or not may_see_mailbox(db(), me(), mailbox)):
        return None
    assignee = _assignee(asked.assignee)
    requester = goes_on(db(), db().scalar(select(Person.id).where(Person.uid == asked.requester))) if asked.requester else None
    if (asked.assignee not in (None, "none") and assignee is None) or (asked.requester and requester is None):
        return None
    wanted = Wanted(
        "all", mailbox_id=mailbox.id if mailbox else None, states=tuple(asked.state.split(",")) if asked.state else (),
        assignee_id=assignee, unassigned=asked.assignee == "none", requester_id=requester, tag=(asked.tag or "").lower(),
        held={"true": True, "false": False}.get(asked.held or ""), sort=asked.sort)
    return searched(db(), me(), asked.q, wanted) if asked.q else wanted


def _assignee(named: str | None) -> int | None:
    if named in (None, "none"):
        return None
    if named == "me":
        return me().id
    return db().scalar(select(Agent.id).where(Agent.email == normalise_email(named or "")))
