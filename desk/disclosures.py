"""Who got data of a person, worked out from the ledgers that are kept anyway (Art. 15(1)(c) and 19 GDPR; CJEU C-154/21: by name)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import chain

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, lazyload

from contacts.activity import Activity, ActivityParticipant
from contacts.address import Address, Holding, normalise_email
from contacts.agent import Agent, AgentAddress
from contacts.lookup import FILES, Lookup, uids_of
from contacts.person import Person
from core.i18n import N_
from desk.mailboxes import own_addresses
from desk.outbound import OutboundMail
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

#: How somebody got them.
WAYS = {"mail": N_("In copy of a mail on their ticket"), "forward": N_("A mail was forwarded"), "export": N_("In a file that was saved"),
        "calendar": N_("In a calendar of another program")}
#: Ways by which nobody outside got them by name: colleagues, whose names a person is not told.
OURS = ("export", "calendar")
#: Mails that a page goes through, the latest first, and tickets that are named of each recipient.
MOST, NAMED = 5000, 5


@dataclass(slots=True)
class Recipient:
    """One who got data of the person in one way: from ``first`` to ``last`` so many times, on these tickets (numbers, the latest first).
    Of a file: which it was (:data:`contacts.lookup.FILES`), and on which days it was saved."""

    way: str
    address: str
    name: str = ""
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    tickets: list[int] = field(default_factory=list)
    file: str = ""
    days: list[date] = field(default_factory=list)

    def gather(self, other: Recipient) -> None:
        """What another got the same way."""
        for at in (other.first, other.last):
            self.add(at, count=0)
        self.count += other.count
        self.days = sorted({*self.days, *other.days})

    def add(self, at: datetime | None, ticket: int | None = None, count: int = 1) -> None:
        """Once more, or ``count`` times."""
        self.count += count
        self.first = min(filter(None, (self.first, at)), default=None)
        self.last = max(filter(None, (self.last, at)), default=None)
        if ticket is not None and ticket not in self.tickets and len(self.tickets) < NAMED:
            self.tickets.append(ticket)


def recipients(db: Session, person_ids: Sequence[int], *, most: int | None = MOST) -> list[Recipient]:
    """Of these persons, the latest first, in a handful of questions. Whom the person wrote to themselves is none of ours; neither are our agents, but for files
    that they saved and calendars that other programs read. ``most``: mails that are gone through; None for all there are."""
    found = _mailed(db, person_ids, most)
    return sorted([*found, *_saved(db, person_ids), *_calendars(db, person_ids)], key=lambda one: (one.last.timestamp() if one.last else 0.0, one.address), reverse=True)


def _mailed(db: Session, person_ids: Sequence[int], most: int | None) -> list[Recipient]:
    own = own_addresses(db) | set(db.scalars(select(Agent.email))) | set(db.scalars(select(AgentAddress.normalised))) | set(db.scalars(
        select(Address.normalised).join(Holding, Holding.address_id == Address.id).where(Holding.person_id.in_(person_ids))))
    found: dict[tuple[str, str], Recipient] = {}
    for kind, to, at, ticket, *pairs in db.execute(select(
            OutboundMail.kind, OutboundMail.recipients, OutboundMail.sent_at, OutboundMail.ticket_id, Message.to, Message.cc).outerjoin(
            Message, Message.id == OutboundMail.message_id).where(
            OutboundMail.ticket_id.in_(select(Ticket.id).where(Ticket.requester_id.in_(person_ids))), OutboundMail.kind.in_(("reply", "forward")),
            OutboundMail.state == "sent").order_by(OutboundMail.id.desc()).limit(most)):
        called = {str(pair[1]).lower(): str(pair[0] or "") for pair in chain(*filter(None, pairs)) if len(pair) == 2}
        for address in {normalise_email(one) for one in to} - own:
            way = "forward" if kind == "forward" else "mail"
            one = found.setdefault((way, address), Recipient(way, address))
            one.name = one.name or called.get(address, "")
            one.add(at, ticket)
    names = {normalised: f"{first} {last}".strip() for normalised, first, last in db.execute(select(
        Address.normalised, Person.first_name, Person.last_name).join(Holding, Holding.address_id == Address.id).join(Person, Person.id == Holding.person_id).where(
        Address.kind == "email", Address.normalised.in_({one.address for one in found.values()}), Holding.until.is_(None), Person.binned_at.is_(None)))} if found else {}
    for one in found.values():
        one.name = names.get(one.address, "") or one.name
    return list(found.values())


def _saved(db: Session, person_ids: Sequence[int]) -> list[Recipient]:
    """Agents who saved files with the persons, or whoever is part of them, in them: one for each agent and file."""
    found: dict[tuple[str, str], Recipient] = {}
    for email, name, file, day, count in db.execute(select(Agent.email, Agent.name, Lookup.purpose, Lookup.day, func.sum(Lookup.count)).join(
            Agent, Agent.id == Lookup.agent_id).where(Lookup.subject_uid.in_(uids_of(db, person_ids)), Lookup.purpose.in_(FILES)).group_by(
            Agent.email, Agent.name, Lookup.purpose, Lookup.day).order_by(Lookup.day)):
        one = found.setdefault((email, file), Recipient("export", email, name, file=file))
        one.add(datetime.combine(day, time(), UTC), count=count)
        one.days.append(day)
    return list(found.values())


def _calendars(db: Session, person_ids: Sequence[int]) -> list[Recipient]:
    """Agents whose calendar other programs may read, with an activity of the person's in it."""
    theirs, other = aliased(ActivityParticipant), aliased(ActivityParticipant)
    inside = exists().where(and_(theirs.activity_id == Activity.id, theirs.person_id.in_(person_ids), or_(
        Activity.owner_id == Agent.id, exists().where(other.activity_id == Activity.id, other.agent_id == Agent.id))))
    agents = db.scalars(select(Agent).where(Agent.active, Agent.calendar_key.is_not(None), inside).options(lazyload(Agent.addresses))).all()
    return [Recipient("calendar", one.email, one.name) for one in agents]
