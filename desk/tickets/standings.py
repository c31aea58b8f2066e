"""How tickets, their messages and an address stood before a decision, and letting them stand so again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.addressing import hold_again, never_held
from contacts.agent import Agent
from contacts.editing import reindex
from contacts.handing_on import one_is_primary
from contacts.identifying import holders
from contacts.merged import goes_on
from core.history import record
from desk.tickets.facts import RequesterChanged
from desk.tickets.message import Message
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket

FIELDS = ("requester_id", "origin_requester_id", "requester_address_id", "requester_name", "held", "identification", "verdict", "priority")


def standings(db: Session, tickets: Sequence[Ticket]) -> dict[int, dict[str, Any]]:
    """Ticket → how it stands, with those of its messages that came from where the first of them came from."""
    messages: dict[int, list[list[Any]]] = {one.id: [] for one in tickets}
    for ticket_id, *row in db.execute(select(
            Message.ticket_id, Message.id, Message.person_id, Message.origin_person_id, Message.identification).where(
            Message.ticket_id.in_(messages), Message.direction == "in",
            Message.sender_address_id == tickets[0].came_from_id).order_by(Message.id)):
        messages[ticket_id].append(row)
    return {one.id: _standing(one, messages[one.id]) for one in tickets}


def restore(db: Session, ticket: Ticket, kept: dict[str, Any], by: Agent) -> None:
    """Let a ticket stand as it was kept."""
    previous = ticket.requester
    if ticket.state == "spam" and kept["state"] != "spam":
        change_state(db, ticket, kept["state"], by=by)
    if ticket.assignee_id == kept.get("given_to") != kept.get("assignee_id"):      # the card gave it to its contact
        ticket.assignee_id = kept.get("assignee_id")
    for name in FIELDS:
        setattr(ticket, name, goes_on(db, kept[name]) if name == "requester_id" else kept[name])
    ticket.due_at = datetime.fromisoformat(kept["due_at"]) if kept["due_at"] and ticket.answered_at is None else None
    rows = {m.id: m for m in db.scalars(select(Message).where(Message.ticket_id == ticket.id, Message.direction == "in"))}
    for message_id, person_id, origin_id, identification in kept["messages"]:
        if message_id in rows and not (rows[message_id].identification.get("alone") and not identification.get("alone")):
            rows[message_id].person_id, rows[message_id].origin_person_id = goes_on(db, person_id), origin_id
            rows[message_id].identification = identification
    db.flush()
    db.expire(ticket, ["requester", "requester_address", "assignee"])
    record(db, RequesterChanged(ticket.uid, ticket.requester.uid if ticket.requester else None,
                                previous.uid if previous else None, None), by=by.uid)


def hold_as_before(db: Session, kept: Mapping[str, Any], by: Agent) -> None:
    """Whoever got the address by the decision holds it no more, and whoever had it before does again: unless it has been given
    to somebody else since, who keeps it."""
    for holding in db.scalars(select(Holding).where(Holding.id.in_(kept["holdings"]), Holding.until.is_(None))):
        person = holding.person
        never_held(db, holding, by=by)
        one_is_primary(db, person)
        reindex(db, person)
    for holding in db.scalars(select(Holding).where(Holding.id.in_(kept["retired"]), Holding.until.is_not(None))).all():
        if all(other.id in kept["retired"] or not other.person.living for other in holders(db, holding.address)):
            hold_again(db, holding, by=by)
            reindex(db, holding.person)


def _standing(ticket: Ticket, messages: list[list[Any]]) -> dict[str, Any]:
    return {"id": ticket.id, "requester_id": ticket.requester_id, "origin_requester_id": ticket.origin_requester_id,
            "requester_address_id": ticket.requester_address_id, "requester_name": ticket.requester_name, "held": ticket.held, "identification": ticket.identification,
            "verdict": ticket.verdict, "priority": ticket.priority, "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
            "state": ticket.state, "assignee_id": ticket.assignee_id, "messages": messages}
