"""Finding the ticket a mail belongs to: the look-ups behind :mod:`rules.threading`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from contacts.address import Address
from core.batch import MISSING, recall, remember
from core.tokens import message_key, signed
from desk.addressing import outbound_uid_of, ticket_number_of
from desk.letter import Letter
from desk.outbound import OutboundMail
from desk.tickets.message import Message
from desk.tickets.taking_part import takes_part
from desk.tickets.ticket import Ticket
from rules.threading import Sign, tokens

MOST_IDS = 20


def signs(db: Session, letter: Letter, recipients: Sequence[str], sender: Address | None) -> list[Sign]:
    """Every sign that a letter belongs to one of our tickets, strongest first."""
    found = [Sign("reply_address", number) for number in map(ticket_number_of, recipients) if number]
    if not found:
        found = _by_return_address(db, recipients)
    if not found:
        found = _by_ids(db, letter, sender)
    if not found:
        found = _by_subject(db, letter, sender)
    return found


def outbound_by_id(db: Session, message_id: str) -> OutboundMail | None:
    """The mail of ours with this Message-ID; its signed name counts even where a relay changed the rest."""
    uid, dot, signature = message_id.strip("<> ").partition("@")[0].partition(".")
    if not dot or not signed("message-id", uid, signature):
        return None
    known: OutboundMail | None = recall(db, "outbound", uid)
    if known is MISSING:
        known = remember(db, "outbound", uid, db.scalar(select(OutboundMail).where(OutboundMail.uid == uid)))
    return known


def sent_from(db: Session, recipients: Sequence[str]) -> OutboundMail | None:
    """The mail of ours whose signed return address is among these: where machines answer to (RFC 3834 section 4)."""
    for uid in filter(None, map(outbound_uid_of, recipients)):
        mail = db.scalar(select(OutboundMail).where(OutboundMail.uid == uid))
        if mail is not None:
            return mail
    return None


class Known(NamedTuple):
    """A message as threading needs it."""

    id: int
    ticket_id: int
    content_key: str


def messages_under(db: Session, key: str) -> list[Known]:
    """The messages that carry this Message-ID, oldest first: usually one or none."""
    known = recall(db, "messages", key)
    if known is MISSING:
        known = [Known(*row) for row in db.execute(_UNDER, {"key": key})]
    found: list[Known] = known
    return found


_UNDER = select(Message.id, Message.ticket_id, Message.content_key).where(
    Message.message_key == bindparam("key")).order_by(Message.id)


def survivor(db: Session, ticket_id: int) -> Ticket | None:
    """The ticket, or the one it was merged into, however long the chain."""
    ticket = db.get(Ticket, ticket_id)
    for _ in range(20):
        if ticket is None or ticket.merged_into_id is None:
            break
        ticket = db.get(Ticket, ticket.merged_into_id)
    return ticket


def keys_of(letter: Letter) -> list[str]:
    """The keys of the mails a letter answers, nearest first."""
    return [message_key(i) for i in letter.references[:MOST_IDS]]


def _by_return_address(db: Session, recipients: Sequence[str]) -> list[Sign]:
    mail = sent_from(db, recipients)
    if mail is None or mail.ticket_id is None or mail.kind == "notification":
        return []
    return [Sign("reply_address", mail.ticket_id)]


def _by_ids(db: Session, letter: Letter, sender: Address | None) -> list[Sign]:
    ids = letter.references[:MOST_IDS]
    if not ids:
        return []
    tickets = {i: number for i in ids if (number := _ticket_under(db, i, sender))}
    return [Sign("in_reply_to" if i in letter.in_reply_to else "references", tickets[i]) for i in ids if i in tickets]


def _ticket_under(db: Session, message_id: str, sender: Address | None) -> int | None:
    """The ticket a Message-ID names. One that we signed names our own mail, whoever wrote under it since; where several
    tickets have one (anybody can write under an id that they saw), the one in which the sender takes part, else the first."""
    ours = outbound_by_id(db, message_id)
    if ours is not None and ours.ticket_id:
        return ours.ticket_id
    found = list(dict.fromkeys(known.ticket_id for known in messages_under(db, message_key(message_id))))
    if len(found) > 1 and sender is not None:
        theirs = (number for number in found if (ticket := db.get(Ticket, number)) and takes_part(db, ticket, sender))
        return next(theirs, found[0])
    return found[0] if found else None


def _by_subject(db: Session, letter: Letter, sender: Address | None) -> list[Sign]:
    if sender is None:
        return []
    named = [ticket for number in tokens(letter.subject) if (ticket := db.get(Ticket, number)) is not None]
    return [Sign("subject", ticket.id, participant=takes_part(db, ticket, sender)) for ticket in named]
