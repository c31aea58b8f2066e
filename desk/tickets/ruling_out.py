"""Ruling a candidate out: an agent says that who wrote a held ticket is not this person. Remembered for the address."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.person import Person
from contacts.rejecting import say_not_same, take_back_not_same
from core.errors import Refused
from core.i18n import N_
from desk.tickets.strangers import candidates_now
from desk.tickets.ticket import Ticket

MOST = 20


def rule_out(db: Session, ticket: Ticket, person: Person, *, by: Agent) -> None:
    """The person is no candidate any more, on this ticket and on others of the same address. Raises Refused where nothing is
    left to decide, and for somebody who has the address."""
    say_not_same(db, _waiting(ticket), person, by=by)
    _look_again(db, ticket)


def rule_in(db: Session, ticket: Ticket, person: Person, *, by: Agent) -> None:
    """The person may be a candidate again."""
    take_back_not_same(db, _waiting(ticket), person, by=by)
    _look_again(db, ticket)


def _waiting(ticket: Ticket) -> Address:
    if not ticket.held or ticket.requester_address is None:
        raise Refused(N_("Who wrote this ticket is decided. Look at the ticket again."))
    return ticket.requester_address


def _look_again(db: Session, ticket: Ticket) -> None:
    """What lists and rows show was kept when the mails came: it is found anew for the tickets of this address that wait."""
    db.flush()
    for one in db.scalars(select(Ticket).where(
            Ticket.requester_address_id == ticket.requester_address_id, Ticket.held).order_by(Ticket.id.desc()).limit(MOST)
            .with_for_update(of=Ticket)):
        one.identification = {**one.identification, "candidates": candidates_now(db, one)}
    db.flush()
