"""Reading a delivery again from its first byte, after it failed or was set aside."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Refused
from core.i18n import N_
from desk.inbound import InboundMail

READ_AGAIN = N_("The mail is read again from its first byte.")
FETCHED_AGAIN = N_("This mail could not be fetched. The desk asks for it again the next time it reads the mailbox.")


def replay(db: Session, row: InboundMail) -> str:
    """Read a failed or set-aside delivery again from its first byte; what happens now, as a message for gettext.

    One that could not be fetched has no bytes to read: its reader is asked to try again. Raises Refused for one
    that is done, and where nobody reads the mailbox that it lies in.
    """
    if row.state in ("done", "pending"):
        raise Refused(N_("Only a mail that failed or was set aside can be tried again."))
    if row.transport == "imap" and not row.size:
        return _ask_reader(db, row)
    row.state, row.attempts, row.hung, row.due_at, row.done_at, row.reason = "pending", 0, False, now(), None, None
    db.flush()
    return READ_AGAIN


def _ask_reader(db: Session, row: InboundMail) -> str:
    if not row.mailbox.imap_url or not row.mailbox.active:
        raise Refused(N_("This mail could not be fetched, and its mailbox is not read over IMAP any longer."))
    row.done_at, row.reason = None, FETCHED_AGAIN
    db.flush()
    return FETCHED_AGAIN


def asked_again(db: Session) -> Sequence[InboundMail]:
    """Mails that could not be fetched and that somebody wants to be tried again."""
    return db.scalars(select(InboundMail).where(
        InboundMail.state == "failed", InboundMail.transport == "imap", InboundMail.size == 0,
        InboundMail.done_at.is_(None))).all()
