"""Taking back who the sender was said to be: what was before is kept as an operation that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, domain_of
from contacts.addressing import hold_again, retire
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.editing import reindex
from contacts.person import Person
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_
from core.operations import Operation
from desk.blocking import block, unblock
from desk.policy import with_rule_for, without_rule
from desk.tickets.facts import RequesterChanged, SenderChanged
from desk.tickets.later_mail import later_mail
from desk.tickets.message import Message
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket

KIND, SENDER, MANY = "ticket.requester", "message.sender", "ticket.requesters"
MOST = 200


class Before:
    """How the tickets stood that a decision may reach: the ticket, and held ones of the same address."""

    def __init__(self, db: Session, ticket: Ticket) -> None:
        same = select(Ticket).where(Ticket.requester_address_id == ticket.requester_address_id, Ticket.held,
                                    Ticket.id != ticket.id).order_by(Ticket.id).limit(MOST)
        followers = db.scalars(same).all() if ticket.held and ticket.requester_address_id is not None else []
        self.tickets = {one.id: _standing(db, one) for one in (ticket, *followers)}
        self.address = ticket.requester_address
        self.holdings = set(db.scalars(_holding_ids(self.address)))
        self.newest = db.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0


def remember(
    db: Session, before: Before, settled: Sequence[Ticket], *, by: Agent, blocked: str = "", rule: str = "",
) -> Operation:
    """Keep what was before a decision; ``blocked`` is what was blocked with it, ``rule`` the id of the rule that was
    written. The operation's uid undoes it."""
    ticket = settled[0]
    person = ticket.requester_id
    holdings = set(db.scalars(_holding_ids(before.address)))
    given = {
        "tickets": [{**before.tickets[one.id], "after": one.requester_id, "given_to": one.assignee_id}
                    for one in settled if one.id in before.tickets],
        "holdings": sorted(holdings - before.holdings), "retired": sorted(before.holdings - holdings), "rule": rule,
        "address": before.address.id if before.address else None,
        "person": person if person is not None and person > before.newest else None, "blocked": blocked}
    return _done(db, KIND, given, by)


def block_sender(db: Session, ticket: Ticket, what: str) -> str:
    """Take no more mail from the sender's ``address`` or ``domain``; what was blocked, as it is unblocked."""
    if ticket.requester_address is None or ticket.requester_address.kind != "email":
        raise Refused(N_("This ticket has no mail address to block."), {"block": N_("There is no address.")})
    address = ticket.requester_address.normalised
    blocked = address if what == "address" else "@" + address.rpartition("@")[2]
    block(db, blocked)
    return blocked


def always(db: Session, ticket: Ticket, then: Mapping[str, Any], *, by: Agent) -> str:
    """Write the rule that does the same for all strangers at the sender's domain; its id."""
    if ticket.requester_address is None or ticket.requester_address.kind != "email":
        raise Refused(N_("This ticket has no mail address to write a rule for."), {"always": N_("There is no address.")})
    return with_rule_for(db, domain_of(ticket.requester_address.normalised), then, by=by)


def undo(db: Session, operation: Operation, *, by: Agent) -> None:
    """Let everything be as before the decision.

    Raises Refused for what cannot be undone (any more), Conflict where somebody has decided anew since.
    """
    if operation.kind not in (KIND, SENDER, MANY) or operation.state != "done":
        raise Refused(N_("This cannot be undone, or was undone already."))
    kept = operation.given
    if operation.kind == MANY:
        for one in db.scalars(select(Operation).where(Operation.uid.in_(kept["operations"])).order_by(Operation.id.desc())):
            if one.state == "done":
                undo(db, one, by=by)
        operation.state = "undone"
        return
    if operation.kind == SENDER:
        _give_back(db, operation, by)
        return
    tickets = {t.id: t for t in db.scalars(select(Ticket).where(
        Ticket.id.in_([one["id"] for one in kept["tickets"]])).order_by(Ticket.id).with_for_update(of=Ticket))}
    for one in kept["tickets"]:
        ticket = tickets.get(one["id"])
        if ticket is None or ticket.requester_id != one["after"] or ticket.held:
            raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
        _restore(db, ticket, one, by)
    for holding in db.scalars(select(Holding).where(Holding.id.in_(kept["holdings"]), Holding.until.is_(None))):
        retire(db, holding, by=by)
        holding.person.raise_version()
        reindex(db, holding.person)
    for holding in db.scalars(select(Holding).where(Holding.id.in_(kept["retired"]), Holding.until.is_not(None))):
        hold_again(db, holding, by=by)
        reindex(db, holding.person)
    if kept["blocked"]:
        unblock(db, kept["blocked"])
    if kept["rule"]:
        without_rule(db, kept["rule"], by=by)
    later_mail(db, operation, by=by)
    _forget_person(db, kept["person"], by)
    operation.state = "undone"
    db.flush()


