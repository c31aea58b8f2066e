"""A mail that an agent has dropped on a person's card: it is tied to that person, whoever it says it is from (W67)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, normalise_email
from contacts.agent import Agent
from contacts.identifying import Identified, evidence
from contacts.merged import root_of
from contacts.person import Person
from core.i18n import N_
from desk.inbound import InboundMail
from desk.tickets.message import Message
from desk.tickets.senders import SAID, identified
from desk.tickets.ticket import Ticket

BROUGHT = N_("An agent put the mail on this person's card.")


def source_of(person: Person, by: Agent) -> str:
    """What the ledger row keeps of it."""
    return f"person {person.uid} {by.uid}"


def brought_to(db: Session, row: InboundMail) -> Person | None:
    """The person on whose card it was dropped; nobody where that person is deleted by now."""
    words = row.source.split()
    if row.transport != "import" or len(words) != 3 or words[0] != "person":
        return None
    person = db.scalar(select(Person).where(Person.uid == words[1]))
    person = root_of(db, person) if person is not None else None
    return person if person is not None and person.living else None


def known_by_card(db: Session, row: InboundMail, found: Identified) -> Identified:
    """An unknown sender is the person of the card: no second record is made of them."""
    person = brought_to(db, row) if found.state in ("unknown", "several") else None
    return found if person is None else replace(found, state="known", person=person, candidates=[], evidence=[
        *found.evidence, evidence("agent", 100, BROUGHT)])


def tie(db: Session, row: InboundMail, message: Message) -> None:
    """Whoever it is from: where nothing else ties the mail to the person of the card, the agent's word does."""
    person = brought_to(db, row)
    if person is None or message.person_id == person.id or _reached(db, message, person):
        return
    by = db.scalar(select(Agent).where(Agent.uid == row.source.split()[2]))
    message.person_id = message.origin_person_id = person.id
    if by is not None:
        message.identification = identified(message.identification, person, by, SAID) | {"alone": True}
    ticket = db.get_one(Ticket, message.ticket_id)
    if ticket.requester_id is None:
        ticket.requester_id = ticket.origin_requester_id = person.id
    db.flush()


def _reached(db: Session, message: Message, person: Person) -> bool:
    """Whether it went to an address that stands on the card."""
    to = {normalise_email(address) for _name, address in (*message.to, *message.cc)}
    return db.scalar(select(Holding.id).join(Address, Address.id == Holding.address_id).where(
        Holding.person_id == person.id, Holding.until.is_(None), Address.normalised.in_(to)).limit(1)) is not None
