"""The database's side of reading a folder: what is in the ledger already, and how far the folder was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.database import database
from core.i18n import N_
from core.tokens import digest, message_key
from desk.claiming import finish
from desk.erasing.upstream import was_erased
from desk.inbound import Delivery, InboundMail, accept, accept_all, known_keys, message_key_of, transport_key
from desk.mailboxes import ImapCursor
from desk.replaying import asked_again
from desk.tickets.message import Message
from mailgate.imap_account import Account

ERASED = N_("This mail was erased with its person, and is not taken again.")


def cursor_of(db: Session, account: Account, folder: str) -> ImapCursor | None:
    """How far this folder has been read; None before the first contact."""
    return db.scalar(select(ImapCursor).where(
        ImapCursor.mailbox_id == account.mailbox_id, ImapCursor.folder == folder))


def position(account: Account, folder: str) -> ImapCursor | None:
    """The same, by a transaction of its own."""
    with database().read() as db:
        return cursor_of(db, account, folder)


def delivery(account: Account, folder: str, uidvalidity: int, uid: int, raw: bytes) -> Delivery:
    """A mail from a folder as the ledger takes it. A folder's UID under one UIDVALIDITY is one delivery for ever."""
    return Delivery(account.mailbox_id, "imap", _key(folder, uidvalidity, uid), raw, client=account.host,
                    source=_source(folder, uidvalidity))


