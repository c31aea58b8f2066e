"""Who wrote a ticket: an agent says. Held tickets of the same address follow, and with a new holder all that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts import addressing
from contacts.agent import Agent
from contacts.editing import create_person, reindex
from contacts.handing_on import one_is_primary
from contacts.identifying import holders, origin_of
from contacts.person import Person
from core.errors import Refused
from core.history import record
from core.i18n import N_
from desk.access import seen_tickets
from desk.locked_mail import needs_reading
from desk.tickets.facts import RequesterChanged
from desk.tickets.gathering import followers
from desk.tickets.message import Message
from desk.tickets.promising import expect
from desk.tickets.routing import take_over
from desk.tickets.senders import NO_RECORD, SAID, change_senders, identified
from desk.tickets.states import change_state
from desk.tickets.taking_part import add_participant
from desk.tickets.ticket import Ticket

CREATED_WHY = N_("An agent said so on ticket %(number)s.")


def change_requester(
    db: Session, ticket: Ticket, by: Agent, *, person: Person | None = None, add_address: bool = False, move: bool = False,
    create: Mapping[str, Any] | None = None, none: bool = False, spam: bool = False,
) -> list[Ticket]:
    """Settle who asks; return the tickets that were settled, this one first.

    Exactly one of: ``person`` (with ``add_address`` they hold the address from now on, and with ``move`` nobody else does),
    ``create`` (fields of a person, ``company`` a Company or none), ``none`` (no record), ``spam``. Where the person does
    not hold the address, answers go to an address of theirs. Whose an address is holds in every mailbox; what becomes of
    the tickets of somebody unknown is decided where the agent sees them. Raises Refused, and Conflict (``person_id``) when
    another living person holds the address; Forbidden where the mails of the ticket are kept from the agent.
    """
    needs_reading(db, ticket.id)
    if sum((person is not None, create is not None, none, spam)) != 1:
        raise Refused(N_("Say one thing: this person, a new person, no record, or spam."))
    if ticket.merged_into_id is not None or ticket.binned_at is not None:
        raise Refused(N_("This ticket is deleted or merged. Nothing more is decided about it."))
    if person is not None and not person.living:
        raise Refused(N_("This person is deleted. Restore the person first."))
    _as_it_came(db, ticket)
    gets_it = create is not None or (person is not None and add_address)
    others = followers(db, ticket, *(seen_tickets(db, by) if none or spam else ()),
                       all_of=(person is not None and move) or (gets_it and not _has_it(db, ticket, person)))
    if create is not None:
        person = _create(db, ticket, by, create)
    elif person is not None and (add_address or move):
        if move:
            _take_from_others(db, ticket, person, by)
        _give_address(db, ticket, person, by)
    for one in (ticket, *others):
        settle(db, one, person, by, said=SAID if person else NO_RECORD)
        if person is not None:
            _answer_them(db, one, person)
        if spam:
            change_state(db, one, "spam", by=by)
    db.flush()
    return [ticket, *others]


def _has_it(db: Session, ticket: Ticket, beside: Person | None) -> bool:
    """Whether somebody else keeps the address: then other mail from it may be theirs, and an agent says so of each ticket."""
    address = ticket.requester_address
    return address is not None and any(h.person is not beside and h.person.living for h in holders(db, address))


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
    if address is None or addressing.is_ours(db, address.normalised) or any(h.person_id == person.id for h in holders(db, address)):
        return
    proof = "authenticated" if ticket.trust.get("result") == "pass" else "agent"
    addressing.add_address(db, person, address.kind, address.value, by=by, origin="wrote", proof=proof, share=share)
    person.raise_version()
    reindex(db, person)


def _take_from_others(db: Session, ticket: Ticket, person: Person, by: Agent) -> None:
    """Nobody else holds the address from now on; what came from it stays whose it was."""
    if ticket.requester_address is None:
        return
    for holding in holders(db, ticket.requester_address):
        if holding.person_id != person.id:
            addressing.retire(db, holding, by=by)
            one_is_primary(db, holding.person)
            holding.person.raise_version()
            reindex(db, holding.person)


def _as_it_came(db: Session, ticket: Ticket) -> None:
    """Whatever was said before: it is about the address that the ticket came from."""
    kept = {name: value for name, value in ticket.identification.items() if name not in ("came_from", "answered_elsewhere")}
    _answers_go_to(db, ticket, ticket.came_from_id)
    ticket.identification = kept


def _answer_them(db: Session, ticket: Ticket, person: Person) -> None:
    """Answers go to the new requester: where they do not hold the address that the ticket came from, to their own."""
    held = [holding.address for holding in addressing.holdings_of(db, person) if holding.address.kind == "email"]
    came = ticket.requester_address_id
    if not held or came in {address.id for address in held}:
        return
    newest = db.scalar(select(func.max(Message.id)).where(Message.ticket_id == ticket.id)) or 0
    ticket.identification = {**ticket.identification, "answered_elsewhere": newest, "came_from": came}
    _answers_go_to(db, ticket, held[0].id)


def _answers_go_to(db: Session, ticket: Ticket, address_id: int | None) -> None:
    if address_id is None or address_id == ticket.requester_address_id:
        return
    ticket.requester_address_id = address_id
    add_participant(db, ticket, address_id, "requester")
    db.flush()
    db.expire(ticket, ["requester_address"])


def settle(db: Session, ticket: Ticket, person: Person | None, by: Agent, *, said: str) -> None:
    """The ticket is held no more, and is this person's or nobody's; ``said`` is why, with a place for the agent."""
    previous = ticket.requester
    ticket.requester_id = person.id if person else None
    ticket.origin_requester_id = origin_of(db, person, ticket.came_from_id)
    ticket.held = False
    if person is not None:
        ticket.requester_name = person.name[:250]
    expect(db, ticket, person, instead_of=previous)
    ticket.identification = identified(ticket.identification, person, by, said)
    change_senders(db, ticket, person, by, said)
    db.flush()
    db.expire(ticket, ["requester"])
    address = ticket.requester_address
    record(db, RequesterChanged(ticket.uid, person.uid if person else None, previous.uid if previous else None,
                                address.uid if address else None), by=by.uid)
    if person is not None:
        take_over(db, ticket, person)
