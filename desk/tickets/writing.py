"""Writing messages onto tickets: rows, files, search. Used by everything that adds a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contacts.address import is_among, normalise_email
from core import files
from core.batch import MISSING, recall
from core.clock import now
from core.putting import put
from core.search import index_message
from core.tokens import digest, message_key
from desk.letter import Letter, Party
from desk.mailboxes import own_addresses
from desk.tickets.message import Attachment, Message
from desk.tickets.threads import Known
from desk.tickets.ticket import Ticket

PREVIEW = 160
LONGEST_REFERENCES = 8000


def keep_files(letter: Letter) -> list[str]:
    """Keep the contents of a letter's attachments, and of a mail that it passes on; return their digests, in this
    order. Done before any transaction opens."""
    passed_on = letter.forwarded.attachments if letter.forwarded else ()
    return [files.put(attachment.content) for attachment in (*letter.attachments, *passed_on)]


def write_message(db: Session, ticket: Ticket, **fields: Any) -> Message:
    """A message row with what every message has; searchable at once."""
    message = put(db, Message, **{"ticket_id": ticket.id, "channel": ticket.channel, **fields})
    known = recall(db, "messages", message.message_key)
    if known is not MISSING:
        known.append(Known(message.id, ticket.id, message.content_key))
    index_message(db, message.id, ticket.id, [
        message.subject, message.from_name, message.from_address, message.text])
    return message


def write_letter(
    db: Session, ticket: Ticket, letter: Letter, digests: Sequence[str], *, at: datetime, **fields: Any,
) -> Message:
    """A letter as a message of a ticket, with its files."""
    sender = letter.sender or Party("")
    message = write_message(
        db, ticket, direction=fields.pop("direction", "in"), at=at, channel=letter.channel, written_at=letter.sent_at,
        from_address=sender.address[:320], from_name=sender.name[:250],
        reply_to=_reply_to(db, letter),
        to=pairs(letter.to), cc=pairs(letter.cc), subject=letter.subject, text=letter.text,
        visible="" if letter.visible == letter.text else letter.visible, html=letter.html or "",
        rfc_message_id=letter.message_id[:998], references=_references(letter.references),
        message_key=message_key(letter.message_id), content_key=content_key(letter),
        oddities=list(letter.oddities), **fields)
    if letter.attachments:
        for a, kept in zip(letter.attachments, digests[:len(letter.attachments)], strict=True):
            put(db, Attachment, message_id=message.id, name=a.name[:200], type=a.type[:120], size=len(a.content), digest=kept,
                content_id=a.content_id[:250], inline=a.inline, created_at=at)
    return message


def content_key(letter: Letter) -> str:
    """What tells a copy of a mail from another mail under the same Message-ID."""
    return digest("content", letter.content_digest)


def pairs(parties: Iterable[Party]) -> list[list[str]]:
    """Parties as the database keeps them."""
    return [[party.name, party.address] for party in list(parties)[:1000]]


def _reply_to(db: Session, letter: Letter) -> str:
    """Where an answer is wanted: of several addresses, the first that is none of ours."""
    wanted = [party.address for party in letter.reply_to]
    own = own_addresses(db) if len(wanted) > 1 else frozenset()
    return next((a for a in wanted if not is_among(normalise_email(a), own)), wanted[0] if wanted else "")[:320]


def _references(ids: Sequence[str]) -> str:
    """Nearest first; where they are too many, the nearest and the root of the thread."""
    room, kept = LONGEST_REFERENCES, []
    for known in (*ids[-1:], *ids[:-1]):
        room -= len(known) + 1
        if room < 0:
            break
        kept.append(known)
    return " ".join((*kept[1:], *kept[:1]))


def preview_of(text: str) -> str:
    """The first words, for the list."""
    return " ".join(text[:1000].split())[:PREVIEW]


def touch(ticket: Ticket, *, preview: str | None = None, at: datetime | None = None) -> None:
    """Move the ticket to the top of its lists."""
    ticket.moved_at = at or now()
    if preview is not None:
        ticket.preview = preview
