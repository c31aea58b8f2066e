"""Where a mail of ours stands in its conversation: what it answers, its references, its subject."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.outbound import OutboundMail
from desk.tickets.message import Message
from desk.tickets.taking_part import by_the_invited
from desk.tickets.ticket import Ticket
from mailgate.heading import trimmed, usable_id

_TOKEN = re.compile(r"\s*\[#\d+\]")
_ANSWER = re.compile(r"\s*(re|sv|vs|aw|antw|svar)(\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(fwd?|vs|vb|wg|videresendt|vidarebefordrat)\s*:", re.IGNORECASE)
LONGEST_SUBJECT = 240


def answered(db: Session, ticket: Ticket, message: Message | None, kind: str) -> Message | None:
    """The message that this mail answers: the customer's last, written by a person whom an
    answer may go to; else our own last one.

    A forward begins a conversation with somebody else and a notification one with an agent: they answer none.
    """
    if kind not in ("reply", "acknowledgement"):
        return None
    earlier = select(Message).where(
        Message.ticket_id == ticket.id, Message.direction != "note", Message.channel == "mail",
        Message.rfc_message_id != "").order_by(Message.id.desc()).limit(1)
    if message is not None:
        earlier = earlier.where(Message.id < message.id)
    from_people = earlier.where(Message.direction == "in", Message.automatic == "", by_the_invited(ticket.id))
    return db.scalar(from_people) or db.scalar(earlier.where(Message.direction == "out"))


def references_to(before: Message | None) -> list[str]:
    """The References of an answer to ``before``: its own, oldest first, then itself; trimmed."""
    if before is None:
        return []
    return trimmed([*reversed(before.references.split()), before.rfc_message_id])


def subject_of(row: OutboundMail, message: Message | None, ticket: Ticket | None, before: Message | None) -> str:
    """The subject with the ticket's token behind it: ``Re: The lamp is dark [#4821]``.

    The token is for people and for mail programs that lose everything else; coming in, it counts for
    participants only.
    """
    subject = row.subject or (message.subject if message else "") or (ticket.subject if ticket else "")
    subject = _TOKEN.sub("", subject).strip()[:LONGEST_SUBJECT]
    if row.kind == "reply" and before is not None and not _ANSWER.match(subject):
        subject = f"Re: {subject}"
    if row.kind == "forward" and not _FORWARD.match(subject):
        subject = f"Fwd: {subject}"
    return f"{subject} [#{ticket.number}]".strip() if ticket and row.kind != "notification" else subject


def in_reply_to(message_id: str) -> list[str]:
    """The id for In-Reply-To, if it can be written."""
    return [message_id] if usable_id(message_id) else []
