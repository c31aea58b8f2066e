"""Mails that could not be fetched and that an admin wants tried again: at the reader's next pass, not in a day."""

from __future__ import annotations

import time

from core.i18n import gettext as _
from mailgate import imap_ledger as ledger
from mailgate.imap_after import settle
from mailgate.imap_fetch import Unreadable, fetch
from mailgate.imap_folder import OpenFolder
from mailgate.imap_reconciling import retry_unread


def retry_asked(folder: OpenFolder) -> None:
    """Fetch what was asked for again; a row whose mail cannot be had this time either says why."""
    asked = ledger.asked_in(folder.account, folder.name)
    if not asked:
        return
    cursor = ledger.position(folder.account, folder.name)
    present = folder.above(cursor.first_uid - 1) if cursor is not None else []
    uids = ledger.keys_of(folder.account, folder.name, folder.uidvalidity, present)
    for key, row_id in asked.items():
        why = _tried(folder, uids[key]) if key in uids else _gone(folder)
        if why:
            ledger.still_unread(row_id, why)
    retry_unread(folder, [uid for uid in present if uid <= folder.highest])
    if folder.unsettled:
        settle(folder)


def _tried(folder: OpenFolder, uid: int) -> str:
    """Put the bytes in the place of the empty row; else why they cannot be had."""
    folder.memory.retried[uid] = time.monotonic()
    try:
        raws = fetch(folder, [uid])
        while uid in folder.memory.careful:
            raws = fetch(folder, [uid])
    except Unreadable as error:
        folder.memory.careful.discard(uid)
        return error.sentence
    if uid not in raws:
        return _gone(folder)
    ledger.accept_at_last(folder.account, folder.name, folder.uidvalidity, uid, raws[uid])
    folder.unsettled.add(uid)
    folder.stored()
    return ""


def _gone(folder: OpenFolder) -> str:
    return _("This mail is no longer in %(name)s under the number that it had.", name=folder.name)
