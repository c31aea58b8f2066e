"""E-mails of persons whose access an admin has locked (T36-T38): who reads them is decided here, once for every reader.

A ticket is *sealed* when such a person asked, wrote on it, or takes part in it: one mail quotes another, so the whole conversation is.
Whoever reads does so in a session that says who they are (:func:`read_by`). What a sealed ticket's mails say is taken off them as they
are loaded, so that a page, a search or an export written tomorrow cannot show it by mistake; questions that read columns by themselves, or
bytes, ask :func:`needs_reading`, :func:`unsealed` or :func:`locked_for_others`. Sessions of jobs read all: they file and send, and show nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, event, false, or_, select, true, union
from sqlalchemy.orm import Mapped, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from contacts.address import Holding
from contacts.agent import Agent
from contacts.person import Person
from core.batch import MISSING, recall, remember
from core.clock import now
from core.database import Base, plain
from core.errors import Forbidden
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket

#: How long an admin who has given a reason reads the mails of a ticket.
OPEN_FOR = timedelta(hours=1)
#: What stands where a mail would.
INSTEAD = N_("There is a mail here. Access to it is locked.")
REFUSED = N_("Access to the mails of this ticket is locked. Admins can read them, with a reason.")
#: Whether there is any locked person: asked along with who signs in, so that it costs no question.
ANY_LOCKED: ColumnElement[bool] = select(Person.id).where(Person.mail_locked_at.is_not(None)).exists()


class Opening(Base):
    """An admin has given a reason to read the mails of a sealed ticket, which is in the history, and when."""

    __tablename__ = "locked_mail_openings"
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = plain()
    __table_args__ = (Index("ix_locked_mail_openings_agent", "agent_id", "at"),)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is kept from one reader: the mails of these tickets, and from all but admins also what they are about."""

    tickets: frozenset[int] = frozenset()
    admin: bool = False


NOTHING = Sealed()


def read_by(db: Session, agent: Agent, *, any_locked: bool = True) -> None:
    """From here on this session reads as this agent does."""
    db.info["admin"] = agent.admin
    persons = locked_persons(db) if any_locked else ()
    sealed = set(db.scalars(tickets_of(persons))) if persons else set()
    if sealed and agent.admin:
        sealed -= set(db.scalars(select(Opening.ticket_id).where(Opening.agent_id == agent.id, Opening.at > now() - OPEN_FOR)))
    db.info["sealed"] = Sealed(frozenset(sealed), agent.admin)


def sealed_for_reader(db: Session) -> Sealed:
    """What is kept from whoever reads in this session."""
    kept: Sealed = db.info.get("sealed", NOTHING)
    return kept


def is_sealed(db: Session, ticket_id: int | None) -> bool:
    """Whether the mails of a ticket are kept from whoever reads in this session."""
    return ticket_id in sealed_for_reader(db).tickets


def hidden_mail(db: Session, message: Message) -> bool:
    """Whether this is a mail whose words were taken off it."""
    return is_sealed(db, message.ticket_id) and message.direction != "note" and message.channel == "mail"


def needs_reading(db: Session, ticket_id: int | None) -> None:
    """Raises Forbidden where the mails of a ticket are kept from whoever reads in this session."""
    if is_sealed(db, ticket_id):
        raise Forbidden(REFUSED)


def unsealed(db: Session, ticket_id: Any) -> ColumnElement[bool]:
    """A condition: tickets by whose words the reader may find them. Admins find all, and read with a reason."""
    sealed = sealed_for_reader(db)
    if sealed.admin or not sealed.tickets:
        return true()
    return ticket_id.not_in(tickets_of(locked_persons(db)))  # type: ignore[no-any-return]


def locked_for_others(db: Session, ticket: Ticket) -> bool:
    """Whether the mails of a ticket are read by admins alone."""
    persons = recall(db, "locked", "persons")
    if persons is MISSING:
        persons = remember(db, "locked", "persons", locked_persons(db))
    return bool(persons) and db.scalar(select(Ticket.id).where(Ticket.id == ticket.id, Ticket.id.in_(tickets_of(persons)))) is not None


def locked_persons(db: Session) -> list[int]:
    """Ids of the persons whose mails are locked, with those they were merged into while they are."""
    rows = db.execute(select(Person.id, Person.merged_into_id).where(Person.mail_locked_at.is_not(None))).all()
    found, level = {row.id for row in rows}, {row.merged_into_id for row in rows} - {None}
    while level - found:
        found |= level
        level = set(db.scalars(select(Person.merged_into_id).where(Person.id.in_(level)))) - {None}
    return sorted(found)


def tickets_of(persons: Iterable[int]) -> Select[int]:
    """Ids of the tickets that these persons asked for, wrote on, or took part in from an address of theirs; and those they are part of."""
    ids = list(persons)
    if not ids:
        return select(Ticket.id).where(false())
    addresses = select(Holding.address_id).where(Holding.person_id.in_(ids))
    tied = union(select(Ticket.id).where(Ticket.requester_id.in_(ids)), select(Message.ticket_id).where(Message.person_id.in_(ids)),
                 select(Participant.ticket_id).where(Participant.address_id.in_(addresses))).subquery()
    into = select(Ticket.merged_into_id).where(Ticket.id.in_(select(tied.c.id)), Ticket.merged_into_id.is_not(None))
    return select(Ticket.id).where(or_(Ticket.id.in_(select(tied.c.id)), Ticket.id.in_(into)))


def _kept_from_reader(record: Any) -> Sealed:
    """Of a row that a statement changed in many, SQLAlchemy tells of a refresh without saying in which session."""
    session = object_session(record)
    return sealed_for_reader(session) if session is not None else NOTHING


@event.listens_for(Message, "load")
@event.listens_for(Message, "refresh")
def _take_off_message(message: Message, *_told: Any) -> None:
    sealed = _kept_from_reader(message)
    loaded = message.__dict__
    if not sealed.tickets or loaded.get("direction") == "note" or loaded.get("channel", "mail") != "mail":
        return
    if loaded.get("ticket_id") is None or loaded["ticket_id"] in sealed.tickets:
        words = {"text": _(INSTEAD), "visible": "", "html": ""} | ({} if sealed.admin else {"subject": _(INSTEAD)})
        _instead(message, words)


@event.listens_for(Ticket, "load")
@event.listens_for(Ticket, "refresh")
def _take_off_ticket(ticket: Ticket, *_told: Any) -> None:
    sealed = _kept_from_reader(ticket)
    if sealed.tickets and ticket.__dict__["id"] in sealed.tickets:
        _instead(ticket, {"preview": _(INSTEAD)} | ({} if sealed.admin else {"subject": _(INSTEAD)}))


def _instead(record: Any, words: dict[str, str]) -> None:
    """Show this in place of what was loaded; it counts as unchanged and is never written."""
    for name in words.keys() & record.__dict__.keys():
        set_committed_value(record, name, words[name])
