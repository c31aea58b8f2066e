"""Mailboxes that are read over IMAP in tests, and their readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select

from core.database import Database
from core.tokens import seal
from desk.inbound import InboundMail, raw_of
from desk.mailboxes import Alert, ImapCursor, Mailbox, add_mailbox
from mailgate.imap import FolderReader, Pace
from mailgate.imap_account import account_of
from mailgate.readers import stop_all
from tests.servers import PASSWORD, USER

QUICK = Pace(poll=0.1, renew=20, first=0.05, longest=0.3, refused_first=0.2, refused_longest=0.4, patience=2)


def box(database: Database, url: str, **fields: Any) -> Mailbox:
    """A mailbox read from that URL."""
    with database.write() as db:
        return add_mailbox(db, USER, "Support", imap_url=url, **{"imap_password": seal(PASSWORD), **fields})


def letter(number: int | str, *more: str) -> bytes:
    """A small mail, recognisable by its number."""
    head = "".join(f"{line}\r\n" for line in more)
    return (f"From: ole@fjord.example\r\nTo: {USER}\r\nSubject: Mail {number}\r\n"
            f"Message-ID: <m{number}@fjord.example>\r\n{head}\r\nHello {number}.\r\n").encode()


@contextmanager
def reading(database: Database, mailbox: Mailbox, pace: Pace = QUICK) -> Iterator[list[FolderReader]]:
    """Read all folders of a mailbox while this lasts."""
    with database.read() as db:
        account = account_of(db.get_one(Mailbox, mailbox.id))
    readers = [FolderReader(account, folder, lambda: None, pace).start() for folder in account.folders]
    try:
        yield readers
    finally:
        stop_all(readers, 8)
        assert all(reader.join(0) for reader in readers), "a reader did not stop"


def rows(database: Database) -> list[InboundMail]:
    """The ledger, in order."""
    with database.read() as db:
        return list(db.scalars(select(InboundMail).order_by(InboundMail.id)))


def arrived(database: Database) -> int:
    """How many deliveries are in the ledger."""
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(InboundMail)) or 0


def subjects(database: Database) -> list[str]:
    """The subjects of all mails in the ledger, in order."""
    with database.read() as db:
        raws = [raw_of(db, row.id) for row in db.scalars(select(InboundMail).order_by(InboundMail.id))]
    return [raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for raw in raws]


def alerts(database: Database, *, standing: bool = True) -> list[tuple[str, str]]:
    """Kind and sentence of the alerts that stand, or of those that are over."""
    with database.read() as db:
        found = db.scalars(select(Alert).where(Alert.ended_at.is_(None) if standing else Alert.ended_at.is_not(None)))
        return [(alert.kind, alert.detail) for alert in found]


def cursor(database: Database, folder: str = "INBOX") -> ImapCursor | None:
    """How far a folder was read."""
    with database.read() as db:
        return db.scalar(select(ImapCursor).where(ImapCursor.folder == folder))
