"""Bringing the file of a mail to a person's card: .eml, or .msg as Outlook saves it (W67).

It comes in as mail of an archive does: closed at once, dated as it says, and nobody is sent or told anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from sqlalchemy.orm import Session

from contacts.address import is_among, normalise_email
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import visible_mailboxes
from desk.inbound import Delivery, accept
from desk.mailboxes import Mailbox
from desk.outlook_files import as_mail, is_outlook
from desk.tickets.brought import source_of

#: A mail has one of these (RFC 5322 section 3.6 demands the first two; old archives lack even them).
HEADERS = ("From", "Date", "Subject", "To", "Cc", "Message-ID", "Received", "Return-Path", "Sender", "Reply-To")
HEAD = 65_536
MOST = 20


def bring(db: Session, person: Person, files: Sequence[tuple[str, bytes]], *, by: Agent) -> int:
    """Take over these files (name, bytes); how many are new. The caller rings ``inbound``.

    Raises Refused, and takes nothing, where one of them is no mail, or there are too many.
    """
    if not files:
        raise Refused(N_("No file came with this."), {"files": N_("Choose .eml or .msg files.")})
    if len(files) > MOST:
        raise Refused(_("At most %(most)s files at once.", most=MOST), {"files": N_("Bring them in parts.")})
    mails = [(hashlib.sha256(raw).hexdigest(), _as_mail(name, raw)) for name, raw in files]
    mailboxes = [one for one in visible_mailboxes(db, by) if one.active]
    if not mailboxes:
        raise Refused(N_("You see no mailbox that this could be filed in."))
    return sum(accept(db, Delivery(_mailbox_of(raw, mailboxes).id, "import", key, raw, archive=True, source=source_of(person, by)),
                      at=written_at(raw)) is not None for key, raw in mails)


def is_mail(raw: bytes) -> bool:
    """Whether the bytes begin like a mail: with a header that mails have."""
    headers = BytesHeaderParser().parsebytes(raw[:HEAD])
    return any(name in headers for name in HEADERS)


def written_at(raw: bytes) -> datetime:
    """When the letter says it was written; now where it does not, or where that cannot be."""
    try:
        at = parsedate_to_datetime(str(BytesHeaderParser().parsebytes(raw[:HEAD]).get("Date", "")))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return now()
    return at if datetime(1980, 1, 1, tzinfo=UTC) < at < now() else now()


def _as_mail(name: str, raw: bytes) -> bytes:
    if is_outlook(raw):
        return as_mail(name, raw)
    if not raw.strip() or not is_mail(raw):
        raise Refused(_("%(name)s is no mail. Nothing was taken over.", name=name), {"files": N_("Choose .eml or .msg files.")})
    return raw


def _mailbox_of(raw: bytes, mailboxes: Sequence[Mailbox]) -> Mailbox:
    """The one it was to or from; else the first that the agent sees."""
    head = BytesHeaderParser().parsebytes(raw[:HEAD])
    named = [normalise_email(address) for _name, address in getaddresses([str(value) for field in ("To", "Cc", "From") for value in head.get_all(field, [])])]
    for one in mailboxes:
        ours = frozenset({one.normalised, *(alias.normalised for alias in one.aliases)})
        if any(is_among(address, ours) for address in named):
            return one
    return mailboxes[0]
