"""Fetching bytes: many small mails at once, big ones one by one, and one that cannot be had alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from core.errors import Refused
from core.i18n import gettext as _
from mailgate.imap_account import said
from mailgate.imap_folder import OpenFolder

log = structlog.get_logger(__name__)

MOST_MAILS = 100
MOST_BYTES = 5_000_000
LARGEST = 100_000_000
TRIES = 3


class Unreadable(Refused):
    """The bytes of one mail cannot be had, although the server was asked often enough."""


def batches(folder: OpenFolder, uids: Sequence[int]) -> Iterator[list[int]]:
    """The UIDs in portions of limited size, in order. Mails that made trouble before go alone."""
    sizes = _sizes(folder, uids)
    batch: list[int] = []
    held = 0
    for uid in uids:
        size = sizes.get(uid, MOST_BYTES)
        alone = uid in folder.memory.careful
        if batch and (alone or held + size > MOST_BYTES or len(batch) >= MOST_MAILS):
            yield batch
            batch, held = [], 0
        batch.append(uid)
        held += MOST_BYTES if alone else size
    if batch:
        yield batch


def fetch(folder: OpenFolder, uids: list[int]) -> dict[int, bytes]:
    """The bytes of these mails, without touching their flags (BODY.PEEK, RFC 3501 section 6.4.5).

    Mails that have gone meanwhile are left out. Where one cannot be had, they are tried one by one; the one
    is left out too until it has failed three times: then Unreadable is raised for it, when it is asked alone.
    """
    if len(uids) == 1:
        return _one(folder, uids[0])
    try:
        found = _bodies(folder, uids)
    except (IMAPClientAbortError, OSError):
        folder.memory.careful.update(uids)
        raise
    except (IMAPClientError, ValueError, TypeError, LookupError) as error:
        # whatever one answer broke in the library's parser, it must not keep the others from us
        log.info("imap.one_by_one", mailbox=folder.account.uid, why=said(error))
        found = {}
    missing = [uid for uid in uids if uid not in found]
    folder.memory.careful.update(missing)
    return found


def _one(folder: OpenFolder, uid: int) -> dict[int, bytes]:
    folder.memory.careful.add(uid)
    folder.memory.tries[uid] += 1
    try:
        _refuse_too_large(folder, uid)
        found = _bodies(folder, [uid])
        if not found and uid in folder.client.search(["UID", str(uid)]):
            raise IMAPClientError("the server names this mail but does not hand it over")
    except (IMAPClientError, OSError, ValueError, TypeError, LookupError) as error:
        if folder.memory.tries[uid] >= TRIES:
            raise _unreadable(folder, uid, error) from error
        if isinstance(error, IMAPClientAbortError | OSError):
            raise
        return {}
    folder.memory.careful.discard(uid)
    del folder.memory.tries[uid]
    return found


def _bodies(folder: OpenFolder, uids: list[int]) -> dict[int, bytes]:
    answer = folder.client.fetch(uids, ["BODY.PEEK[]"])
    return {uid: data[b"BODY[]"] for uid, data in answer.items() if isinstance(data.get(b"BODY[]"), bytes)}


def _refuse_too_large(folder: OpenFolder, uid: int) -> None:
    size = _sizes(folder, [uid]).get(uid, 0)
    if size > LARGEST:
        raise Unreadable(_("This mail of %(size)s MB is larger than the desk takes from a mailbox "
                           "(%(largest)s MB). It is still in %(name)s.", size=size // 1_000_000,
                           largest=LARGEST // 1_000_000, name=folder.name))


def _unreadable(folder: OpenFolder, uid: int, error: BaseException) -> Unreadable:
    return Unreadable(_("%(host)s could not hand over this mail (UID %(uid)s in %(name)s): %(said)s. It is "
                        "still there; the desk tries again every day.", host=folder.account.host, uid=uid,
                        name=folder.name, said=said(error)))


def _sizes(folder: OpenFolder, uids: Sequence[int]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for start in range(0, len(uids), 1000):
        answer = folder.client.fetch(list(uids[start:start + 1000]), ["RFC822.SIZE"])
        sizes.update((uid, data[b"RFC822.SIZE"]) for uid, data in answer.items() if b"RFC822.SIZE" in data)
    return sizes
