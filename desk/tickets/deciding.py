"""Who wrote a held ticket: an agent says. Later held tickets of the same address follow along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from contacts import addressing
from contacts.agent import Agent
from contacts.editing import create_person, reindex
from contacts.person import Person
from core.errors import Refused
from core.history import record
from core.i18n import N_, sentence
from desk.tickets.facts import RequesterChanged, SenderChanged
from desk.tickets.message import Message
from desk.tickets.promising import expect
from desk.tickets.routing import take_over
from desk.tickets.states import change_state
from desk.tickets.taking_part import add_participant
from desk.tickets.ticket import Ticket

MOST = 200
SAID = N_("%(agent)s said who it is.")
NO_RECORD = N_("%(agent)s keeps no record of the sender.")
CREATED_WHY = N_("An agent said so on ticket %(number)s.")


def change_requester(
    db: Session, ticket: Ticket, by: Agent, *, person: Person | None = None, add_address: bool = False, move: bool = False,
    create: Mapping[str, Any] | None = None, none: bool = False, spam: bool = False,
) -> list[Ticket]:
    """Settle who asks; return the tickets that were settled, this one first.

    Exactly one of: ``person`` (with ``add_address`` they hold the address from now on, and with ``move`` nobody else does),
    ``create`` (fields of a person, ``company`` a Company or none), ``none`` (no record), ``spam``. Where the person does
    not hold the address, answers go to an address of theirs. Raises Refused, and Conflict (``person_id``) when
    another living person holds the address.
    """
    if sum((person is not None, create is not None, none, spam)) != 1:
        raise Refused(N_("Say one thing: this person, a new person, no record, or spam."))
    if ticket.merged_into_id is not None or ticket.binned_at is not None:
        raise Refused(N_("This ticket is deleted or merged. Nothing more is decided about it."))
    if person is not None and not person.living:
        raise Refused(N_("This person is deleted. Restore the person first."))
    followers = _followers(db, ticket)
    if create is not None:
        person = _create(db, ticket, by, create)
    elif person is not None and (add_address or move):
        if move:
            _take_from_others(db, ticket, person, by)
        _give_address(db, ticket, person, by)
    for one in (ticket, *followers):
        settle(db, one, person, by, said=SAID if person else NO_RECORD)
        if person is not None:
            _answer_them(db, one, person)
        if spam:
            change_state(db, one, "spam", by=by)
    db.flush()
    return [ticket, *followers]


def change_sender(db: Session, message: Message, person: Person | None, by: Agent) -> None:
    """Another person wrote this one message, or nobody we hold; ticket, address and all other messages stay as they are.

    Raises Refused for a message that did not come in, and for a deleted person.
    """
    if message.direction != "in":
        raise Refused(N_("Only who wrote a message that came in can be changed."))
    if person is not None and not person.living:
        raise Refused(N_("This person is deleted. Restore the person first."))
    before = db.get(Person, message.person_id) if message.person_id else None
    message.person_id = message.origin_person_id = person.id if person else None
    message.identification = _said(message.identification, person, by, SAID if person else NO_RECORD)
    ticket = db.get_one(Ticket, message.ticket_id)
    record(db, SenderChanged(message.uid, ticket.uid, person.uid if person else None, before.uid if before else None), by=by.uid)
    db.flush()


def _said(identification: Mapping[str, Any], person: Person | None, by: Agent, said: str) -> dict[str, Any]:
    """How a sender is identified once an agent has said it; what was found before stays as evidence."""
    clue = {"clue": "agent", "points": 100 if person else 0, "words": said % {"agent": by.name},
            "sentence": sentence(said, agent=by.name)}
    return {"how": "agent" if person else "none", "candidates": [], "evidence": [*identification.get("evidence", ()), clue]}


def _followers(db: Session, ticket: Ticket) -> list[Ticket]:
    """Other held tickets of the same address; not those whose sender may be forged."""
    if not ticket.held or ticket.requester_address_id is None or ticket.trust.get("result") == "fail":
        return []
    found = db.scalars(select(Ticket).where(
        Ticket.requester_address_id == ticket.requester_address_id, Ticket.held, Ticket.id != ticket.id,
        Ticket.shelf.in_(("active", "waiting"))).order_by(Ticket.id).limit(MOST).with_for_update(of=Ticket))
    return [one for one in found if one.trust.get("result") != "fail"]


def _create(db: Session, ticket: Ticket, by: Agent, fields: Mapping[str, Any]) -> Person:
    given = dict(fields)
    company = given.pop("company", None)
    address = ticket.requester_address
    person = create_person(
        db, {"preferred_language": ticket.language, **given}, by=by, how="ticket", exempt=True,
        why=CREATED_WHY % {"number": ticket.number}, employments=[{"company": company}] if company else ())
    if address is not None and ticket.trust.get("result") != "fail":
        _give_address(db, ticket, person, by, share=True)
    return person


def _give_address(db: Session, ticket: Ticket, person: Person, by: Agent, *, share: bool = False) -> None:
    """The person holds the address of this ticket; nothing happens when they do already, or when it is ours."""
    address = ticket.requester_address
    if address is None or addressing.is_ours(db, address.normalised) or any(h.person_id == person.id for h in addressing.holders(db, address)):
        return
    proof = "authenticated" if ticket.trust.get("result") == "pass" else "agent"
    addressing.add_address(db, person, address.kind, address.value, by=by, origin="wrote", proof=proof, share=share)
    person.raise_version()
    reindex(db, person)


def _take_from_others(db: Session, ticket: Ticket, person: Person, by: Agent) -> None:
    """Nobody else holds the address from now on; what came from it stays whose it was."""
    if ticket.requester_address is None:
        return
    for holding in addressing.holders(db, ticket.requester_address):
        if holding.person_id != person.id:
            addressing.retire(db, holding, by=by)
            holding.person.raise_version()
            reindex(db, holding.person)


def _answer_them(db: Session, ticket: Ticket, person: Person) -> None:
    """Answers go to the new requester: where they do not hold the address that the ticket came from, to their own."""
    held = [holding.address for holding in addressing.holdings_of(db, person) if holding.address.kind == "email"]
    if not held or ticket.requester_address_id in {address.id for address in held}:
        return
    ticket.requester_address_id = held[0].id
    add_participant(db, ticket, held[0].id, "requester")
    newest = db.scalar(select(func.max(Message.id)).where(Message.ticket_id == ticket.id)) or 0
    ticket.identification = {**ticket.identification, "answered_elsewhere": newest}
    db.flush()
    db.expire(ticket, ["requester_address"])


def settle(db: Session, ticket: Ticket, person: Person | None, by: Agent, *, said: str) -> None:
    """The ticket is held no more, and is this person's or nobody's; ``said`` is why, with a place for the agent."""
    previous = ticket.requester
    ticket.requester_id = ticket.origin_requester_id = person.id if person else None
    ticket.held = False
    if person is not None:
        ticket.requester_name = person.name[:250]
        expect(db, ticket, person)
    ticket.identification = _said(ticket.identification, person, by, said)
    db.execute(update(Message).where(
        Message.ticket_id == ticket.id, Message.direction == "in",
        Message.sender_address_id == ticket.requester_address_id).values(
        person_id=ticket.requester_id, origin_person_id=ticket.requester_id))
    db.flush()
    db.expire(ticket, ["requester"])
    address = ticket.requester_address
    record(db, RequesterChanged(ticket.uid, person.uid if person else None, previous.uid if previous else None,
                                address.uid if address else None), by=by.uid)
    if person is not None:
        take_over(db, ticket, person)
