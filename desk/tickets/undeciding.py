"""Taking back who the sender was said to be: what was before is kept as an operation that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, domain_of
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.merged import goes_on
from contacts.person import Person
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_
from core.operations import Operation
from desk.blocking import block, unblock
from desk.policy import Written, with_rule_for, without_rule
from desk.tickets.facts import SenderChanged
from desk.tickets.gathering import followers
from desk.tickets.later_mail import later_mail
from desk.tickets.message import Message
from desk.tickets.senders import came_from
from desk.tickets.standings import hold_as_before, restore, standings
from desk.tickets.ticket import Ticket

KIND, SENDER, MANY = "ticket.requester", "message.sender", "ticket.requesters"


class Before:
    """How the tickets stood that a decision may reach: the ticket, and those of the same address that are nobody's."""

    def __init__(self, db: Session, ticket: Ticket) -> None:
        self.tickets = standings(db, [ticket, *followers(db, ticket, all_of=True)])
        self.address = came_from(db, ticket)
        self.holdings = set(db.scalars(_holding_ids(self.address)))
        self.newest = db.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0


def remember(
    db: Session, before: Before, settled: Sequence[Ticket], *, by: Agent, blocked: str = "", rule: Written | None = None,
) -> Operation:
    """Keep what was before a decision; ``blocked`` is what was blocked with it, ``rule`` what was written. The operation's
    uid undoes it, and the tickets keep it as long as nobody decides anew."""
    ticket = settled[0]
    person = ticket.requester_id
    holdings = set(db.scalars(_holding_ids(before.address)))
    given = {
        "tickets": [{**before.tickets[one.id], "after": one.requester_id, "given_to": one.assignee_id, "held_after": one.held}
                    for one in settled if one.id in before.tickets],
        "holdings": sorted(holdings - before.holdings), "retired": sorted(before.holdings - holdings),
        "rule": rule.rule if rule else "", "replaced": rule.replaced if rule else [],
        "address": before.address.id if before.address else None,
        "person": person if person is not None and person > before.newest else None, "blocked": blocked}
    operation = _done(db, KIND, given, by)
    for one in settled:
        one.identification = {**one.identification, "undo": operation.uid}
    db.flush()
    return operation


def block_sender(db: Session, ticket: Ticket, what: str) -> str:
    """Take no more mail from the sender's ``address`` or ``domain``; what was blocked, as it is unblocked: nothing where it
    was blocked before."""
    sender = came_from(db, ticket)
    if sender is None or sender.kind != "email":
        raise Refused(N_("This ticket has no mail address to block."), {"block": N_("There is no address.")})
    blocked = sender.normalised if what == "address" else "@" + domain_of(sender.normalised)
    return blocked if block(db, blocked) else ""


def always(db: Session, ticket: Ticket, then: Mapping[str, Any], *, by: Agent) -> Written:
    """Write the rule that does the same for all strangers at the sender's domain."""
    sender = came_from(db, ticket)
    if sender is None or sender.kind != "email":
        raise Refused(N_("This ticket has no mail address to write a rule for."), {"always": N_("There is no address.")})
    return with_rule_for(db, domain_of(sender.normalised), then, by=by)


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
        if ticket is None or ticket.requester_id != goes_on(db, one["after"]) or ticket.held != one.get("held_after", False):
            raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
        restore(db, ticket, one, by)
    hold_as_before(db, kept, by)
    if kept["blocked"]:
        unblock(db, kept["blocked"])
    if kept["rule"]:
        without_rule(db, kept["rule"], by=by, replaced=kept["replaced"])
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
    if message.person_id != goes_on(db, kept["after"]):
        raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
    now_, before = (db.get(Person, one) if one else None for one in (message.person_id, goes_on(db, kept["person_id"])))
    message.person_id, message.origin_person_id = goes_on(db, kept["person_id"]), kept["person_id"]
    message.identification = kept["identification"]
    ticket = db.get_one(Ticket, message.ticket_id)
    record(db, SenderChanged(message.uid, ticket.uid, before.uid if before else None, now_.uid if now_ else None), by=by.uid)
    operation.state = "undone"
    db.flush()


def _forget_person(db: Session, person_id: int | None, by: Agent) -> None:
    """A person made by the decision goes into the bin, unless it is there or merged by now, or somebody has given them
    another ticket or address since."""
    person = db.get(Person, person_id) if person_id is not None else None
    if person is None or not person.living:
        return
    theirs = (select(Ticket.id).where(Ticket.requester_id == person.id), select(Message.id).where(Message.person_id == person.id),
              select(Holding.id).where(Holding.person_id == person.id, Holding.until.is_(None)))
    if all(db.scalar(one.limit(1)) is None for one in theirs):
        bin_person(db, person, by=by)


def _holding_ids(address: Address | None) -> Any:
    return select(Holding.id).where(Holding.address_id == (address.id if address else None), Holding.until.is_(None))
