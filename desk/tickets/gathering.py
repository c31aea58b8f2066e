"""Earlier tickets of an address that belong to nobody: they come along when a person gets the address."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from desk.tickets.ticket import Ticket

#: Tickets that come along, the newest; and as far as they are counted.
MOST = 200


def followers(db: Session, ticket: Ticket, *visible: ColumnElement[bool], all_of: bool) -> Sequence[Ticket]:
    """Other tickets that a decision about this one settles too, the newest, locked: held ones of the same address, and
    with ``all_of`` whatever else of it belongs to nobody; as far as ``visible`` says. None where either sender may be forged."""
    if ticket.came_from_id is None or forged(ticket) or not (ticket.held or all_of):
        return []
    found = db.scalars(select(Ticket).where(*_of_the_address(ticket), *visible, *(() if all_of else HELD)).order_by(
        Ticket.id.desc()).limit(MOST).with_for_update(of=Ticket)).all()
    return sorted(found, key=lambda one: one.id)


def how_many(db: Session, ticket: Ticket, *visible: ColumnElement[bool]) -> int:
    """How many tickets would come along with this one, as far as ``visible`` says; at most 200 are counted."""
    if ticket.came_from_id is None:
        return 0
    found = select(Ticket.id).where(*_of_the_address(ticket), *visible).limit(MOST).subquery()
    return db.scalar(select(func.count()).select_from(found)) or 0


def forged(ticket: Ticket) -> bool:
    """Whether the sender may be forged: nothing follows from such an address."""
    return ticket.trust.get("result") == "fail"


HELD = (Ticket.held, Ticket.shelf.in_(("active", "waiting")))


def _of_the_address(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    """Of the same address and nobody's. What is spam, or in the bin, stays there."""
    return (Ticket.requester_address_id == ticket.came_from_id, Ticket.id != ticket.id, Ticket.requester_id.is_(None),
            Ticket.state != "spam", Ticket.binned_at.is_(None),
            Ticket.trust["result"].as_string().is_distinct_from("fail"))
