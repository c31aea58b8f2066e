"""Who takes part in a ticket: whom the requester or we have named, and who wrote in without that.

Whoever knows a Message-ID of a thread can write into it. They take part then, but as *uninvited*: no answer goes to
them, and nothing they wrote goes to others, before an agent has written to them (MAIL.md, section 3, number 8).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, is_among, normalise_email
from contacts.identifying import address_row, holders
from core.batch import MISSING, defer, recall, remember
from desk.letter import Party
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket

UNINVITED = "uninvited"


def take_part(db: Session, ticket: Ticket, parties: Iterable[Party], role: str, *, own: frozenset[str]) -> None:
    """Let addresses take part in a ticket, each once; ours never do. They are participants, not persons."""
    for party in list(parties)[:50]:
        if not is_among(normalise_email(party.address), own):
            add_participant(db, ticket, address_row(db, party.address, party.name).id, role)


def add_participant(db: Session, ticket: Ticket, address_id: int, role: str) -> None:
    """One address takes part. Whoever does already keeps their role, unless they were uninvited."""
    if role != UNINVITED:
        remember(db, "named", (ticket.id, address_id), True)
    defer(db, _take_part, {"ticket_id": ticket.id, "address_id": address_id, "role": role})


def takes_part(db: Session, ticket: Ticket, address: Address) -> bool:
    """Whether the requester or we have named this address on a ticket, or another that the person behind it holds now."""
    if address.id == ticket.requester_address_id or recall(db, "named", (ticket.id, address.id)) is not MISSING:
        return True
    known = recall(db, "invited", ticket.id)
    named: Invited = invited(db, [ticket.id])[ticket.id] if known is MISSING else known
    behind = {holding.person_id for holding in holders(db, address) if holding.person.living}
    return address.id in named.addresses or ticket.requester_id in behind or not behind.isdisjoint(named.persons)


@dataclass(frozen=True, slots=True)
class Invited:
    """Ids of the addresses that the requester or we have named on a ticket, and of the persons who hold them now."""

    addresses: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)


def invited(db: Session, ticket_ids: Collection[int]) -> dict[int, Invited]:
    """Who is named, by ticket."""
    found = {number: Invited() for number in ticket_ids}
    for ticket_id, address_id, person_id in db.execute(
            select(Participant.ticket_id, Participant.address_id, Holding.person_id)
            .outerjoin(Holding, and_(Holding.address_id == Participant.address_id, Holding.until.is_(None)))
            .where(Participant.ticket_id.in_(ticket_ids), Participant.role != UNINVITED)):
        found[ticket_id].addresses.add(address_id)
        found[ticket_id].persons.add(person_id)
    return found


def by_the_invited(ticket_id: int) -> ColumnElement[bool]:
    """That a message is of somebody who did not write in uninvited on this ticket."""
    return ~select(Participant.id).where(
        Participant.ticket_id == ticket_id, Participant.role == UNINVITED,
        Participant.address_id == Message.sender_address_id).exists()


def _take_part(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(_TAKE_PART[db.get_bind().dialect.name], rows)


_TAKE_PART: dict[str, Any] = {
    name: made.on_conflict_do_update(
        index_elements=["ticket_id", "address_id"], set_={"role": made.excluded.role}, where=Participant.role == UNINVITED)
    for name, made in (("sqlite", insert_sqlite(Participant)), ("postgresql", insert_postgresql(Participant)))}
