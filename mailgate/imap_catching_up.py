"""Bringing everything new in a folder into the ledger, the newest not behind the oldest.

A slice at a time, each committed by itself: first what has just arrived, then the backlog from its oldest mail
on. What goes ahead answers nothing, or something that is on a ticket already, so that no reply overtakes its
parent.
"""

from __future__ import annotations

import re

from mailgate import imap_ledger as ledger
from mailgate.imap_after import settle
from mailgate.imap_fetch import batches
from mailgate.imap_folder import OpenFolder, look
from mailgate.imap_storing import take

SLICE = 100
AHEAD = 50
_ID = re.compile(r"<([^<>\s]+)>")
_ANSWERS = "BODY.PEEK[HEADER.FIELDS (IN-REPLY-TO REFERENCES)]"


def catch_up(folder: OpenFolder) -> None:
    """Store everything new. Mails that could not be had yet stay in ``waiting``."""
    tried: set[int] = set()
    look(folder)
    while (chosen := next_slice(folder, tried)) and not folder.stopped():
        for batch in batches(folder, chosen):
            take(folder, batch)
            tried.update(batch)
            if folder.stopped():
                return
        look(folder)
    for uid in sorted(folder.waiting):
        if not folder.stopped():
            take(folder, [uid])
    if folder.unsettled:
        settle(folder)


def next_slice(folder: OpenFolder, tried: set[int]) -> list[int]:
    """What to fetch next: of a large backlog the newest that may go ahead, once; else the oldest."""
    rest = sorted(folder.waiting - tried)
    if len(rest) > SLICE:
        newest = [uid for uid in rest[-AHEAD:] if uid > folder.looked]
        folder.looked = folder.highest
        if ahead := may_go_ahead(folder, newest):
            return ahead
    return rest[:SLICE]


def may_go_ahead(folder: OpenFolder, uids: list[int]) -> list[int]:
    """Those that answer nothing, or something that is on a ticket."""
    if not uids:
        return []
    answer = folder.client.fetch(uids, [_ANSWERS])
    heads = {uid: _head(data) for uid, data in answer.items()}
    ids = {uid: _ID.findall(head.decode("utf-8", "replace")) for uid, head in heads.items()}
    return [uid for uid in uids if uid in ids and (not ids[uid] or ledger.any_message(ids[uid]))]


def _head(data: dict[bytes, object]) -> bytes:
    return next((value for key, value in data.items() if key.startswith(b"BODY[HEADER") and isinstance(value, bytes)), b"")
