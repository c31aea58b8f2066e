"""The mails between us and one person, whatever tickets they lie on (T34, T35, C5, C6, W62-W66)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, union
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from contacts.address import Address, Holding, normalise_email
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import LARGEST_ID
from core.errors import Refused
from core.fold import fold
from core.options import option
from desk.access import visible_mailboxes
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket

#: What is shown unless everything is asked for (W66).
RECENT = timedelta(days=365)
#: Read at a time, and at most for one page: what is searched for may be rare.
LOT, MOST = 200, 2000
#: Address → its row, and until when it has stood on the card (None: it does).
Held = Mapping[str, tuple[int, datetime | None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of it: words (all of them, anywhere in subject, text or names), ``in`` or ``out``, the responsible agent's id (0:
    nobody), the ticket's state; ``everything`` whatever its age."""

    words: str = ""
    direction: str = ""
    assignee: int | None = None
    state: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One page, the latest first, and the cursor of what follows."""

    messages: Sequence[Message]
    next: str | None


def correspondence(db: Session, agent: Agent, person: Person, asked: Asked, *, cursor: str = "", limit: int = 50) -> Found:
    """Mails that the person wrote, or got, from mailboxes that the agent sees and whose mail is shown on cards.

    Theirs is what came from them then, and what went to an address while it stood on their card.
    """
    held = _held(db, person)
    fits, terms = _fits(db, agent, person, asked, held), fold(asked.words[:200]).split()
    taken: list[Message] = []
    last = _read(cursor)
    for lot in _lots(db, fits, last, all_of_it=bool(terms)):
        for message in lot:
            last = message.id
            if _is_theirs(message, person, held) and _has(message, terms):
                taken.append(message)
            if len(taken) > limit:
                return Found(taken[:limit], str(taken[limit - 1].id))
    more = last is not None and db.scalar(select(Message.id).join(Ticket).where(fits, Message.id < last).limit(1)) is not None
    return Found(taken, str(last) if more else None)


def all_mails(db: Session, agent: Agent, person: Person) -> CompoundSelect[int]:
    """A question: the ids of all of whatever age, as far as two indexes can say: what they wrote, and what went out on their tickets."""
    where = _seen(db, agent)
    wrote = select(Message.id).join(Ticket).where(Message.person_id == person.id, Message.direction == "in", *where)
    got = select(Message.id).join(Ticket).where(Ticket.requester_id == person.id, Message.direction == "out", *where)
    return union(wrote, got)


def _lots(db: Session, fits: ColumnElement[bool], before: int | None, *, all_of_it: bool) -> Iterator[Sequence[Message]]:
    for _ in range(MOST // LOT):
        lot = db.scalars(select(Message).join(Message.ticket).where(fits, *([Message.id < before] if before else [])).options(
            contains_eager(Message.ticket).joinedload(Ticket.assignee), joinedload(Message.author), defer(Message.html),
            *([] if all_of_it else [defer(Message.text), defer(Message.visible)])).order_by(Message.id.desc()).limit(LOT)).all()
        yield lot
        if len(lot) < LOT:
            return
        before = lot[-1].id


def _fits(db: Session, agent: Agent, person: Person, asked: Asked, held: Held) -> ColumnElement[bool]:
    with_them = select(Participant.ticket_id).where(Participant.address_id.in_([address_id for address_id, _ in held.values()]))
    conditions = [or_(Message.person_id == person.id, Message.ticket_id.in_(with_them)), *_seen(db, agent),
                  Message.direction.in_((asked.direction,) if asked.direction in ("in", "out") else ("in", "out"))]
    if not asked.everything:
        conditions.append(Message.at >= now() - RECENT)
    if asked.assignee is not None:
        conditions.append(Ticket.assignee_id == asked.assignee if asked.assignee else Ticket.assignee_id.is_(None))
    if asked.state:
        conditions.append(Ticket.state == asked.state)
    return and_(*conditions)


def _seen(db: Session, agent: Agent) -> list[ColumnElement[bool]]:
    """Mail that shows on cards, for this agent."""
    mailboxes = [one.id for one in visible_mailboxes(db, agent) if option(db, "mail.on_cards", one.uid)]
    return [Message.channel == "mail", Ticket.mailbox_id.in_(mailboxes), Ticket.binned_at.is_(None)]


def _held(db: Session, person: Person) -> dict[str, tuple[int, datetime | None]]:
    """What stands on the card, and stood there: of two spells of one address the later counts, and one that goes on most."""
    rows = db.execute(select(Address.normalised, Address.id, Holding.until).join(Holding, Holding.address_id == Address.id).where(
        Holding.person_id == person.id, Address.kind == "email").order_by(Holding.until.is_(None), Holding.id))
    return {normalised: (address_id, until) for normalised, address_id, until in rows}


def _is_theirs(message: Message, person: Person, held: Held) -> bool:
    got = (held.get(normalise_email(address)) for _, address in (*message.to, *message.cc))
    return message.person_id == person.id or any(one and (one[1] is None or message.at <= one[1]) for one in got)


def _has(message: Message, terms: Collection[str]) -> bool:
    if not terms:
        return True
    text = fold("\n".join((message.subject, message.text, message.from_name, message.from_address,
                           *(f"{name} {address}" for name, address in (*message.to, *message.cc)))))
    return all(term in text for term in terms)


def _read(cursor: str) -> int | None:
    if not cursor:
        return None
    if not cursor.isdecimal() or not 0 < int(cursor[:20]) <= LARGEST_ID:
        raise Refused("This page of the list is not there any more. Start from the top.")
    return int(cursor)
