"""What a mail of ours holds besides the agent's words: the quoted message, pictures in the text, files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from core.i18n import clock_time, day, gettext
from core.rendering import paragraphs
from desk.tickets.attaching import OWN_PICTURE, pictures_in
from desk.tickets.merging import merged_ids
from desk.tickets.message import Attachment, Message
from mailgate.heading import Pair

MOST_QUOTED_TEXT = 20_000            # characters
MOST_QUOTED_HTML = 100_000
MOST_QUOTED_PICTURES = 1_500_000     # bytes

_CID_PICTURE = re.compile(r'(<img\b[^>]*?\ssrc=")cid:([^"]+)(")')
_DEAD_PICTURE = re.compile(r'<img\b(?![^>]*\ssrc="(?:cid:|https?:))[^>]*>')


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file of a mail; ``cid`` is set where the HTML may show it, ``quoted`` where it belongs to the quote. ``content``
    is there where it lies in no store of files."""

    name: str
    type: str
    size: int
    digest: str
    cid: str
    content_id: str = ""
    quoted: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that is answered: who wrote when, in the reader's language, its text and its HTML."""

    attribution: str
    text: str
    html: str
    pictures: tuple[Enclosed, ...] = ()


def quote_of(before: Message | None, readers: Iterable[Pair]) -> Quote | None:
    """The customer's last message as a quote: its own words without what they quoted in turn.

    Nothing is quoted to readers of whom its sender is none: it may not be meant for them.
    """
    if before is None or before.direction != "in" or not before.text.strip() or not _is_among(before, readers):
        return None
    text = before.shown[:MOST_QUOTED_TEXT]
    html = before.html if not before.visible and 0 < len(before.html) <= MOST_QUOTED_HTML else str(paragraphs(text))
    attribution = gettext("On %(day)s at %(time)s, %(name)s wrote:", day=day(before.written_at or before.at),
                          time=clock_time(before.written_at or before.at),
                          name=before.from_name or before.from_address)
    return Quote(attribution, text, html, _pictures(before, html))


def enclosures(db: Session, message: Message | None) -> list[Enclosed]:
    """The files of a message, and the pictures of its own ticket, and of those merged into it, that its HTML shows."""
    if message is None:
        return []
    shown = pictures_in(message.html)
    others = db.scalars(select(Attachment).join(Message, Message.id == Attachment.message_id).where(
        Attachment.uid.in_(shown), Message.ticket_id.in_([message.ticket_id, *merged_ids(db, message.ticket)]), Message.id != message.id)) if shown else ()
    return [_enclosed(a) for a in (*message.attachments, *others)]


def with_pictures(html: str, files: Iterable[Enclosed]) -> tuple[str, list[Enclosed]]:
    """The HTML with our own picture addresses as ``cid:``, and the files it shows.

    Pictures of anything else stay out of the mail: an address of ours shows nothing to a customer.
    """
    by_uid = {file.cid.partition("@")[0]: file for file in files}
    used: dict[str, Enclosed] = {}

    def to_cid(found: re.Match[str]) -> str:
        file = by_uid.get(found[2])
        if file is None:
            return found[0]
        used[file.cid] = file
        return f"{found[1]}cid:{file.cid}{found[3]}"

    return _DEAD_PICTURE.sub("", OWN_PICTURE.sub(to_cid, html)), list(used.values())


def with_quoted_pictures(quote: Quote) -> str:
    """The HTML of a quote, its pictures renamed so that they cannot meet with ours."""
    by_id = {file.content_id: file for file in quote.pictures}
    html = _CID_PICTURE.sub(
        lambda found: f"{found[1]}cid:{by_id[found[2]].cid}{found[3]}" if found[2] in by_id else "<img ", quote.html)
    return _DEAD_PICTURE.sub("", html)


def _is_among(before: Message, readers: Iterable[Pair]) -> bool:
    own = {normalise_email(address) for address in (before.from_address, before.reply_to) if address}
    return any(normalise_email(address) in own for _name, address in readers)


def _pictures(before: Message, html: str) -> tuple[Enclosed, ...]:
    shown = {found[2] for found in _CID_PICTURE.finditer(html)}
    if not shown:
        return ()
    room, kept = MOST_QUOTED_PICTURES, []
    for attachment in before.attachments:
        if attachment.content_id in shown and attachment.size <= room:
            room -= attachment.size
            kept.append(_enclosed(attachment, quoted=True))
    return tuple(kept)


def _enclosed(attachment: Attachment, *, quoted: bool = False) -> Enclosed:
    return Enclosed(attachment.name, attachment.type, attachment.size, attachment.digest,
                    cid=f"{attachment.uid}@skranke", content_id=attachment.content_id, quoted=quoted)
