"""The ledger of what came in: one row per delivery, raw bytes first, everything else afterwards.

``accept`` is the only way in. What becomes of a row then is in ``desk.claiming``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, relationship

from core.clock import now
from core.database import Base, Json, Row, new_uid, personal, plain
from core.errors import Refused
from core.putting import savepoint
from core.tokens import digest, message_key
from desk.glancing import head_of
from desk.mailboxes import Mailbox

STATES = ("pending", "done", "failed", "set_aside")


class InboundMail(Row, Base):
    """One delivery. ``lease_until`` and ``lease`` are set while a worker has it; ``attempts`` counts claims; ``hung``:
    reading it took too long or ended the child, so that it is read with care from then on. ``clues`` is what was known
    when it was judged, ``policy_rule`` the rule of the policy that decided (``else``: the choice behind all rules).

    ``transport_key`` tells copies of one delivery from each other: at the SMTP door mailbox, digest and
    session, over IMAP folder, UIDVALIDITY and UID.
    """

    __tablename__ = "inbound_mails"
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id"))
    transport: Mapped[str] = plain(String(10), kept="ledger")
    transport_key: Mapped[str] = plain(String(32), unique=True, kept="ledger")
    message_key: Mapped[str] = plain(String(32), kept="ledger", default="")
    digest: Mapped[str] = plain(String(32), kept="ledger")
    size: Mapped[int] = plain(kept="ledger")
    envelope_sender: Mapped[str | None] = personal(String(320), kept="ledger")
    envelope_recipient: Mapped[str | None] = personal(String(320), kept="ledger")
    client: Mapped[str] = personal(String(60), default="", kept="ledger")
    source: Mapped[str] = plain(String(240), default="", kept="ledger")
    received_at: Mapped[datetime] = plain(kept="ledger")
    archive: Mapped[bool] = plain(default=False)
    state: Mapped[str] = plain(String(10), default="pending", kept="ledger")
    due_at: Mapped[datetime] = plain(kept="ledger")
    attempts: Mapped[int] = plain(default=0, kept="ledger")
    hung: Mapped[bool] = plain(default=False, kept="ledger")
    lease: Mapped[str] = plain(String(80), default="")
    lease_until: Mapped[datetime | None] = plain()
    reason: Mapped[str | None] = personal(Text, kept="ledger", report=False)
    verdict: Mapped[dict[str, Any] | None] = personal(Json, kept="ledger", erase="rewrite")
    clues: Mapped[dict[str, Any] | None] = plain(Json, kept="ledger")
    policy_rule: Mapped[str | None] = plain(String(24), kept="ledger")
    sender: Mapped[str | None] = personal(String(320), kept="ledger")
    subject: Mapped[str | None] = personal(String(300), kept="ledger")
    message_id: Mapped[int | None] = plain(ForeignKey("messages.id", ondelete="SET NULL"))
    done_at: Mapped[datetime | None] = plain(kept="ledger")
    mailbox: Mapped[Mailbox] = relationship(lazy="joined")
    __table_args__ = (
        Index("ix_inbound_mails_pending", "due_at", "id", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("ix_inbound_mails_waiting_key", "message_key", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("ix_inbound_mails_copies", "digest", sqlite_where=text("source <> ''"),
              postgresql_where=text("source <> ''")),
        Index("ix_inbound_mails_state", "state", "id"),
        Index("ix_inbound_mails_message", "message_id"),
        Index("ix_inbound_mails_policy", "policy_rule", "received_at", sqlite_where=text("policy_rule IS NOT NULL"),
              postgresql_where=text("policy_rule IS NOT NULL")),
    )


class InboundRaw(Base):
    """The bytes of a delivery, deflated when that makes them smaller."""

    __tablename__ = "inbound_raws"
    inbound_id: Mapped[int] = plain(ForeignKey("inbound_mails.id", ondelete="CASCADE"), primary_key=True)
    deflated: Mapped[bool] = plain(kept="raw_mail")
    content: Mapped[bytes] = personal(LargeBinary, kept="raw_mail", erase="rewrite")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes at the door: for which mailbox, by which transport, from whom as the envelope says.

    ``key`` names this delivery among all of its transport; the same key accepted twice is one row. ``source``
    says where it lay: over IMAP its UIDVALIDITY and folder. ``at`` is when it came, where the caller knows: the
    deliveries of one SMTP transaction share it.
    """

    mailbox_id: int
    transport: str
    key: str
    raw: bytes
    envelope_sender: str | None = None
    envelope_recipient: str | None = None
    client: str = ""
    archive: bool = False
    source: str = ""
    at: datetime | None = None


