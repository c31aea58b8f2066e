"""Which mailboxes this gate reads: one reader per mailbox however many gates run, by leases in the database.

Looks every two seconds for mailboxes that are new, changed or gone, so that nothing has to be restarted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.database import database
from core.errors import Refused
from core.leases import hold, holder, release
from desk.alerts import end_alert, raise_alert
from desk.mailboxes import Mailbox
from desk.replaying import asked_again
from mailgate.imap import FolderReader, Pace
from mailgate.imap_account import Account, account_of

log = structlog.get_logger(__name__)

EVERY = 2.0
LEASE = 20.0
PROLONG = 6.0


@dataclass(slots=True)
class Reading:
    """A mailbox being read here, and when its lease was last prolonged (seconds of the monotonic clock)."""

    account: Account
    readers: list[FolderReader]
    prolonged: float


class Readers:
    """The thread that starts and stops readers. ``stored`` is told after each commit of mails."""

    def __init__(self, stored: Callable[[], None], pace: Pace | None = None, every: float = EVERY) -> None:
        self._stored, self._pace, self._every = stored, pace, every
        self._who = holder()
        self._stop = threading.Event()
        self._reading: dict[int, Reading] = {}
        self._asked: dict[int, float] = {}
        self._told: dict[int, str] = {}
        self._wanted: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="readers", daemon=True)

    def start(self) -> Readers:
        """Begin to look."""
        self._thread.start()
        return self

    def close(self, seconds: float = 4.0) -> None:
        """Stop all readers and let go of their mailboxes; connections that hang are cut."""
        end = time.monotonic() + seconds
        self._stop.set()
        self._thread.join(seconds / 2)
        stop_all([r for reading in self._reading.values() for r in reading.readers], end - time.monotonic() - 0.5)
        try:
            with database().write() as db:
                for mailbox_id in self._reading:
                    release(db, lease_name(mailbox_id), self._who)
        except SQLAlchemyError:
            log.info("readers.leases_left")          # they end by themselves

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except SQLAlchemyError as error:
                log.warning("readers.database", why=str(error).split("\n")[0][:200])
            except Exception:  # whatever it was, the mailboxes that are read now go on being read
                log.exception("readers.bug")
            self._stop.wait(self._every)

    def _look(self) -> None:
        wanted = {account.mailbox_id: account for account in self._accounts()}
        for mailbox_id, reading in list(self._reading.items()):
            if wanted.get(mailbox_id) != reading.account:
                self._end(mailbox_id)
        self._prolong()
        for mailbox_id, account in wanted.items():
            if mailbox_id not in self._reading and self._may_ask(account):
                self._begin(account)
        self._wake()

    def _wake(self) -> None:
        """Readers of mailboxes in which a mail is wanted again look at once; for each such mail once."""
        with database().read() as db:
            wanted = {row.id: row.mailbox_id for row in asked_again(db)}
        for row_id, mailbox_id in wanted.items():
            if row_id not in self._wanted and mailbox_id in self._reading:
                for reader in self._reading[mailbox_id].readers:
                    reader.wake()
        self._wanted = set(wanted)

    def _accounts(self) -> list[Account]:
        """Every active mailbox that is read over IMAP. One whose URL makes no sense raises an alert instead."""
        with database().read() as db:
            mailboxes = db.scalars(select(Mailbox).where(Mailbox.active, Mailbox.imap_url != "")).all()
        accounts = []
        for mailbox in mailboxes:
            sentence = ""
            try:
                accounts.append(account_of(mailbox))
            except Refused as error:
                sentence = error.sentence
            self._tell(mailbox, sentence)
        return accounts

    def _tell(self, mailbox: Mailbox, sentence: str) -> None:
        if self._told.get(mailbox.id) != sentence:
            self._told[mailbox.id] = sentence
            with database().write() as db:
                if sentence:
                    raise_alert(db, mailbox.address, "account", sentence)
                else:
                    end_alert(db, mailbox.address, "account")

    def _may_ask(self, account: Account) -> bool:
        """A mailbox somebody else reads is asked for only every few seconds; each try is a write."""
        key, at = hash((account.mailbox_id, account.version)), time.monotonic()
        if self._asked.get(key, -PROLONG) + PROLONG > at:
            return False
        self._asked[key] = at
        return True

    def _begin(self, account: Account) -> None:
        with database().write() as db:
            if not hold(db, lease_name(account.mailbox_id), self._who, LEASE):
                return
        log.info("readers.begin", mailbox=account.uid, folders=len(account.folders))
        self._reading[account.mailbox_id] = Reading(
            account, [FolderReader(account, folder, self._stored, self._pace).start() for folder in account.folders],
            time.monotonic())

    def _end(self, mailbox_id: int) -> None:
        log.info("readers.end", mailbox=self._reading[mailbox_id].account.uid)
        reading = self._reading.pop(mailbox_id)
        stop_all(reading.readers, 3.0)
        with database().write() as db:
            release(db, lease_name(mailbox_id), self._who)
            for reader in reading.readers:
                for about in reader.abouts:
                    end_alert(db, about, "reading")
        self._asked.clear()

    def _prolong(self) -> None:
        at = time.monotonic()
        due = [i for i, reading in self._reading.items() if reading.prolonged + PROLONG < at]
        if not due:
            return
        with database().write() as db:
            lost = [i for i in due if not hold(db, lease_name(i), self._who, LEASE)]
        for mailbox_id in due:
            self._reading[mailbox_id].prolonged = at
        for mailbox_id in lost:
            self._end(mailbox_id)


def stop_all(readers: list[FolderReader], seconds: float) -> None:
    """Stop readers, first kindly; whoever still waits for a server after half the time is cut off."""
    for reader in readers:
        reader.stop()
    end = time.monotonic() + max(0.2, seconds)
    for reader in readers:
        reader.join(max(0.0, end - time.monotonic() - seconds / 2))
    for reader in readers:
        if not reader.join(0):
            reader.hang_up()
    for reader in readers:
        reader.join(max(0.0, end - time.monotonic()))


def lease_name(mailbox_id: int) -> str:
    """The lease of reading a mailbox."""
    return f"imap:{mailbox_id}"
