"""Deliveries in hand: claimed under a lease, put back or finished, and set to failed when nothing came of them.

Whoever claims parses outside any transaction and files under the same lease (DESIGN.md section 3).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from core.batch import MISSING, recall
from core.clock import now
from core.i18n import N_
from desk.glancing import HEAD, glance
from desk.inbound import InboundMail, InboundRaw
from desk.unfiled import could_not_file

#: Bytes of mail in one claim, more only where one mail alone has more: what is claimed lies in memory.
BYTES = 20_000_000
TRIES = 3
TRIED = N_("Three attempts to read this mail ended without a result.")
LEASE = timedelta(seconds=60)
#: A mail that is due later than this is not waited for by those that answer it: the disk is full, or the like.
NEAR = timedelta(seconds=10)


def claim(
    db: Session, who: str, most: int = 50, *, beside: bool = False, at: datetime | None = None,
) -> list[InboundMail]:
    """Take up to ``most`` deliveries that are due, oldest first, and count the attempt; about 20 MB at most.

    Those that have had their tries without a result are set to failed instead: they killed whoever took them. One
    that is tried again comes alone, so that it takes no other with it; not at all to who has others in hand (``beside``).
    """
    at = at or now()
    while rows := _due(db, most, at):
        for row in rows:
            if row.attempts >= TRIES:
                give_up(db, row, " ".join(filter(None, (TRIED, row.reason))), at=at)
        open_ = [row for row in rows if row.attempts < TRIES]
        taken = _in_one_go(open_, beside=beside)
        for row in taken:
            row.attempts, row.lease, row.lease_until = row.attempts + 1, who, at + LEASE
        db.flush()
        if open_:
            return taken
    return []


def _due(db: Session, most: int, at: datetime) -> Sequence[InboundMail]:
    return db.scalars(select(InboundMail).where(
        InboundMail.state == "pending", InboundMail.due_at <= at,
        (InboundMail.lease_until.is_(None)) | (InboundMail.lease_until < at),
    ).order_by(InboundMail.due_at, InboundMail.id).limit(most).with_for_update(skip_locked=True, of=InboundMail)).all()


def _in_one_go(rows: Sequence[InboundMail], *, beside: bool) -> list[InboundMail]:
    """The first alone where it was tried before; else those never tried, as many as have room."""
    if rows and rows[0].attempts > 0:
        return [] if beside else [rows[0]]
    taken: list[InboundMail] = []
    room = BYTES
    for row in rows:
        if row.attempts == 0:
            room -= row.size
            if taken and room < 0:
                break
            taken.append(row)
    return taken


def hold(db: Session, who: str, *, at: datetime | None = None) -> None:
    """Keep what is in hand: where reading takes long, nobody else begins with it."""
    at = at or now()
    db.execute(update(InboundMail).where(InboundMail.state == "pending", InboundMail.lease == who, InboundMail.lease_until > at)
               .values(lease_until=at + LEASE), execution_options={"synchronize_session": False})


def still_mine(
    db: Session, ids: Sequence[int], who: str, *, at: datetime | None = None,
) -> dict[int, InboundMail]:
    """The rows, locked, whose lease still stands, by id; those that somebody else has or finished are left out."""
    rows = db.scalars(select(InboundMail).where(
        InboundMail.id.in_(ids), InboundMail.state == "pending", InboundMail.lease == who,
        InboundMail.lease_until > (at or now())).with_for_update(of=InboundMail))
    return {row.id: row for row in rows}


def waits_for(db: Session, keys: Sequence[str], row: InboundMail) -> bool:
    """Whether a mail this one answers is still to be filed: then this one waits, so that it joins its ticket."""
    if not keys:
        return False
    known = recall(db, "pending", None)
    pending = pending_under(db, keys) if known is MISSING else known
    return any(number < row.id and _pending(db, number) for key in keys for number in pending.get(key, ()))


def pending_under(db: Session, keys: Collection[str]) -> dict[str, list[int]]:
    """Ids of deliveries that are soon to be filed, by the key of their Message-ID."""
    found: dict[str, list[int]] = {}
    for key, number in db.execute(select(InboundMail.message_key, InboundMail.id).where(
            InboundMail.state == "pending", InboundMail.message_key.in_(keys), InboundMail.attempts <= TRIES,
            InboundMail.due_at <= now() + NEAR)):
        found.setdefault(key, []).append(number)
    return found


def _pending(db: Session, number: int) -> bool:
    """Not filed since it was looked up: only the rows in our own hands can have been."""
    row = db.identity_map.get(identity_key(InboundMail, number))
    return row is None or row.state == "pending"


def put_back(row: InboundMail, seconds: float, *, counted: bool, reason: str | None = None) -> None:
    """Let go of a claimed row; it is due again in some seconds. ``counted`` keeps the attempt."""
    row.due_at, row.lease, row.lease_until = now() + timedelta(seconds=seconds), "", None
    row.reason = reason or row.reason
    if not counted:
        row.attempts -= 1


def finish(row: InboundMail, state: str, reason: str | None = None, *, at: datetime | None = None) -> None:
    """Close a row as done, failed or set aside."""
    row.state, row.reason, row.done_at = state, reason, at or now()
    row.lease, row.lease_until = "", None


def give_up(db: Session, row: InboundMail, reason: str, *, at: datetime | None = None) -> None:
    """Close a row as failed, and let the admins know; who wrote it about what is told from its first lines, as far as
    they can be told."""
    finish(row, "failed", reason, at=at)
    seen = glance(_beginning(db, row.id))
    row.sender, row.subject = row.sender or seen.sender or None, row.subject or seen.subject or None
    could_not_file(db, row.mailbox, reason)


def pending_now(db: Session, *, at: datetime | None = None) -> bool:
    """Whether anything is due: what the workers ask every second."""
    at = at or now()
    return db.scalar(select(InboundMail.id).where(
        InboundMail.state == "pending", InboundMail.due_at <= at,
        (InboundMail.lease_until.is_(None)) | (InboundMail.lease_until < at)).limit(1)) is not None


def _beginning(db: Session, inbound_id: int) -> bytes:
    """The first 64 kB of the bytes, or of what they are deflated to, at most; the rest stays where it is."""
    row = db.execute(select(InboundRaw.deflated, func.substr(InboundRaw.content, 1, HEAD, type_=LargeBinary)).where(
        InboundRaw.inbound_id == inbound_id)).first()
    if row is None:
        return b""
    deflated, content = row
    return zlib.decompressobj().decompress(content, HEAD) if deflated else content