def accept(db: Session, delivery: Delivery, *, at: datetime | None = None) -> InboundMail | None:
    """Write the delivery and its bytes; None when this delivery is in the ledger already.

    Nothing is parsed here but the Message-ID line. The caller commits before it says 250, moves a cursor or
    sets a flag.
    """
    try:
        with savepoint(db):
            accepted = accept_all(db, [delivery], at=at)
    except IntegrityError:
        key = transport_key(delivery.transport, delivery.mailbox_id, delivery.key)
        if known_keys(db, [key]):
            return None         # another process wrote it at this moment
        raise                   # the mailbox has gone: nobody may hear that we kept the mail
    return db.get_one(InboundMail, accepted[0]) if accepted else None


def accept_all(db: Session, deliveries: Sequence[Delivery], *, at: datetime | None = None) -> list[int]:
    """The same for many at once; returns the ids of the new rows, in order, without those that were there.

    The bytes are prepared before the first statement, so that no lock is held meanwhile. Raises IntegrityError
    when a mailbox has gone, or when another process wrote one of them at this moment: try again.
    """
    prepared: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for delivery in deliveries:
        row = _row(delivery, at or delivery.at or now())
        prepared.setdefault(row["transport_key"], (row, _deflated(delivery.raw)))
    for key in known_keys(db, list(prepared)):
        del prepared[key]
    if not prepared:
        return []
    rows = [row for row, _ in prepared.values()]
    table: Any = InboundMail.__table__
    ids = list(db.connection().execute(
        insert(table).returning(table.c.id, sort_by_parameter_order=True), rows).scalars())
    db.connection().execute(insert(InboundRaw.__table__), [  # type: ignore[arg-type]
        {"inbound_id": number, **raw} for number, (_, raw) in zip(ids, prepared.values(), strict=True)])
    return ids


def known_keys(db: Session, keys: Sequence[str]) -> set[str]:
    """Which of these transport keys are in the ledger."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        found.update(db.scalars(select(InboundMail.transport_key).where(
            InboundMail.transport_key.in_(keys[start:start + 500]))))
    return found


def transport_key(transport: str, mailbox_id: int, key: str) -> str:
    """What a delivery is told from others by in the ledger; see ``Delivery.key``."""
    return digest("transport", f"{transport}\0{mailbox_id}\0{key}")


def raw_of(db: Session, inbound_id: int) -> bytes:
    """The bytes as they came. Raises Refused when they are no longer kept."""
    raw = raws_of(db, [inbound_id]).get(inbound_id)
    if raw is None:
        raise Refused("The original of this mail is no longer kept.")
    return raw


def raws_of(db: Session, ids: Sequence[int]) -> dict[int, bytes]:
    """The bytes of several deliveries, by id; those no longer kept are left out."""
    rows = db.execute(select(InboundRaw.inbound_id, InboundRaw.deflated, InboundRaw.content).where(
        InboundRaw.inbound_id.in_(ids)))
    return {number: zlib.decompress(content) if deflated else content for number, deflated, content in rows}


_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^<>\r\n]{1,900})>?", re.IGNORECASE | re.MULTILINE)


def message_key_of(raw: bytes) -> str:
    """The key of the Message-ID line, found without parsing; empty when there is none."""
    found = _MESSAGE_ID.search(head_of(raw))
    return message_key(found.group(1).decode("utf-8", "replace").strip()) if found else ""


def _clean(address: str | None) -> str | None:
    return None if address is None else address.replace("\0", "").encode("utf-8", "replace").decode()[:320]


def _row(delivery: Delivery, at: datetime) -> dict[str, Any]:
    return {
        "uid": new_uid(), "mailbox_id": delivery.mailbox_id, "transport": delivery.transport,
        "transport_key": transport_key(delivery.transport, delivery.mailbox_id, delivery.key),
        "message_key": message_key_of(delivery.raw), "digest": digest("raw", delivery.raw), "size": len(delivery.raw),
        "envelope_sender": _clean(delivery.envelope_sender), "envelope_recipient": _clean(delivery.envelope_recipient),
        "client": delivery.client[:60], "source": delivery.source[:240], "received_at": at, "due_at": at, "archive": delivery.archive,
        "state": "pending", "attempts": 0, "lease": "",
    }


def _deflated(raw: bytes) -> dict[str, Any]:
    deflated = zlib.compress(raw, 1) if len(raw) < 1_000_000 else b""
    small = bool(deflated) and len(deflated) < len(raw)
    return {"deflated": small, "content": deflated if small else raw}
