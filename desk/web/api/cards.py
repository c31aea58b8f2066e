"""What is tied to a person: tickets, messages, history."""

from __future__ import annotations

from sqlalchemy import or_, select

from desk.access import visible_mailbox_ids
from desk.tickets.listing import Wanted, list_tickets
from desk.tickets.message import Message as Row
from desk.tickets.ticket import Ticket
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import get
from desk.web.api.schemas.persons import Happened, HistoryAsked
from desk.web.api.schemas.tickets import Message, TicketRow
from desk.web.api.shapes import histories, tickets
from desk.web.api.shapes.messages import LOADED, shown
from desk.web.requests import db

#: Tickets of a person in which our answers to them are looked for.
TICKETS = 500


@get("/persons/<uid:uid>/tickets", moves=True)
def index_tickets(uid: str, asked: Page) -> Listed[TicketRow]:
    """The tickets the person asked for, in mailboxes the agent sees, what changed last first."""
    page = list_tickets(db(), me(), Wanted("all", requester_id=the_person(uid).id), cursor=asked.cursor, limit=asked.most)
    return Listed[TicketRow](items=tickets.rows(page.tickets), next=page.next)


@get("/persons/<uid:uid>/messages", moves=True)
def index_messages(uid: str, asked: Page) -> Listed[Message]:
    """What the person wrote and what we answered on their tickets, the newest first. Notes are left out."""
    person, visible = the_person(uid), visible_mailbox_ids(db(), me())
    theirs = select(Ticket.id).where(Ticket.requester_id == person.id).order_by(Ticket.id.desc()).limit(TICKETS)
    query = select(Row).join(Ticket, Ticket.id == Row.ticket_id).where(
        Ticket.mailbox_id.in_(visible), Ticket.binned_at.is_(None),
        or_(Row.person_id == person.id, (Row.direction == "out") & Row.ticket_id.in_(theirs.scalar_subquery())))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows = db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1).options(*LOADED)).all()
    page, following = cut(rows, asked.most, lambda row: row.id)
    return Listed[Message](items=shown(db(), page), next=following)


@get("/persons/<uid:uid>/history", moves=True)
def index_history(uid: str, asked: HistoryAsked) -> Listed[Happened]:
    """What happened to the person, the latest first; nothing of tickets the agent does not see."""
    return histories.history(db(), me(), the_person(uid), asked)
