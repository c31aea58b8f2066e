"""Who of us talked to whom of a company, and what about (S12, S13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, lazyload

from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Employment, Person
from desk.access import visible_mailbox_ids
from desk.tickets.listing import OPEN, of_each
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

SHELVES = (*OPEN, "closed")
#: Colleagues named of one ticket.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Talk:
    """A ticket on which somebody of the company and some of us have written: who, how many messages, and the last of them."""

    ticket: Ticket
    agents: Sequence[Agent]
    messages: int
    last_at: datetime


def at_company(company: Company) -> ColumnElement[bool]:
    """Tickets by people of a company that last moved while they were there: what they write elsewhere is no business of this one."""
    day = func.date(Ticket.moved_at)
    job = select(Employment.id).where(
        Employment.person_id == Ticket.requester_id, Employment.company_id == company.id,
        or_(Employment.started_on.is_(None), day >= Employment.started_on), or_(Employment.ended_on.is_(None), day <= Employment.ended_on))
    return and_(Ticket.requester_id.in_(select(Employment.person_id).where(Employment.company_id == company.id)), of_each(job.exists()))


def dialogue(db: Session, agent: Agent, company: Company, *, limit: int = 8) -> list[Talk]:
    """The latest, in mailboxes that the agent sees: three questions, however much was said."""
    tickets = db.scalars(select(Ticket).join(Ticket.requester).where(at_company(company), of_each(
        Ticket.mailbox_id.in_(visible_mailbox_ids(db, agent)), Ticket.shelf.in_(SHELVES), Person.binned_at.is_(None),
        Ticket.held.is_(False))).options(contains_eager(Ticket.requester)).order_by(Ticket.moved_at.desc(), Ticket.id.desc()).limit(limit)).all()
    ids = [ticket.id for ticket in tickets]
    rows = db.execute(select(Message.ticket_id, Message.author_id, func.count(), func.max(Message.at)).where(
        Message.ticket_id.in_(ids), Message.direction.in_(("in", "out"))).group_by(Message.ticket_id, Message.author_id)).all()
    names = {one.id: one for one in db.scalars(select(Agent).where(Agent.id.in_({row[1] for row in rows if row[1]})).options(
        lazyload(Agent.addresses)))}
    return [_talk(ticket, [row for row in rows if row[0] == ticket.id], names) for ticket in tickets]


def _talk(ticket: Ticket, rows: Sequence[Any], names: Mapping[int, Agent]) -> Talk:
    ours = [names[row[1]] for row in sorted(rows, key=lambda row: row[3], reverse=True) if row[1] in names]
    return Talk(ticket, ours[:NAMED], sum(row[2] for row in rows), max((row[3] for row in rows), default=ticket.moved_at))
