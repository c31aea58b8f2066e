"""Others who stand in what is kept of a person: their names, addresses and telephones are taken out of the report (GDPR, Article 15(4)).

Whoever takes part in a ticket of theirs, or is tied to them, is looked for by name (:mod:`rules.redaction`); beside these every mail address goes
that is neither theirs nor ours, and in what others wrote every telephone number that is not theirs. Who works for us is left: they wrote to the
person themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contacts.activity import ActivityParticipant
from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.person import Employment, Person
from contacts.relation import Relation
from core.i18n import gettext as _
from desk.erasing.subject import Subject
from desk.mailboxes import own_addresses
from desk.tickets.message import Message
from desk.tickets.ticket import Participant
from rules.redaction import Aliases, Matcher, redact

ADDRESS = re.compile(r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w+])(?:\+|00)\d(?:[ ()./-]{0,2}\d){7,14}(?!\w)")
#: Persons looked for beside those of a ticket.
MOST = 300
#: Digits by which a number is known in every spelling.
DIGITS = 8


class Veil:
    """Made once a report; words in the language that is spoken."""

    def __init__(self, db: Session, subject: Subject) -> None:
        held = db.execute(select(Address.kind, Address.value, Address.normalised).join(Holding, Holding.address_id == Address.id).where(
            or_(Holding.person_id.in_(subject.persons), Holding.origin_person_id.in_(subject.persons)))).all()
        self.own = {one.lower() for row in held for one in (row.value, row.normalised)} | {one.lower() for one in subject.aliases.addresses}
        self._numbers = {_digits(one) for row in held if row.kind == "phone" for one in (row.value, row.normalised)}
        self.ours = own_addresses(db) | {one.lower() for one in db.scalars(select(Agent.email))}
        self._kept = [" ".join(name).strip() for name in subject.aliases.names] + [one for one in db.scalars(select(Agent.name)) if one]
        self._known = {one.casefold() for one in self._kept}
        self._db, self._matchers = db, dict[tuple[str, str], Matcher]()
        self.circle = self._matchers_of(_circle(db, subject))

    def over(self, text: str, others: Iterable[Matcher] = (), *, phones: bool = True) -> str:
        """The text without these and without whoever is tied to the person."""
        hits = [hit for matcher in dict.fromkeys((*others, *self.circle)) for hit in matcher.find(text, near=True, greeting=True, others=self._kept)
                if hit.automatic or hit.tier <= 2]
        text = redact(text, hits, self.instead) if hits else text
        text = ADDRESS.sub(lambda found: found[0] if self.known(found[0]) else self.instead, text)
        return PHONE.sub(lambda found: found[0] if _digits(found[0]) in self._numbers else self.instead, text) if phones else text

    def pair(self, name: str, address: str) -> str:
        """A sender or recipient as the report tells of them: somebody else is not named."""
        if address and not self.known(address):
            return self.instead
        return f"{name} <{address}>" if name and address else name or address

    def known(self, address: str) -> bool:
        """Whether an address is the person's or ours."""
        local, _at, domain = address.lower().rpartition("@")
        return bool({address.lower(), f"{local.partition('+')[0]}@{domain}"} & (self.own | self.ours))

    @property
    def instead(self) -> str:
        """What stands where somebody else did."""
        return _("[another person]")

    def taking_part(self, tickets: Collection[int]) -> dict[int, list[Matcher]]:
        """Ticket → who else takes part in it or is written to in it."""
        found: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for ticket, address, label, first, last in self._db.execute(select(
                Participant.ticket_id, Address.value, Address.name, Person.first_name, Person.last_name).join(
                Address, Address.id == Participant.address_id).join(Holding, Holding.address_id == Address.id, isouter=True).join(
                Person, Person.id == Holding.person_id, isouter=True).where(Participant.ticket_id.in_(tickets))):
            found[ticket] |= {(f"{first or ''} {last or ''}".strip(), address), (label, address)}
        for ticket, name, address, to, cc in self._db.execute(select(Message.ticket_id, Message.from_name, Message.from_address, Message.to, Message.cc).where(
                Message.ticket_id.in_(tickets))):
            found[ticket] |= {(name, address), *((str(pair[0] or ""), str(pair[1])) for pair in (*to, *cc) if len(pair) == 2)}
        return {ticket: self._matchers_of(pairs) for ticket, pairs in found.items()}

    def _matchers_of(self, pairs: Iterable[tuple[str, str]]) -> list[Matcher]:
        made = []
        for name, address in sorted(set(pairs)):
            name = "" if name.casefold() in self._known or "@" in name else name
            if (address and self.known(address)) or not (name or address):
                continue
            if (name, address) not in self._matchers:
                first, _space, last = name.rpartition(" ")
                self._matchers[name, address] = Matcher(Aliases(names=((first, last),) if last and first else (), addresses=(address,) if address else (),
                                                                called=(name,) if name and not first else ()))
            made.append(self._matchers[name, address])
        return made


def _circle(db: Session, subject: Subject) -> Sequence[tuple[str, str]]:
    """Who is tied to the person outside of tickets: by a relation, an activity, the company they work at."""
    relations = db.execute(select(Relation.person_id, Relation.other_person_id).where(or_(
        Relation.person_id.in_(subject.persons), Relation.other_person_id.in_(subject.persons))).limit(MOST)).all()
    ids: dict[Any, None] = dict.fromkeys(one for row in relations for one in row)
    shared = select(ActivityParticipant.activity_id).where(ActivityParticipant.person_id.in_(subject.persons))
    ids |= dict.fromkeys(db.scalars(select(ActivityParticipant.person_id).where(
        ActivityParticipant.activity_id.in_(shared), ActivityParticipant.person_id.is_not(None)).distinct().limit(MOST)))
    companies = select(Employment.company_id).where(Employment.person_id.in_(subject.persons))
    ids |= dict.fromkeys(db.scalars(select(Employment.person_id).where(Employment.company_id.in_(companies)).distinct().limit(MOST)))
    others = [one for one in ids if one is not None and one not in subject.persons][:MOST]
    return [(f"{row.first_name} {row.last_name}".strip(), row.value or "") for row in db.execute(
        select(Person.first_name, Person.last_name, Address.value).join(Holding, Holding.person_id == Person.id, isouter=True).join(
            Address, Address.id == Holding.address_id, isouter=True).where(Person.id.in_(others)))]


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-DIGITS:]
