"""Mail that came after a decision, when the decision is taken back: it goes to where it belongs now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts import resembling
from contacts.address import Address, domain_of, normalise_email
from contacts.addressing import holdings_of, retire
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.creating import company_at, create_from_mail
from contacts.identifying import Identified, evidence, identify
from contacts.merged import goes_on
from contacts.person import Person
from core.history import record
from core.i18n import N_
from core.operations import Operation
from core.options import option
from desk.inbound import InboundMail
from desk.mailboxes import own_addresses
from desk.policy import gifts_of, policy
from desk.replaying import replay
from desk.tickets.facts import RequesterChanged
from desk.tickets.message import Message
from desk.tickets.opening import created_why
from desk.tickets.states import change_state
from desk.tickets.strangers import of_ticket
from desk.tickets.ticket import Ticket
from rules.policy import Decision, Writer, decide, is_from

MOST = 200
BY_MACHINE = ("address", "created", "none")
TAKEN_BACK = N_("%(agent)s took an earlier decision about this address back.")


def later_mail(db: Session, operation: Operation, *, by: Agent) -> None:
    """Let everything that followed from a decision, and that nobody has decided about since, be as if it had not been made."""
    kept = operation.given
    if kept["blocked"]:
        _read_again(db, operation, kept["blocked"])
    decided = {one["id"] for one in kept["tickets"]}
    after = _after(db, kept)
    address = db.get(Address, kept["address"]) if kept["address"] else None
    if address is not None and (kept["holdings"] or kept["retired"] or kept["person"]):
        found = _opened_by(db, address, operation)
        _judge_again(db, [t for t in found if t.id not in decided and t.requester_id in after], by)
        _messages_too(db, address, operation)
    if kept["rule"]:
        _without_the_rule(db, [t for t in _by_rule(db, kept["rule"]) if t.id not in decided], by)


def _opened_by(db: Session, address: Address, operation: Operation) -> Sequence[Ticket]:
    return _untouched(db.scalars(select(Ticket).where(
        Ticket.requester_address_id == address.id, Ticket.created_at >= operation.created_at).order_by(Ticket.id).limit(
        MOST).with_for_update(of=Ticket)).all())


def _by_rule(db: Session, rule: str) -> Sequence[Ticket]:
    """What was opened because of a rule."""
    opened = select(Message.ticket_id).join(InboundMail, InboundMail.message_id == Message.id).where(
        InboundMail.policy_rule == rule)
    return _untouched(db.scalars(select(Ticket).where(Ticket.id.in_(opened)).order_by(Ticket.id).limit(
        MOST).with_for_update(of=Ticket)).all())


def _untouched(tickets: Sequence[Ticket]) -> list[Ticket]:
    return [one for one in tickets if one.binned_at is None and one.merged_into_id is None
            and one.identification.get("how") in BY_MACHINE]


def _without_the_rule(db: Session, tickets: Sequence[Ticket], by: Agent) -> None:
    """What a rule opened is judged without it; whom it made of mail that makes nobody now lets go of the address, with all that came
    from it since, and goes into the bin."""
    made = {t.requester.id: t.requester for t in tickets if t.requester is not None and t.requester.to_be_completed
            and t.identification.get("how") == "created" and _decision(db, t).act != "create"}
    for person in made.values():
        for holding in holdings_of(db, person):
            retire(db, holding, by=by)
    theirs = db.scalars(select(Ticket).where(Ticket.requester_id.in_(made)).order_by(Ticket.id).limit(MOST).with_for_update(of=Ticket))
    _judge_again(db, {one.id: one for one in (*tickets, *_untouched(theirs.all()))}.values(), by)
    for person in made.values():
        if person.living and db.scalar(select(Ticket.id).where(Ticket.requester_id == person.id).limit(1)) is None:
            bin_person(db, person, by=by)


def _judge_again(db: Session, tickets: Iterable[Ticket], by: Agent) -> None:
    own = own_addresses(db)
    for ticket in tickets:
        found = identify(db, ticket.requester_address, own=own) if ticket.requester_address is not None else None
        if found is not None and (found.person is None or found.person.id != ticket.requester_id):
            _belongs(db, ticket, found, by, TAKEN_BACK)


def belongs(db: Session, ticket: Ticket, by: Agent, *, said: str) -> bool:
    """The ticket is whose address it is now, else what the policy says of strangers becomes of it; whether that is spam. ``said`` is why,
    with a place for the agent."""
    assert ticket.requester_address is not None
    found = identify(db, ticket.requester_address, own=own_addresses(db))
    _belongs(db, ticket, found, by, said)
    return found.state == "unknown" and _decision(db, ticket).act == "spam"


def _belongs(db: Session, ticket: Ticket, found: Identified, by: Agent, said: str) -> None:
    """The ticket is whose address it is now, else what the policy says of strangers becomes of it."""
    person, decision = found.person if found.state == "known" else None, _decision(db, ticket)
    held = found.state in ("several", "binned") or (found.state == "unknown" and decision.act == "ask")
    if found.state == "unknown" and decision.act == "create" and ticket.requester_address is not None:
        person = create_from_mail(
            db, ticket.requester_address, ticket.requester_name, why=created_why(db, ticket.mailbox, decision),
            language=ticket.language, proof="none", gifts=gifts_of(db, decision.gifts))
    before = ticket.requester
    ticket.requester_id, ticket.origin_requester_id = (person.id if person else None), _origin(found, person)
    ticket.held = held and ticket.state not in ("closed", "spam")
    candidates = found.candidates or resembling.candidates(db, of_ticket(db, ticket)) if held else []
    how = "created" if person and found.state == "unknown" else "address" if person else "none"
    ticket.identification = {"how": how, "candidates": candidates,
                             "evidence": [*found.evidence, evidence("agent", 0, said, agent=by.name)]}
    if ticket.state == "spam" and decision.act != "spam" and ticket.verdict.get("policy"):
        change_state(db, ticket, "new", by=by)
        ticket.held = held
    db.execute(update(Message).where(
        Message.ticket_id == ticket.id, Message.direction == "in", Message.sender_address_id == ticket.requester_address_id,
        Message.trust["result"].as_string().is_distinct_from("fail")).values(
        person_id=ticket.requester_id, origin_person_id=ticket.origin_requester_id))
    db.flush()
    db.expire(ticket, ["requester"])
    record(db, RequesterChanged(ticket.uid, person.uid if person else None, before.uid if before else None,
                                ticket.requester_address.uid if ticket.requester_address else None), by=by.uid)


def _decision(db: Session, ticket: Ticket) -> Decision:
    address = ticket.requester_address.normalised if ticket.requester_address else ""
    company = company_at(db, domain_of(address)) if address else None
    writer = Writer(address, ticket.mailbox.uid, ticket.language, ticket.trust.get("result", "none"), company.uid if company else "")
    return decide(policy(db).rules, writer, option(db, "intake.unknown_sender", ticket.mailbox.uid))


def _messages_too(db: Session, address: Address, operation: Operation) -> None:
    """What joined other tickets since is of whoever holds the address now."""
    found = identify(db, address, own=own_addresses(db))
    person = found.person if found.state == "known" else None
    db.execute(update(Message).where(
        Message.sender_address_id == address.id, Message.direction == "in", Message.at >= operation.created_at,
        Message.person_id.in_(_after(db, operation.given) - {None})).values(
        person_id=person.id if person else None, origin_person_id=_origin(found, person)))


def _origin(found: Identified, person: Person | None) -> int | None:
    return (found.origin_id if found.person is person else None) or (person.id if person else None)


def _after(db: Session, kept: dict[str, Any]) -> set[int | None]:
    """Whose the tickets became by the decision, and who goes on for them now."""
    return {goes_on(db, one["after"]) for one in kept["tickets"]}


def _read_again(db: Session, operation: Operation, blocked: str) -> None:
    """What was set aside since because of the block."""
    for row in db.scalars(select(InboundMail).where(
            InboundMail.policy_rule == "blocked", InboundMail.received_at >= operation.created_at,
            InboundMail.state == "set_aside").order_by(InboundMail.id).limit(MOST)):
        if is_from(normalise_email(row.sender or ""), blocked):
            replay(db, row)
