"""Where reading a folder goes on: at its cursor, at a first contact, or after its UIDs became void."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import structlog
from imapclient import SEEN

from core.clock import now
from desk.mailboxes import ImapCursor
from mailgate import imap_ledger as ledger
from mailgate.imap_after import settle
from mailgate.imap_catching_up import catch_up
from mailgate.imap_folder import OpenFolder

log = structlog.get_logger(__name__)

#: At the first contact, unseen mails of so many days are taken, and from then on everything new.
FIRST_DAYS = 14
_DATE = "BODY.PEEK[HEADER.FIELDS (DATE)]"


def enter(folder: OpenFolder) -> None:
    """Find the place to go on from, and finish what a crash left between a commit and its marks."""
    cursor = ledger.position(folder.account, folder.name)
    if cursor is None:
        _first_contact(folder)
    elif cursor.uidvalidity != folder.uidvalidity:
        _rescan(folder, cursor)
    else:
        _resume(folder, cursor)
    if folder.unsettled:
        settle(folder)


def _first_contact(folder: OpenFolder) -> None:
    at = now()
    found = folder.client.search(["UNSEEN", "SINCE", (at - timedelta(days=FIRST_DAYS)).date()])
    uids = sorted(uid for uid in found if uid < folder.next_uid)
    if _taken(folder, uids):
        _begin(folder, at)


def _rescan(folder: OpenFolder, cursor: ImapCursor) -> None:
    """Another UIDVALIDITY voids all UIDs (RFC 3501 section 2.3.1.1): compare whatever came since the first contact."""
    log.info("imap.rescan", mailbox=folder.account.uid, folder=folder.name)
    found = folder.client.search(["SINCE", (cursor.started_at - timedelta(days=1)).date()])
    uids = sorted(uid for uid in found if uid < folder.next_uid)
    if _taken(folder, sorted(set(uids) - _left(folder, uids, cursor.started_at))):
        _begin(folder, cursor.started_at)


def _left(folder: OpenFolder, uids: list[int], at: datetime) -> set[int]:
    """Which of these the first contact had before it. Of those that it took there are rows, so none is wanted again.

    A server that was moved may give all mails a new internal date: then the mail's own date counts, for what the first
    contact left: what was read, or was older than its days.
    """
    left, second = set(), at.replace(microsecond=0)            # an internal date knows no part of a second
    for start in range(0, len(uids), 1000):
        for uid, data in folder.client.fetch(uids[start:start + 1000], ["INTERNALDATE", "FLAGS", _DATE]).items():
            written = _written(data)
            seen = SEEN in data.get(b"FLAGS", ())
            if data[b"INTERNALDATE"] < second or (written and written < (at if seen else at - timedelta(days=FIRST_DAYS))):
                left.add(uid)
    return left


def _written(data: dict[bytes, Any]) -> datetime | None:
    """The mail's Date, or None where it has none that makes sense."""
    head = next((value for key, value in data.items() if key.startswith(b"BODY[HEADER")), b"") or b""
    try:
        found = parsedate_to_datetime(head.decode("ascii", "replace").partition(":")[2].strip())
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _begin(folder: OpenFolder, at: datetime) -> None:
    ledger.begin(folder.account, folder.name, folder.uidvalidity, folder.next_uid, folder.highest, at,
                 folder.unsettled)


def _resume(folder: OpenFolder, cursor: ImapCursor) -> None:
    folder.highest = cursor.last_uid
    if cursor.settled_uid < cursor.last_uid:
        between = [uid for uid in folder.above(cursor.settled_uid) if uid <= cursor.last_uid]
        folder.unsettled |= ledger.stored_uids(folder.account, folder.name, folder.uidvalidity, between)


def _taken(folder: OpenFolder, uids: list[int]) -> bool:
    """Store those of these mails that we never had from this folder, and whatever comes meanwhile, which may go ahead.

    False when we were stopped before the end; what is stored is known the next time.
    """
    known = ledger.known_uids(folder.account, folder.name, folder.uidvalidity, uids)
    folder.unsettled |= ledger.stored_uids(folder.account, folder.name, folder.uidvalidity, uids)
    folder.highest = folder.next_uid - 1
    folder.waiting.update(uid for uid in uids if uid not in known)
    while folder.waiting and not folder.stopped():
        catch_up(folder)
    return not folder.stopped()