def remember_sender(db: Session, message: Message, person_id: int | None, identification: dict[str, Any], *, by: Agent) -> Operation:
    """Keep who a message was said to be of before."""
    ticket = db.get_one(Ticket, message.ticket_id)
    given = {"tickets": [{"id": ticket.id}], "message": message.id, "person_id": person_id, "after": message.person_id,
             "identification": identification}
    return _done(db, SENDER, given, by)


def remember_many(db: Session, operations: Sequence[Operation], *, by: Agent) -> Operation:
    """Several decisions that were one click."""
    tickets = [{"id": ticket["id"]} for one in operations for ticket in one.given["tickets"]]
    return _done(db, MANY, {"tickets": tickets, "operations": [one.uid for one in operations]}, by)


def _done(db: Session, kind: str, given: dict[str, Any], by: Agent) -> Operation:
    count = len(given["tickets"])
    operation = Operation(kind=kind, state="done", given=given, by_uid=by.uid, total=count, done=count, ended_at=now())
    db.add(operation)
    db.flush()
    return operation


def _give_back(db: Session, operation: Operation, by: Agent) -> None:
    kept = operation.given
    message = db.get_one(Message, kept["message"])
    if message.person_id != kept["after"]:
        raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
    now_, before = (db.get(Person, one) if one else None for one in (message.person_id, kept["person_id"]))
    message.person_id = message.origin_person_id = kept["person_id"]
    message.identification = kept["identification"]
    ticket = db.get_one(Ticket, message.ticket_id)
    record(db, SenderChanged(message.uid, ticket.uid, before.uid if before else None, now_.uid if now_ else None), by=by.uid)
    operation.state = "undone"
    db.flush()


def _standing(db: Session, ticket: Ticket) -> dict[str, Any]:
    messages = db.execute(select(Message.id, Message.person_id, Message.origin_person_id).where(
        Message.ticket_id == ticket.id, Message.direction == "in",
        Message.sender_address_id == ticket.requester_address_id))
    return {"id": ticket.id, "requester_id": ticket.requester_id, "origin_requester_id": ticket.origin_requester_id,
            "requester_address_id": ticket.requester_address_id, "requester_name": ticket.requester_name, "held": ticket.held, "identification": ticket.identification,
            "priority": ticket.priority, "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
            "state": ticket.state, "assignee_id": ticket.assignee_id, "messages": [list(row) for row in messages]}


def _restore(db: Session, ticket: Ticket, kept: dict[str, Any], by: Agent) -> None:
    previous = ticket.requester
    if ticket.state == "spam" and kept["state"] != "spam":
        change_state(db, ticket, kept["state"], by=by)
    if ticket.assignee_id == kept.get("given_to") != kept.get("assignee_id"):      # the card gave it to its contact
        ticket.assignee_id = kept.get("assignee_id")
    for name in ("requester_id", "origin_requester_id", "requester_address_id", "requester_name", "held", "identification", "priority"):
        setattr(ticket, name, kept[name])
    ticket.due_at = datetime.fromisoformat(kept["due_at"]) if kept["due_at"] and ticket.answered_at is None else None
    rows = {m.id: m for m in db.scalars(select(Message).where(Message.ticket_id == ticket.id, Message.direction == "in"))}
    for message_id, person_id, origin_id in kept["messages"]:
        if message_id in rows:
            rows[message_id].person_id, rows[message_id].origin_person_id = person_id, origin_id
    db.flush()
    db.expire(ticket, ["requester", "requester_address", "assignee"])
    record(db, RequesterChanged(ticket.uid, ticket.requester.uid if ticket.requester else None,
                                previous.uid if previous else None, None), by=by.uid)


def _forget_person(db: Session, person_id: int | None, by: Agent) -> None:
    """A person made by the decision goes into the bin, unless it is there or merged by now."""
    person = db.get(Person, person_id) if person_id is not None else None
    if person is not None and person.living:
        bin_person(db, person, by=by)


def _holding_ids(address: Address | None) -> Any:
    return select(Holding.id).where(Holding.address_id == (address.id if address else None), Holding.until.is_(None))
