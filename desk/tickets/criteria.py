"""What selections may go by that tickets know: whether one is open, and when somebody was last heard of; of what the agent sees."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from contacts.company import Company
from contacts.criteria import Asking, Criterion, days_before, offer
from contacts.person import Employment, Person
from contacts.person_criteria import Wrap, through
from core.i18n import N_
from desk.access import visible_mailbox_ids
from desk.tickets.listing import OPEN, of_each
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

TICKETS = N_("Tickets")
_ASKS = through(select(Ticket.requester_id).where(Ticket.requester_id.is_not(None)), Ticket.requester_id, Person.id)
_WROTE = through(select(Message.person_id).join(Ticket, Ticket.id == Message.ticket_id).where(Message.person_id.is_not(None)),
                 Message.person_id, Person.id)
_STAFF_ASKS = through(select(Employment.company_id).join(Ticket, Ticket.requester_id == Employment.person_id).where(
    Employment.ended_on.is_(None)), Employment.company_id, Company.id)
_STAFF_WROTE = through(select(Employment.company_id).join(Message, Message.person_id == Employment.person_id).join(
    Ticket, Ticket.id == Message.ticket_id).where(Employment.ended_on.is_(None)), Employment.company_id, Company.id)


def _open(wrap: Wrap) -> Any:
    def condition(asking: Asking, _op: str, _value: Any, negated: bool) -> ColumnElement[bool]:
        return wrap(and_(Ticket.shelf.in_(OPEN), Ticket.mailbox_id.in_(visible_mailbox_ids(asking.db, asking.by))), negated)
    return condition


def _heard(wrap: Wrap) -> Any:
    """The last that came from them is before or after a day: who was never heard of is in neither."""
    def condition(asking: Asking, op: str, value: Any, _negated: bool) -> ColumnElement[bool]:
        at, later = days_before(asking, op, value)
        seen = of_each(Ticket.mailbox_id.in_(visible_mailbox_ids(asking.db, asking.by)))
        recent = and_(Message.at >= at, seen)
        if later:
            return wrap(recent, False)
        return and_(wrap(seen, True), ~wrap(recent, True))
    return condition


offer(
    Criterion("persons", "open_ticket", N_("Has an open ticket"), TICKETS, "yes", _open(_ASKS)),
    Criterion("persons", "heard", N_("Last heard of"), TICKETS, "day", _heard(_WROTE)),
    Criterion("companies", "open_ticket", N_("Has an open ticket"), TICKETS, "yes", _open(_STAFF_ASKS)),
    Criterion("companies", "heard", N_("Last heard of"), TICKETS, "day", _heard(_STAFF_WROTE)),
)
