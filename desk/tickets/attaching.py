"""Files and pictures of a message that is being written: uploaded before, named by what is posted or shown in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Refused
from core.i18n import N_
from core.settings import settings
from desk.tickets.merging import shown_ids
from desk.tickets.message import Attachment, Message

#: A picture of ours in an agent's HTML, by its address; the second group is its uid.
OWN_PICTURE = re.compile(r'(<img\b[^>]*?\ssrc=")(?:https?://[^"/]+)?/(?:api/v1/)?attachments/([0-9a-f]{24})[^"]*(")')
LOST = N_("A picture in the text cannot be sent along. Take it out, or insert it again.")
_PICTURE = re.compile(r"<img\b[^>]*>")


def attach(db: Session, message: Message, uids: Sequence[str], by: Agent) -> None:
    """Give a message the uploaded files ``uids`` and the pictures that its HTML shows.

    Raises Refused for a file that is not the agent's or is used already, and for a picture that is neither an
    upload of the agent's nor of this ticket: it would not reach the reader.
    """
    shown = pictures_in(message.html)
    if any(not OWN_PICTURE.search(found[0]) for found in _PICTURE.finditer(message.html)):
        raise Refused(LOST)                 # from elsewhere, or still being uploaded: it has no address of ours
    theirs = set(db.scalars(select(Attachment.uid).join(Message, Message.id == Attachment.message_id).where(
        Attachment.uid.in_(shown), Message.ticket_id.in_(shown_ids(db, by, message.ticket))))) if shown else set()
    files = list(dict.fromkeys(uids))
    _claim(db, message, files, by, N_("A file is no longer there. Attach it again."))
    _claim(db, message, [uid for uid in shown if uid not in theirs and uid not in files], by, LOST)
    here = db.scalars(select(Attachment).where(Attachment.message_id == message.id)).all() if shown or files else ()
    for attachment in here:
        attachment.inline = attachment.inline or attachment.uid in shown
    message.ticket.attachments_count += sum(not a.inline for a in here)


def pictures_in(html: str) -> list[str]:
    """Uids of the pictures of ours that an agent's HTML shows, each once."""
    return list(dict.fromkeys(found[2] for found in OWN_PICTURE.finditer(html)))


def near(html: str) -> str:
    """The HTML with the addresses of this desk without their host, as the composer writes them."""
    return html.replace(f'src="{settings().url.rstrip("/")}/attachments/', 'src="/attachments/')



def _claim(db: Session, message: Message, uids: Sequence[str], by: Agent, otherwise: str) -> None:
    if not uids:
        return
    moved = db.execute(update(Attachment).where(
        Attachment.uid.in_(uids), Attachment.message_id.is_(None), Attachment.uploaded_by_id == by.id,
    ).values(message_id=message.id))
    if moved.rowcount != len(uids):  # type: ignore[attr-defined]
        raise Refused(otherwise)
