"""Who wrote single messages, once an agent has said it: of one alone, or of all that a ticket began with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from contacts.address import Address
from contacts.agent import Agent
from contacts.identifying import origin_of
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_, sentence
from desk.locked_mail import needs_reading
from desk.tickets.facts import SenderChanged
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

SAID = N_("%(agent)s said who it is.")
NO_RECORD = N_("%(agent)s keeps no record of the sender.")


def change_sender(db: Session, message: Message, person: Person | None, by: Agent) -> None:
    """Another person wrote this one message, or nobody we hold; ticket, address and all other messages stay as they are.

    Raises Refused for a message that did not come in, and for a deleted person; Forbidden where the mails of the ticket are kept from
    the agent.
    """
    needs_reading(db, message.ticket_id)
    if message.direction != "in":
        raise Refused(N_("Only who wrote a message that came in can be changed."))
    if person is not None and not person.living:
        raise Refused(N_("This person is deleted. Restore the person first."))
    before = db.get(Person, message.person_id) if message.person_id else None
    message.person_id = person.id if person else None
    message.origin_person_id = origin_of(db, person, message.sender_address_id)
    message.identification = identified(message.identification, person, by, SAID if person else NO_RECORD) | {"alone": True}
    ticket = db.get_one(Ticket, message.ticket_id)
    record(db, SenderChanged(message.uid, ticket.uid, person.uid if person else None, before.uid if before else None), by=by.uid)
    db.flush()


def change_senders(db: Session, ticket: Ticket, person: Person | None, by: Agent, said: str) -> None:
    """All that came from where the ticket came from is this person's, save what an agent has said of one message alone; and what
    only claims to be from there, unless that is how the ticket began: then the agent has looked at it."""
    looked_at, origin = ticket.trust.get("result") == "fail", origin_of(db, person, ticket.came_from_id)
    for message in db.scalars(select(Message).where(
            Message.ticket_id == ticket.id, Message.direction == "in", Message.sender_address_id == ticket.came_from_id).options(
            load_only(Message.person_id, Message.origin_person_id, Message.identification, Message.trust))):
        if not message.identification.get("alone") and (looked_at or message.trust.get("result") != "fail"):
            message.person_id, message.origin_person_id = person.id if person else None, origin
            message.identification = identified(message.identification, person, by, said)
    db.flush()


def came_from(db: Session, ticket: Ticket) -> Address | None:
    """The address that the ticket came from (:attr:`Ticket.came_from_id`)."""
    return db.get(Address, ticket.came_from_id) if ticket.came_from_id else None


def identified(identification: Mapping[str, Any], person: Person | None, by: Agent, said: str) -> dict[str, Any]:
    """How a sender is identified once an agent has said it; what was found before stays as evidence, and what agents said."""
    clue = {"clue": "agent", "points": 100 if person else 0, "words": said % {"agent": by.name},
            "sentence": sentence(said, agent=by.name), "at": now().isoformat()}
    kept = {name: identification[name] for name in ("forwarded_by", "came_from") if name in identification}
    return {"how": "agent" if person else "none", "candidates": [], "evidence": [*identification.get("evidence", ()), clue], **kept}
