"""Whom an erasing is about: their rows, their addresses, and every word by which a text may name them.

It is gathered once, sealed, and destroyed at the end: while the steps run it is the only place that still knows the person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.merge import Merge
from contacts.merged import tree_of
from contacts.person import Person
from core.among import among
from core.history import Change, FactSubject
from core.tokens import seal, unseal
from desk.erasing.companies import Firm, firms_of, known_by
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket
from rules.redaction import Aliases

#: Fields of a person whose former values still name them.
NAMED = ("first_name", "last_name")
LOT = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """``persons`` and ``uids``: the person (or several whose time in the bin is over) and all who were merged into them; ``addresses``: rows of
    addresses that nobody else holds; ``firms``: companies at which nobody else is known."""

    persons: tuple[int, ...]
    uids: tuple[str, ...]
    addresses: tuple[int, ...]
    address_uids: tuple[str, ...]
    aliases: Aliases
    #: Where a certificate goes when it is done, and its language; empty where it goes nowhere.
    answer: tuple[str, str] = ("", "")
    firms: tuple[Firm, ...] = ()

    def sealed(self) -> bytes:
        """For the operation, until it is done: read by this installation alone."""
        return seal(json.dumps({**asdict(self), "aliases": self.aliases.as_json()})).encode()

    @classmethod
    def unsealed(cls, kept: bytes) -> Subject:
        """The same again."""
        found = json.loads(unseal(kept.decode()))
        return cls(tuple(found["persons"]), tuple(found["uids"]), tuple(found["addresses"]), tuple(found["address_uids"]),
                   Aliases.from_json(found["aliases"]), tuple(found.get("answer", ("", ""))), tuple(Firm(**one) for one in found.get("firms", ())))

    def with_firms(self, chosen: Collection[int] = ()) -> Subject:
        """With the companies that are certainly theirs, and these: no others, and what they are called is looked for."""
        firms = tuple(replace(one, certain=True) for one in self.firms if one.certain or one.company in chosen)
        return replace(self, aliases=known_by(self.aliases, firms), firms=firms)

    @property
    def own_tickets(self) -> ColumnElement[bool]:
        """A condition on tickets: those of the person, also where nobody was made of the address they came from."""
        return self._asked_in(Ticket)

    @property
    def own_messages(self) -> ColumnElement[bool]:
        """A condition on messages: those that the person wrote, wherever."""
        return self._written_in(Message)

    @property
    def near_tickets(self) -> Select[int]:
        """A question: the ids of tickets in which the person takes part."""
        return select(Ticket.id).where(self.own_tickets).union(
            select(Participant.ticket_id).where(among(Participant.address_id, self.addresses)),
            select(Message.ticket_id).where(self.own_messages))  # type: ignore[return-value]

    def on_own(self, ticket: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """A condition on the column that names a ticket: it is the person's. Asked of each row, as the one below."""
        asked = aliased(Ticket)
        return exists().where(asked.id == ticket, self._asked_in(asked))

    def takes_part(self, ticket: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """A condition on the column that names a ticket: the same, asked of each row. For a lot of rows it costs what they are, and not what
        the person has: that may be thousands."""
        asked, taking, written = aliased(Ticket), aliased(Participant), aliased(Message)
        return or_(exists().where(asked.id == ticket, self._asked_in(asked)),
                   exists().where(taking.ticket_id == ticket, among(taking.address_id, self.addresses)),
                   exists().where(written.ticket_id == ticket, self._written_in(written)))

    def _asked_in(self, ticket: type[Ticket]) -> ColumnElement[bool]:
        return or_(among(ticket.requester_id, self.persons), and_(ticket.requester_id.is_(None), among(ticket.requester_address_id, self.addresses)))

    def _written_in(self, message: type[Message]) -> ColumnElement[bool]:
        return or_(among(message.person_id, self.persons), and_(message.person_id.is_(None), among(message.sender_address_id, self.addresses)))


def subject_of(db: Session, roots: Iterable[Person]) -> Subject:
    """Everything that is known of who these are: names of today and of before, of whoever was merged into them, and all addresses ever."""
    ids = sorted({one for root in roots for one in tree_of(db, root)})
    persons = db.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)).all()
    held = db.execute(select(Address.id, Address.uid, Address.kind, Address.value, Address.normalised, Address.name).join(
        Holding, Holding.address_id == Address.id).where(or_(Holding.person_id.in_(ids), Holding.origin_person_id.in_(ids))).distinct().order_by(Address.id)).all()
    others = set(db.scalars(select(Holding.address_id).where(
        Holding.address_id.in_([row.id for row in held]), Holding.person_id.not_in(ids), Holding.until.is_(None))))
    own = [row for row in held if row.id not in others]
    written = {value for row in own for value in (row.value, row.normalised)}
    names = {(one.first_name, one.last_name) for one in persons if one.name}
    names |= set(_former(db, persons)) | set(_overwritten(db, ids))
    return Subject(
        tuple(one.id for one in persons), tuple(one.uid for one in persons),
        tuple(row.id for row in own), tuple(row.uid for row in own),
        Aliases(names=tuple(sorted(names)), addresses=tuple(sorted(value for value in written if "@" in value)),
                phones=tuple(sorted({row.normalised for row in own if row.kind == "phone"} | {row.value for row in own if row.kind == "phone"})),
                numbers=tuple(sorted({one.customer_number for one in persons if one.customer_number}
                                     | {row.value for row in own if row.kind in ("chat", "link")}
                                     | {one.uid for one in persons} | {row.uid for row in own}))), firms=firms_of(db, persons))


def others_of(db: Session, subject: Subject) -> frozenset[str]:
    """Names of colleagues, and of the persons who take part where the subject does."""
    taking_part = select(Holding.person_id).join(Participant, Participant.address_id == Holding.address_id).where(
        Participant.ticket_id.in_(subject.near_tickets), ~among(Holding.person_id, subject.persons))
    persons = db.scalars(select(Person).where(Person.id.in_(taking_part)).order_by(Person.id).limit(LOT)).all()
    return frozenset({name for name in db.scalars(select(Agent.name).where(Agent.active)) if name} | {one.name for one in persons if one.name})


def _former(db: Session, persons: Iterable[Person]) -> Iterator[tuple[str, str]]:
    """Names that the history says they had."""
    for person in persons:
        for field, before, after in db.execute(select(Change.field, Change.before, Change.after).join(
                FactSubject, FactSubject.fact_id == Change.fact_id).where(FactSubject.subject_uid == person.uid, Change.field.in_(NAMED))):
            for value in (before, after):
                if value and field == "first_name":
                    yield value, person.last_name
                elif value:
                    yield person.first_name, value


def _overwritten(db: Session, ids: list[int]) -> Iterator[tuple[str, str]]:
    """Names that merges have overwritten."""
    for kept in db.scalars(select(Merge).where(or_(Merge.person_id.in_(ids), Merge.into_id.in_(ids)))):
        for values in _mappings(kept.before):
            if values.get("first_name") or values.get("last_name"):
                yield str(values.get("first_name") or ""), str(values.get("last_name") or "")


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _mappings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _mappings(one)
