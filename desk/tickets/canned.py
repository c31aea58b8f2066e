"""Canned replies: texts kept ready, offered in the composer by a short word after ``/``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import escape
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.errors import Conflict, Refused, Unknown
from core.html import sanitise_own
from core.i18n import N_
from core.options import LANGUAGES
from core.rendering import paragraphs
from desk.mailboxes import Mailbox
from desk.tickets.message import CannedReply

_PREFIX = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def all_canned(db: Session) -> Sequence[CannedReply]:
    """Every canned reply, by its short word."""
    return db.scalars(select(CannedReply).order_by(CannedReply.prefix, CannedReply.language, CannedReply.id)).all()


def canned_for(db: Session, mailbox: Mailbox | None, language: str) -> list[CannedReply]:
    """What is offered on a ticket: one of each short word, the nearest in mailbox and language."""
    here = or_(CannedReply.mailbox_id.is_(None), CannedReply.mailbox_id == (mailbox.id if mailbox else None))
    rows = db.scalars(select(CannedReply).where(here, CannedReply.language.in_(("", language)) if language else here))
    nearest = sorted(rows, key=lambda row: (row.mailbox_id is None, row.language != language, row.id))
    best: dict[str, CannedReply] = {}
    for row in nearest:
        best.setdefault(row.prefix, row)
    return sorted(best.values(), key=lambda row: row.prefix)


def filled(row: CannedReply, *, name: str, agent: str) -> str:
    """Its HTML with ``{name}`` and ``{agent}`` put in."""
    return row.html.replace("{name}", str(escape(name))).replace("{agent}", str(escape(agent)))


def save_canned(
    db: Session, row: CannedReply | None, *, prefix: str, name: str, text: str, language: str = "",
    mailbox: Mailbox | None = None, version: int | None = None,
) -> CannedReply:
    """Write one, or change one. Raises Conflict when a colleague was faster, and Refused with what is wrong of each field."""
    unmoved(row, version)
    prefix, name = prefix.strip().lstrip("/").casefold(), name.strip()
    errors = _wrong(prefix, name, text, language)
    if _taken(db, row, prefix, language, mailbox):
        errors["prefix"] = N_("This word is taken in this language and mailbox.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    row = row or CannedReply()
    row.prefix, row.name, row.language, row.mailbox_id = prefix, name, language, mailbox.id if mailbox else None
    row.html = sanitise_own(str(paragraphs(text)))
    db.add(row)
    db.flush()
    return row


def unmoved(row: CannedReply | None, version: int | None) -> None:
    """Raises Conflict where a colleague has changed it since this version."""
    if row is not None and version is not None and row.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def canned_called(db: Session, uid: str) -> CannedReply:
    """The canned reply with this uid. Raises Unknown."""
    row = db.scalar(select(CannedReply).where(CannedReply.uid == uid))
    if row is None:
        raise Unknown(N_("There is no such canned reply."))
    return row


def _wrong(prefix: str, name: str, text: str, language: str) -> dict[str, str]:
    errors = {}
    if not _PREFIX.fullmatch(prefix) or len(prefix) > 40:
        errors["prefix"] = N_("One word of letters and digits, at most 40.")
    if not name or len(name) > 80:
        errors["title"] = N_("Between 1 and 80 characters.")
    if not text.strip() or len(text) > 50_000:
        errors["text"] = N_("Write the text.")
    if language not in ("", *LANGUAGES):
        errors["language"] = N_("Choose one of the languages.")
    return errors


def _taken(db: Session, row: CannedReply | None, prefix: str, language: str, mailbox: Mailbox | None) -> bool:
    found = db.scalar(select(CannedReply).where(
        CannedReply.prefix == prefix, CannedReply.language == language,
        CannedReply.mailbox_id.is_not_distinct_from(mailbox.id if mailbox else None)).limit(1))
    return found is not None and found is not row
