"""Deleting mails for good at the provider of a mailbox, in whatever folder they lie by now.

Every folder of the account is looked through: the gate's own, Sent, archives, and the bin last. A mail is known by its folder and UID where the gate
fetched it there, elsewhere by its Message-ID: all of a folder are read and compared as keyed digests, since nobody knows any more how they read. A
mail without one is known by its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from imapclient import DELETED
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from core.errors import Refused
from core.i18n import gettext as _
from core.tokens import digest
from desk.erasing.upstream import Away, Refusal, Told, Wanted
from desk.inbound import message_key_of
from desk.mailboxes import Mailbox
from mailgate import imap_ledger as ledger
from mailgate.imap_account import Account, account_of, said, signed_in
from mailgate.imap_client import Client

#: Mails of which one question asks.
LOT = 500
#: For how long before the desk had it a mail may have lain there.
BEFORE = timedelta(days=60)
_ID = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
#: Folders that show what lies in others, and those to which deleting may move: after all others, in this order.
_LAST = (rb"\All", rb"\Junk", rb"\Trash")


def remove(mailbox: Mailbox, wanted: Sequence[Wanted], told: Told) -> Refusal | None:
    """Delete and expunge these mails, and say after each folder which were there. No transaction may be open.

    Raises Away when the server cannot be reached or does not let us in. Where it opens a folder to nobody, or keeps what is to go, that is a
    refusal of the mails that are not known to be gone.
    """
    met, stuck, closed, why = set[str](), set[str](), False, ""
    try:
        account = account_of(mailbox)
        client = signed_in(account)
        try:
            for folder in _folders(client):
                try:
                    found, kept = _remove_from(client, account, folder, wanted)
                    if kept:
                        stuck |= kept
                        why = _("The server keeps mails in the folder %(folder)s (%(mails)s).", mails=len(kept), folder=folder)
                    met |= found
                    told(found)
                except IMAPClientAbortError:
                    raise
                except IMAPClientError as error:
                    closed, why = True, _("The folder %(folder)s cannot be cleared: %(said)s", folder=folder, said=said(error))
        finally:
            client.hang_up()
    except Refused as error:
        raise Away(error.sentence) from error
    except (OSError, IMAPClientError) as error:
        raise Away(said(error)) from error
    refused = stuck | ({one.uid for one in wanted} - met if closed else set())
    return Refusal(frozenset(refused), why) if refused else None


def expunge(client: Client, uids: list[int]) -> None:
    """Delete for good, and nothing else. Without UIDPLUS what somebody else has marked for deleting is unmarked meanwhile."""
    client.add_flags(uids, [DELETED], silent=True)
    if client.can("UIDPLUS"):
        client.uid_expunge(uids)
        return
    theirs = sorted(set(client.search("DELETED")) - set(uids))
    if theirs:
        client.remove_flags(theirs, [DELETED], silent=True)
    client.expunge()
    if theirs:
        client.add_flags(theirs, [DELETED], silent=True)


def _folders(client: Client) -> Iterator[str]:
    """All that can be opened, those to which others' mails go last."""
    found = [(flags, name) for flags, _delimiter, name in client.list_folders() if rb"\Noselect" not in flags and rb"\NonExistent" not in flags]
    trash = _trash(client)
    yield from (name for _order, name in sorted(
        (len(_LAST) if name == trash else max((n for n, flag in enumerate(_LAST, 1) if flag in flags), default=0), name) for flags, name in found))


def _trash(client: Client) -> str | None:
    """The folder that takes what is deleted."""
    found: str | None = client.find_special_folder(rb"\Trash")
    return found


def _remove_from(client: Client, account: Account, folder: str, wanted: Sequence[Wanted]) -> tuple[set[str], set[str]]:
    """The uids of those that were in a folder, and of those of them that the server keeps."""
    info = client.select_folder(folder)
    found = dict(_by_uid(client, account, folder, int(info[b"UIDVALIDITY"]), wanted))
    found |= dict(_by_content(client, wanted, set(found)))
    uids, kept = sorted(found), set[int]()
    for start in range(0, len(uids), LOT):
        some = uids[start:start + LOT]
        _delete(client, folder, some)
        kept |= set(client.search(["UID", ",".join(map(str, some))])) & set(some)
    return {found[uid] for uid in uids}, {found[uid] for uid in kept}


def _delete(client: Client, folder: str, uids: list[int]) -> None:
    """Where folders are labels (Gmail), what is deleted from one stays in another until it has gone through the bin."""
    trash = _trash(client) if client.can("X-GM-EXT-1") else None
    if trash is not None and folder != trash:
        client.move(uids, trash)
    else:
        expunge(client, uids)


def _by_uid(client: Client, account: Account, folder: str, uidvalidity: int, wanted: Sequence[Wanted]) -> Iterator[tuple[int, str]]:
    """UID → uid of those that the gate fetched here."""
    fetched = {one.transport: one.uid for one in wanted if one.transport}
    if fetched:
        for key, uid in ledger.keys_of(account, folder, uidvalidity, client.search("ALL")).items():
            if key in fetched:
                yield uid, fetched[key]


def _by_content(client: Client, wanted: Sequence[Wanted], known: set[int]) -> Iterator[tuple[int, str]]:
    """UID → uid of those that have the same Message-ID; of mails without one, the same bytes."""
    keys = {one.key: one.uid for one in wanted if one.key}
    nameless = [one for one in wanted if not one.key and one.size]
    since = (min(one.at for one in wanted) - BEFORE).date()
    uids = sorted(set(client.search(["SINCE", since])) - known)
    for start in range(0, len(uids), LOT):
        for uid, data in client.fetch(uids[start:start + LOT], [_ID, "RFC822.SIZE"]).items():
            key = message_key_of(_head(data))
            if key in keys:
                yield uid, keys[key]
            elif not key and (alike := [one for one in nameless if _about(data.get(b"RFC822.SIZE", 0), one.size)]):
                yield from _same_bytes(client, uid, alike)


def _about(told: int, size: int) -> bool:
    """Servers tell sizes that are not quite so."""
    return abs(told - size) <= size // 10 + 500


def _same_bytes(client: Client, uid: int, candidates: Sequence[Wanted]) -> Iterator[tuple[int, str]]:
    mark = digest("raw", client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
    yield from ((uid, one.uid) for one in candidates if one.digest == mark)


def _head(data: dict[bytes, object]) -> bytes:
    return next((value for key, value in data.items() if key.startswith(b"BODY[HEADER") and isinstance(value, bytes)), b"")
