"""Bytes of a folder's mails into the ledger: the commit first, everything else after it."""

from __future__ import annotations

import time

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from sqlalchemy.exc import DBAPIError

from core.database import database
from core.outage import is_outage
from desk.alerts import raise_alert
from mailgate import imap_ledger as ledger
from mailgate.imap_account import said
from mailgate.imap_after import settle
from mailgate.imap_erasing import expunge
from mailgate.imap_fetch import Unreadable, fetch
from mailgate.imap_folder import OpenFolder

log = structlog.get_logger(__name__)


def take(folder: OpenFolder, batch: list[int]) -> None:
    """Fetch waiting mails, commit them with the cursor, settle them. What cannot be had yet goes on waiting."""
    try:
        raws = fetch(folder, batch)
    except Unreadable as error:
        folder.waiting.discard(batch[0])
        set_aside(folder, batch[0], error, folder.done_up_to())
        return
    done = set(batch) - folder.memory.careful
    store(folder, raws, folder.done_up_to(done))
    folder.waiting -= done
    if raws:
        _delete_erased(folder, raws)
        settle(folder)


def _delete_erased(folder: OpenFolder, raws: dict[int, bytes]) -> None:
    """What was erased and came back from a copy of the server's is deleted there once more."""
    if gone := sorted(ledger.erased(raws)):
        folder.unsettled.difference_update(gone)
        log.info("imap.erased_again", mailbox=folder.account.uid, mails=len(gone))
        try:
            expunge(folder.client, gone)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            log.warning("imap.erased_stays", mailbox=folder.account.uid, mails=len(gone), why=said(error))


def store(folder: OpenFolder, raws: dict[int, bytes], last_uid: int | None) -> None:
    """Commit bytes and cursor; then, and only then, ring.

    When the database refuses one of several, each is committed alone.
    """
    try:
        ledger.accept_mails(folder.account, folder.name, folder.uidvalidity, raws, last_uid)
    except (DBAPIError, ValueError) as error:
        if is_outage(error) or len(raws) < 2:
            raise           # locked or gone: it concerns all of them
        for uid, raw in raws.items():
            store(folder, {uid: raw}, None)
        store(folder, {}, last_uid)
        return
    folder.unsettled.update(raws)
    if raws:
        folder.stored()


def set_aside(folder: OpenFolder, uid: int, error: Unreadable, last_uid: int | None) -> None:
    """Write down that a mail is there but cannot be had, so that it is seen and blocks no other."""
    log.warning("imap.unreadable", mailbox=folder.account.uid, folder=folder.name, uid=uid)
    folder.memory.careful.discard(uid)
    folder.memory.retried[uid] = time.monotonic()
    ledger.accept_unread(folder.account, folder.name, folder.uidvalidity, uid, error.sentence, last_uid)
    with database().write() as db:
        raise_alert(db, folder.about, "unreadable", error.sentence)
