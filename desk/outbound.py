"""The ledger of what goes out: nothing is sent without a row here.

Whoever wants a mail sent writes a row in the same transaction as its cause; the sender takes it from there:
*queued* → *handing over* (committed before the first byte) → *sent*, *deferred until* or *failed because*. A mass mail that may not go to its
person any more when its turn comes ends as *withheld*.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, relationship

from core.clock import now
from core.database import UID_LENGTH, Base, Json, Row, new_uid, personal, plain
from core.errors import Refused
from core.i18n import N_
from core.putting import put
from core.settings import settings
from core.tokens import message_key, sign, signed
from desk.mailboxes import Mailbox

STATES = ("queued", "handing_over", "sent", "deferred", "failed", "withheld")
KINDS = ("reply", "forward", "acknowledgement", "notification", "system", "mass", "certificate")
#: How long a worker has a mail; longer than one mail may take on the wire (mailgate.send.LONGEST).
LEASE = timedelta(minutes=4)


class OutboundMail(Row, Base):
    """One mail to one set of recipients. A ticket's mail names its message; a system mail carries its own text.

    ``operation_uid`` names an operation whose file goes along. ``outcomes`` maps a recipient to ``[state, answer]``: accepted, postponed,
    refused or returned, and what the relay or the report said. A mass mail names its mailing and its person (by uid, which a merge leaves
    alone); ``recipient_key`` is a keyed digest of the address, so that a mailing never has two rows for one.
    """

    __tablename__ = "outbound_mails"
    kind: Mapped[str] = plain(String(20), kept="ledger")
    mailbox_id: Mapped[int | None] = plain(ForeignKey("mailboxes.id"))
    ticket_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = plain(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    agent_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    mailing_id: Mapped[int | None] = plain(ForeignKey("mailings.id"))
    person_uid: Mapped[str | None] = plain(String(24))
    recipient_key: Mapped[str | None] = plain(String(32))
    recipients: Mapped[list[Any]] = personal(Json, kept="ledger", erase="rewrite")
    subject: Mapped[str] = personal(Text, kept="ledger", default="", erase="rewrite")
    text: Mapped[str] = personal(Text, kept="ledger", default="", erase="rewrite")
    html: Mapped[str] = personal(Text, kept="ledger", default="", erase="rewrite")
    headers: Mapped[dict[str, Any]] = personal(Json, kept="ledger", default=dict, erase="rewrite", report=False)
    outcomes: Mapped[dict[str, Any]] = personal(Json, kept="ledger", default=dict, erase="rewrite", report=False)
    rfc_message_id: Mapped[str] = plain(String(200), kept="ledger")
    message_key: Mapped[str] = plain(String(32), kept="ledger", index=True)
    language: Mapped[str] = plain(String(2), default="en")
    state: Mapped[str] = plain(String(15), default="queued", kept="ledger")
    due_at: Mapped[datetime] = plain(kept="ledger")
    attempts: Mapped[int] = plain(default=0, kept="ledger")
    lease: Mapped[str] = plain(String(80), default="")
    lease_until: Mapped[datetime | None] = plain()
    reason: Mapped[str | None] = personal(Text, kept="ledger", report=False)
    created_at: Mapped[datetime] = plain(default=now, kept="ledger")
    first_tried_at: Mapped[datetime | None] = plain(kept="ledger")
    sent_at: Mapped[datetime | None] = plain(kept="ledger")
    copied_at: Mapped[datetime | None] = plain(kept="ledger")
    operation_uid: Mapped[str | None] = plain(String(24))
    composed: Mapped[bytes | None] = personal(LargeBinary, kept="raw_mail", erase="rewrite", report=False,
                                              deferred=True)
    mailbox: Mapped[Mailbox | None] = relationship(lazy="joined")
    __table_args__ = (
        Index("ix_outbound_mails_due", "due_at", "id",
              sqlite_where=sql("state IN ('queued', 'deferred', 'handing_over')"),
              postgresql_where=sql("state IN ('queued', 'deferred', 'handing_over')")),
        Index("ix_outbound_mails_state", "state", "id"),
        Index("ix_outbound_mails_recipient", "mailing_id", "recipient_key", unique=True),
        Index("ix_outbound_mails_pace", "mailbox_id", "created_at", sqlite_where=sql("mailing_id IS NOT NULL"),
              postgresql_where=sql("mailing_id IS NOT NULL")),
    )


def enqueue(
    db: Session, *, kind: str, mailbox: Mailbox | None, recipients: list[str], uid: str = "", **fields: Any,
) -> OutboundMail:
    """A row that will be sent as soon as it is committed and the bell has rung.

    ``mailbox`` is whom the mail is from; None for the desk's own mail to its agents. ``uid`` names the row, where its words name it too.
    """
    uid = uid or new_uid()
    message_id = our_message_id(uid, mailbox)
    return put(db, OutboundMail, uid=uid, kind=kind, mailbox_id=mailbox.id if mailbox else None, recipients=recipients,
               due_at=now(), rfc_message_id=message_id, message_key=message_key(message_id), **fields)


def our_message_id(uid: str, mailbox: Mailbox | None) -> str:
    """A Message-ID that we recognise as ours: random name, signature, our domain (RFC 5322 section 3.6.4)."""
    domain = mailbox.address.rpartition("@")[2] if mailbox else settings().url.split("//")[-1].split(":")[0]
    return f"{uid}.{sign('message-id', uid)}@{domain or 'localhost'}"


def is_our_message_id(message_id: str) -> bool:
    """Whether we made this Message-ID; relays that change the domain do not matter."""
    uid, dot, signature = message_id.strip("<> ").partition("@")[0].partition(".")
    return bool(dot) and len(uid) == UID_LENGTH and signed("message-id", uid, signature)


def retry(db: Session, row: OutboundMail) -> None:
    """Send a failed or deferred mail now. Raises Refused when it has gone or is just going."""
    if row.state not in ("failed", "deferred"):
        raise Refused("Only a mail that failed or is waiting can be sent again.")
    if any(said[0] == "unsure" for said in row.outcomes.values()):
        raise Refused(N_("This mass mail may have arrived, and is not sent twice."))
    row.state, row.due_at, row.attempts, row.reason, row.first_tried_at = "queued", now(), 0, None, None
    row.outcomes = {address: said for address, said in row.outcomes.items() if said[0] == "accepted"}
    db.flush()


def pending_now(db: Session, *, at: datetime | None = None) -> bool:
    """Whether anything is due to be sent."""
    at = at or now()
    return db.scalar(select(OutboundMail.id).where(*due(at)).limit(1)) is not None


def due(at: datetime) -> tuple[Any, ...]:
    """What the sender takes: due and in nobody's hands. A handing-over whose lease ended is sent again."""
    return (OutboundMail.state.in_(("queued", "deferred", "handing_over")), OutboundMail.due_at <= at,
            (OutboundMail.lease_until.is_(None)) | (OutboundMail.lease_until < at))
