"""The held tickets of a whole domain, settled by one click, each as if it had been settled by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import name_for
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation
from desk.access import seen_tickets
from desk.tickets.deciding import change_requester
from desk.tickets.ticket import Ticket
from desk.tickets.undeciding import Before, always, block_sender, remember, remember_many

MOST = 200
ACTS = ("create", "none", "spam", "block")


def held_at(db: Session, agent: Agent, domain: str) -> Sequence[Ticket]:
    """The held tickets of strangers at a domain that an agent sees, oldest first, locked."""
    pattern = "%@" + domain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return db.scalars(select(Ticket).join(Address, Address.id == Ticket.requester_address_id).where(
        Ticket.held, Ticket.shelf.in_(("active", "waiting")), Address.normalised.like(pattern, escape="\\"),
        *seen_tickets(db, agent)).order_by(Ticket.id).limit(MOST).with_for_update(of=Ticket)).all()


def settle_domain(
    db: Session, agent: Agent, domain: str, act: str, *, company: Company | None = None, then: Mapping[str, Any] | None = None,
) -> tuple[Operation, int]:
    """Do the same about everybody at a domain who is held: create, none, spam or block; how many tickets, and what takes
    it back. ``then`` is written as the rule for the domain too. Whose mail may be forged is left for a look of its own.

    Raises Refused where nobody is held there.
    """
    if act not in ACTS:
        raise Refused(N_("Choose what to do about the sender."))
    made: list[Operation] = []
    settled, forged = 0, False
    for ticket in held_at(db, agent, domain):
        if act == "create" and ticket.trust.get("result") == "fail":
            forged = True
            continue                # to be looked at
        if not ticket.held:
            continue                # settled along with one before
        before = Before(db, ticket)
        tickets = change_requester(db, ticket, agent, create=_named(ticket, company) if act == "create" else None, none=act == "none",
                                   spam=act in ("spam", "block"))
        first = not made
        blocked = block_sender(db, ticket, "domain") if act == "block" and first else ""
        rule = always(db, ticket, then, by=agent) if then and first else None
        made.append(remember(db, before, tickets, by=agent, blocked=blocked, rule=rule))
        settled += len(tickets)
    if not made and forged:
        raise Refused(N_("What is held there may be forged. Look at each of them."))
    if not made:
        raise Refused(N_("Nobody is held there any more."))
    return remember_many(db, made, by=agent), settled


def _named(ticket: Ticket, company: Company | None) -> dict[str, Any]:
    address = ticket.requester_address
    first, last = name_for(ticket.requester_name, address.value if address else "")
    return {"first_name": first, "last_name": last, "company": company}