def keys_of(account: Account, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[str, int]:
    """What these UIDs are called in the ledger: transport key → UID."""
    return {transport_key("imap", account.mailbox_id, _key(folder, uidvalidity, uid)): uid for uid in uids}


def known_uids(account: Account, folder: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Which of these UIDs have a row in the ledger."""
    keys = keys_of(account, folder, uidvalidity, uids)
    if not keys:
        return set()
    with database().read() as db:
        return {keys[key] for key in known_keys(db, list(keys))}


def accept_mails(
    account: Account, folder: str, uidvalidity: int, raws: Mapping[int, bytes], last_uid: int | None,
) -> None:
    """Commit the bytes and the place of the cursor, together.

    What we had from this folder under a UIDVALIDITY that no longer counts, the same bytes, is not new: its row
    takes over the new UID. Of what was erased with its person a row says that it was here, and its bytes are not taken.
    """
    gone = erased(raws)
    with database().write() as db:
        for uid in gone:
            row = accept(db, delivery(account, folder, uidvalidity, uid, b""))
            if row is not None:
                finish(row, "set_aside", ERASED)
        raws = {uid: raw for uid, raw in raws.items() if uid not in gone}
        had = _held_under_old_uids(db, account, folder, uidvalidity, raws)
        for uid, row_id in had.items():
            db.execute(update(InboundMail).where(InboundMail.id == row_id).values(
                transport_key=transport_key("imap", account.mailbox_id, _key(folder, uidvalidity, uid)),
                source=_source(folder, uidvalidity)))
        accept_all(db, [delivery(account, folder, uidvalidity, uid, raw)
                        for uid, raw in raws.items() if uid not in had])
        if last_uid is not None:
            move(db, account, folder, last_uid=last_uid)


def erased(raws: Mapping[int, bytes]) -> set[int]:
    """Those of these mails that were erased with their person and are still, or again, on the server."""
    return {uid for uid, raw in raws.items() if was_erased(message_key_of(raw))}


def _held_under_old_uids(
    db: Session, account: Account, folder: str, uidvalidity: int, raws: Mapping[int, bytes],
) -> dict[int, int]:
    """UID → ledger row of the same bytes from this folder under another UIDVALIDITY, each row once."""
    rows: dict[str, list[int]] = {}
    digests = {uid: digest("raw", raw) for uid, raw in raws.items()}
    for row in db.execute(select(InboundMail.id, InboundMail.digest, InboundMail.source).where(
            InboundMail.digest.in_(set(digests.values())), InboundMail.source != "",
            InboundMail.mailbox_id == account.mailbox_id).order_by(InboundMail.id.desc())):
        if row.source.partition(" ")[2] == folder and row.source != _source(folder, uidvalidity):
            rows.setdefault(row.digest, []).append(row.id)
    return {uid: rows[held].pop() for uid, held in digests.items() if rows.get(held)}


def accept_unread(
    account: Account, folder: str, uidvalidity: int, uid: int, why: str, last_uid: int | None,
) -> None:
    """Commit a failed row for a mail whose bytes we cannot get, so that it is seen and blocks no other."""
    with database().write() as db:
        row = accept(db, delivery(account, folder, uidvalidity, uid, b""))
        if row is not None:
            finish(row, "failed", why)
        if last_uid is not None:
            move(db, account, folder, last_uid=last_uid)


def unread_uids(account: Account, folder: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Which of these UIDs have a row without bytes: those that could not be fetched."""
    empty = _unread_keys(account)
    if not empty:
        return set()
    keys = keys_of(account, folder, uidvalidity, uids)
    return {keys[key] for key in empty if key in keys}


def asked_in(account: Account, folder: str) -> dict[str, int]:
    """Transport key → row of the mails of a folder that could not be fetched and are wanted again."""
    with database().read() as db:
        return {row.transport_key: row.id for row in asked_again(db)
                if row.mailbox_id == account.mailbox_id and row.source.partition(" ")[2] == folder}


def still_unread(row_id: int, why: str) -> None:
    """Asking again was in vain."""
    with database().write() as db:
        row = db.get(InboundMail, row_id)
        if row is not None:
            finish(row, "failed", why)


def any_unread(account: Account) -> bool:
    """Whether any mail of this mailbox could not be fetched."""
    return bool(_unread_keys(account))


def stored_uids(account: Account, folder: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Which of these UIDs are in the ledger with their bytes."""
    known = known_uids(account, folder, uidvalidity, uids)
    return known - unread_uids(account, folder, uidvalidity, sorted(known)) if known else known


def accept_at_last(account: Account, folder: str, uidvalidity: int, uid: int, raw: bytes) -> None:
    """Put the bytes of a mail that could not be fetched before in the place of its empty row."""
    late = delivery(account, folder, uidvalidity, uid, raw)
    with database().write() as db:
        db.execute(delete(InboundMail).where(
            InboundMail.transport_key == transport_key("imap", account.mailbox_id, late.key), InboundMail.size == 0))
        accept_all(db, [late])


def begin(
    account: Account, folder: str, uidvalidity: int, next_uid: int, last_uid: int, at: datetime,
    unsettled: Collection[int],
) -> None:
    """Set the cursor at ``last_uid``, at the first contact or after a rescan; before ``next_uid`` nothing was new.

    What is ``unsettled`` is below it: marked, moved or deleted after this, or at the next start.
    """
    with database().write() as db:
        cursor = cursor_of(db, account, folder)
        if cursor is None:
            cursor = ImapCursor(mailbox_id=account.mailbox_id, folder=folder, started_at=at)
            db.add(cursor)
        cursor.uidvalidity, cursor.first_uid = uidvalidity, next_uid
        cursor.last_uid = last_uid
        cursor.settled_uid = min(unsettled, default=last_uid + 1) - 1
        cursor.reconciled_at = at


def settled(account: Account, folder: str, uid: int) -> None:
    """Everything up to this UID was also marked, moved or deleted."""
    with database().write() as db:
        move(db, account, folder, settled_uid=uid)


def move(db: Session, account: Account, folder: str, **to: int | datetime) -> None:
    """Move the cursor."""
    db.execute(update(ImapCursor).where(
        ImapCursor.mailbox_id == account.mailbox_id, ImapCursor.folder == folder).values(**to))


def any_message(ids: Iterable[str]) -> bool:
    """Whether one of these Message-IDs is on a ticket."""
    keys = [message_key(message_id) for message_id in ids][:50]
    with database().read() as db:
        return db.scalar(select(Message.id).where(Message.message_key.in_(keys)).limit(1)) is not None


def _key(folder: str, uidvalidity: int, uid: int) -> str:
    return f"{folder}\0{uidvalidity}\0{uid}"


def _source(folder: str, uidvalidity: int) -> str:
    return f"{uidvalidity} {folder}"


def _unread_keys(account: Account) -> list[str]:
    with database().read() as db:
        return list(db.scalars(select(InboundMail.transport_key).where(
            InboundMail.state == "failed", InboundMail.mailbox_id == account.mailbox_id,
            InboundMail.transport == "imap", InboundMail.size == 0)))
