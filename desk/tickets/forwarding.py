"""What goes along when a message is sent on: the message itself as it came, copies of its files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from contacts.address import normalise_email
from contacts.agent import Agent
from contacts.masking import DELETED, masked
from core.i18n import gettext as _
from core.i18n import moment
from desk.tickets.attaching import OWN_PICTURE
from desk.tickets.merging import shown_ids
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket

MOST_HTML = 1_000_000        # characters that are sent on with their formatting; more goes as text
#: How what is sent on begins, in the HTML of a forward: what agents write has no styles, so nothing before it looks so.
BEGINS = '<div style="margin-top: 16px; padding-top: 12px; border-top: 1px solid #c6cccb">'
_CID = re.compile(r'(<img\b[^>]*?\s)src="cid:([^"]*)"', re.IGNORECASE)
_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)


def original_of(message: Message) -> Markup:
    """A message as a block to stand below a forward: who wrote it to whom and when, then its HTML with tables and pictures.

    It was sanitised when it was read, and agents cannot write in it. Its pictures are named by their addresses here;
    those from the net stay out: they would tell their owner who reads.
    """
    return Markup("{}<div>{}</div><br>{}</div>").format(Markup(BEGINS), _head(message), _body(message))  # noqa: S704 - our own


def parted(html: str) -> tuple[str, str]:
    """A forward's HTML as ``(what the agent wrote, what was sent on)``; of any other message the second is empty."""
    own, begins, rest = html.partition(BEGINS)
    return own, begins + rest


def copies_of(db: Session, ticket: Ticket, uids: Sequence[str], *, by: Agent) -> list[str]:
    """Uids to attach: files of the messages this ticket shows as new rows over the same bytes, others as they are."""
    theirs = {row.uid: row for row in db.scalars(select(Attachment).join(
        Message, Message.id == Attachment.message_id).where(Attachment.uid.in_(list(uids)), Message.ticket_id.in_(shown_ids(db, by, ticket))))}
    copies = {uid: Attachment(uploaded_by_id=by.id, name=row.name, type=row.type, size=row.size, digest=row.digest)
              for uid, row in theirs.items()}
    db.add_all(copies.values())
    db.flush()
    return [copies[uid].uid if uid in copies else uid for uid in dict.fromkeys(uids)]


def _head(message: Message) -> Markup:
    pairs = [(message.author.name if message.author else message.from_name, message.from_address), *message.to]
    db = object_session(message)
    gone = masked(db, (address for _name, address in pairs), asker=message.ticket.requester_id if message.ticket else None) if db is not None else frozenset()      # who is in the bin is named to nobody
    sender, *to = [_(DELETED) if normalise_email(address) in gone else _party(name, address) for name, address in pairs]
    lines = ((_("From"), sender), (_("Sent"), moment(message.written_at or message.at)), (_("To"), ", ".join(to)),
             (_("Subject"), message.subject or message.ticket.subject))
    return Markup("<br>").join(Markup("<b>{}:</b> {}").format(name, value) for name, value in lines if value)


def _party(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else name or address


def _body(message: Message) -> Markup:
    if not 0 < len(message.html) <= MOST_HTML:
        return Markup('<div style="white-space: pre-wrap">{}</div>').format(message.text)
    known = {one.content_id: one.uid for one in message.attachments if one.content_id}

    def ours(found: re.Match[str]) -> str:
        return f'{found[1]}src="/attachments/{escape(known[found[2]])}"' if found[2] in known else found[1]
    html = _CID.sub(ours, message.html)
    kept = _PICTURE.sub(lambda found: found[0] if OWN_PICTURE.search(found[0]) else "", html)
    return Markup(kept)  # noqa: S704 - sanitised when it was read
