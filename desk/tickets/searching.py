"""Finding tickets by number, subject, people and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contacts.address import Address, normalise_email
from contacts.agent import Agent
from contacts.person import Person
from core.database import LARGEST_ID
from core.fold import words
from core.search import messages_with, rows_with
from desk.locked_mail import unsealed
from desk.tickets.listing import Page, Wanted, fitting, list_tickets
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket

MOST = 400
#: Messages with the words that are looked at, the latest first; most agents have enough in the first lot.
LOTS = (400, 4000, 4000, 4000, 8000)
#: For a glimpse: tickets that are looked at, and letters of the longest word below which nearly every message would have it.
GLIMPSED, SHORTEST = 30, 3
#: Behind every text that begins with something.
LAST = "\U0010ffff"


def search_tickets(db: Session, agent: Agent, query: str, *, cursor: str = "", limit: int = 50, brief: bool = False) -> Page:
    """Tickets that the agent may see and that fit: ``4821`` or ``#4821``, an address, a name, words of the text."""
    return list_tickets(db, agent, searched(db, agent, query, Wanted("all")), cursor=cursor, limit=limit, brief=brief)


def searched(db: Session, agent: Agent, query: str, wanted: Wanted) -> Wanted:
    """The same list, of what is searched for alone: some hundred tickets by number, participants, requesters and words.

    Only tickets that the list would show count, so that what others see does not use up the hundreds.
    """
    query, fits = query.strip()[:200], fitting(db, agent, wanted)
    if not query:
        return replace(wanted, among=())
    number = query.removeprefix("#")
    ids = [int(number)] if number.isdecimal() and len(number) < 15 and int(number) <= LARGEST_ID else []
    if "@" in query:
        ids += db.scalars(select(Ticket.id).join(Participant, Participant.ticket_id == Ticket.id).join(Address).where(
            Address.normalised == normalise_email(query), fits).order_by(Participant.id.desc()).limit(MOST))
    persons = rows_with(db, "person_search", query, most=50)
    if persons:
        ids += db.scalars(select(Ticket.id).where(Ticket.requester_id.in_(persons), fits).order_by(Ticket.id.desc()).limit(MOST))
    ids += _with_words(db, query, fits)
    hidden = _told_by_who_asks(db, ids, query)
    ids = [one for one in ids if one not in hidden]
    return replace(wanted, among=tuple(dict.fromkeys(ids))[:MOST])


def glimpse(db: Session, agent: Agent, query: str, *, limit: int = 6) -> Sequence[Ticket]:
    """A few tickets by number, a beginning of an address, or words: what can be said at every key. The words are looked for among
    the latest messages that have them, however many there are."""
    query, fits = query.strip()[:200], fitting(db, agent, Wanted("all"))
    number = query.removeprefix("#")
    ids = [int(number)] if number.isdecimal() and len(number) < 15 and int(number) <= LARGEST_ID else []
    if "@" in query:
        typed = normalise_email(query)
        addresses = select(Address.id).where(Address.kind == "email", Address.normalised >= typed, Address.normalised < typed + LAST).limit(GLIMPSED)
        ids += db.scalars(select(Ticket.id).join(Participant, Participant.ticket_id == Ticket.id).where(
            Participant.address_id.in_(addresses.scalar_subquery()), fits).order_by(Participant.id.desc()).limit(GLIMPSED))
    elif max(map(len, words(query)), default=0) >= SHORTEST:
        messages = messages_with(db, query, most=LOTS[0])
        ids += db.scalars(select(Ticket.id).join(Message, Message.ticket_id == Ticket.id).where(
            Message.id.in_(messages), fits, unsealed(db, Ticket.id)).order_by(Message.id.desc()).limit(GLIMPSED)) if messages else []
    hidden = _told_by_who_asks(db, ids, query)
    ids = [one for one in ids if one not in hidden]
    return list_tickets(db, agent, Wanted("all", among=tuple(dict.fromkeys(ids))), limit=limit, brief=True).tickets if ids else []


def _told_by_who_asks(db: Session, ids: Sequence[int], query: str) -> set[int]:
    """Of these tickets those of who is in the bin that are not found by their number or subject: a name or an address leads to none of them."""
    found = db.execute(select(Ticket.id, Ticket.subject).join(Person, Person.id == Ticket.requester_id).where(
        Ticket.id.in_(ids), Person.binned_at.is_not(None))).all() if ids else ()
    number, terms = query.removeprefix("#"), words(query)
    return {ticket_id for ticket_id, subject in found if str(ticket_id) != number and not all(
        any(word.startswith(term) for word in words(subject)) for term in terms)}


def _with_words(db: Session, query: str, fits: ColumnElement[bool]) -> list[int]:
    """Ids of fitting tickets with a message that has the words, among the latest of these messages."""
    found: list[int] = []
    before = None
    for lot in LOTS:
        messages = messages_with(db, query, before=before, most=lot)
        if messages:
            before = messages[-1]
            found += dict.fromkeys(db.scalars(select(Ticket.id).join(Message, Message.ticket_id == Ticket.id).where(
                Message.id.in_(messages), fits, unsealed(db, Ticket.id)).order_by(Message.id.desc()).limit(MOST)))
        if len(messages) < lot or len(found) >= MOST:
            break
    return found
