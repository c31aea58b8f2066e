"""Mail that came back goes another way: proposed to the agent, and taken by itself only where an agent has taken it before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding, normalise_email
from contacts.addressing import holdings_of, make_primary
from contacts.reaching import other_ways
from desk.tickets.message import Message
from desk.tickets.recipients import Recipient
from desk.tickets.ticket import Ticket


def proposals(db: Session, recipients: Sequence[Recipient]) -> list[tuple[str, Holding]]:
    """Each recipient that mail comes back from, as it is written, and the next good address of the same person."""
    ways = other_ways(db, {normalise_email(one.address) for one in recipients})
    return [(one.address, way) for one in recipients if (way := ways.get(normalise_email(one.address)))]


def as_before(db: Session, ticket: Ticket, recipients: Sequence[Recipient]) -> list[Recipient]:
    """The recipients, with the other way of those for whom an agent's last mail on this ticket took it."""
    ways = dict(proposals(db, recipients))
    last = db.scalar(select(Message.to).where(
        Message.ticket_id == ticket.id, Message.direction == "out").order_by(Message.id.desc()).limit(1)) if ways else None
    taken = {normalise_email(address) for _name, address in last or ()}
    return [Recipient(way.address.value, way.person.name)
            if (way := ways.get(one.address)) and way.address.normalised in taken else one for one in recipients]


def take_other_way(db: Session, recipients: Sequence[Recipient], instead_of: str) -> list[Recipient]:
    """An agent chose it: the other address stands where the first stood, and is the person's primary one if the first was."""
    way = dict(proposals(db, recipients)).get(instead_of)
    if way is None:
        return list(recipients)
    _prefer(db, way, instead_of)
    there = Recipient(way.address.value, way.person.name)
    kept = [there if one.address == instead_of else one for one in recipients]
    return [one for n, one in enumerate(kept) if one.address not in {before.address for before in kept[:n]}]


def _prefer(db: Session, way: Holding, instead_of: str) -> None:
    was = next((one for one in holdings_of(db, way.person) if one.address.normalised == normalise_email(instead_of)), None)
    if was is not None and was.primary:
        make_primary(db, way)
        way.person.raise_version()
