"""Once a day: is every mail of a folder in the ledger? What is not is fetched, and somebody is told."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog

from core.clock import now
from core.database import database
from core.i18n import gettext as _
from desk.alerts import end_alert, raise_alert
from mailgate import imap_ledger as ledger
from mailgate.imap_fetch import Unreadable, fetch
from mailgate.imap_folder import OpenFolder
from mailgate.imap_storing import take

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
RETRY = 3600.0


def reconcile_when_due(folder: OpenFolder, at: datetime | None = None) -> None:
    """Reconcile if the last time is a day ago."""
    cursor = ledger.position(folder.account, folder.name)
    at = at or now()
    if cursor is not None and (cursor.reconciled_at is None or cursor.reconciled_at + EVERY < at):
        reconcile(folder, cursor.first_uid, at)


def reconcile(folder: OpenFolder, first_uid: int, at: datetime) -> None:
    """Compare every UID between the first and the highest with the ledger; fetch what is missing."""
    present = [uid for uid in folder.above(first_uid - 1) if uid <= folder.highest]
    known = ledger.known_uids(folder.account, folder.name, folder.uidvalidity, present)
    missing = [uid for uid in present if uid not in known and uid not in folder.waiting]
    retry_unread(folder, present)
    _tell(folder, len(missing), at)
    folder.waiting.update(missing)
    for uid in missing:
        take(folder, [uid])


def retry_at_start(folder: OpenFolder) -> None:
    """At a new connection, try again what could not be fetched before."""
    cursor = ledger.position(folder.account, folder.name)
    if cursor is not None and ledger.any_unread(folder.account):
        retry_unread(folder, [uid for uid in folder.above(cursor.first_uid - 1) if uid <= folder.highest])


def retry_unread(folder: OpenFolder, present: list[int]) -> None:
    """Fetch mails that could not be fetched before, each once an hour; the alert ends when none is left.

    The hour matters for a mail that makes the server hang up: it costs one connection, not all of them.
    """
    unread = ledger.unread_uids(folder.account, folder.name, folder.uidvalidity, present)
    for uid in sorted(unread):
        if folder.memory.retried.get(uid, -RETRY) + RETRY > time.monotonic():
            continue
        folder.memory.retried[uid] = time.monotonic()
        try:
            raws = fetch(folder, [uid])
        except Unreadable:
            continue
        if uid in raws:
            ledger.accept_at_last(folder.account, folder.name, folder.uidvalidity, uid, raws[uid])
            folder.unsettled.add(uid)
            folder.stored()
            unread.discard(uid)
    if not unread:
        with database().write() as db:
            end_alert(db, folder.about, "unreadable")


def _tell(folder: OpenFolder, missing: int, at: datetime) -> None:
    with database().write() as db:
        if missing:
            log.warning("imap.missing", mailbox=folder.account.uid, folder=folder.name, mails=missing)
            raise_alert(db, folder.about, "missing",
                        _("%(missing)s mails in %(name)s of %(address)s had not reached the desk. They "
                          "have been fetched now; please look whether somebody waits for an answer.",
                          missing=missing, name=folder.name, address=folder.account.address))
        else:
            end_alert(db, folder.about, "missing")
        ledger.move(db, folder.account, folder.name, reconciled_at=at)
