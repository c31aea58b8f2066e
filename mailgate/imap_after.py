"""What becomes of a mail on the server once its bytes are ours: left, marked as read, moved or deleted."""

from __future__ import annotations

from imapclient import DELETED, SEEN
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from core.database import database
from core.i18n import N_
from core.i18n import gettext as _
from desk.alerts import end_alert, raise_alert
from mailgate import imap_ledger as ledger
from mailgate.imap_account import Account, said
from mailgate.imap_client import Client
from mailgate.imap_folder import OpenFolder


def settle(folder: OpenFolder) -> None:
    """Do with all unsettled mails as the mailbox wants, then move the cursor.

    Called only after the commit that holds their bytes. A server that refuses raises an alert and is asked
    again at the next connection; reading goes on.
    """
    done = folder.done_up_to()
    if folder.unsettled and folder.account.after != "leave":
        try:
            settle_mails(folder.client, folder.account, folder.name, sorted(folder.unsettled))
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            _tell(folder, error)
            return
        if folder.refused:
            _tell(folder, None)
    folder.unsettled.clear()
    ledger.settled(folder.account, folder.name, done)


def settle_mails(client: Client, account: Account, folder: str, uids: list[int]) -> None:
    """Mark, move or delete some mails. A folder is never moved into itself, nor into another that is read."""
    if account.after == "seen":
        client.add_flags(uids, [SEEN], silent=True)
    elif account.after == "delete":
        delete(client, uids)
    elif account.after == "move" and account.move_to and account.move_to not in (folder, *account.folders):
        move(client, uids, account.move_to)


def move(client: Client, uids: list[int], target: str) -> None:
    """By MOVE (RFC 6851), or by copying and deleting where the server has none. The folder is made when missing."""
    if not client.folder_exists(target):
        client.create_folder(target)
    client.add_flags(uids, [SEEN], silent=True)
    if client.can("MOVE"):
        client.move(uids, target)
    else:
        client.copy(uids, target)
        delete(client, uids)


def delete(client: Client, uids: list[int]) -> None:
    """Delete for good; without UIDPLUS only if that takes no mail with it that somebody else marked."""
    client.add_flags(uids, [DELETED], silent=True)
    if client.can("UIDPLUS"):
        client.uid_expunge(uids)
    elif set(client.search("DELETED")) <= set(uids):
        client.expunge()


def _tell(folder: OpenFolder, error: IMAPClientError | None) -> None:
    folder.refused = error is not None
    with database().write() as db:
        if error is None:
            end_alert(db, folder.about, "settling")
        else:
            raise_alert(db, folder.about, "settling",
                        _(_WORDS[folder.account.after], said=said(error)))


_WORDS = {
    "seen": N_("The mails were read, but the server would not let us mark them: %(said)s"),
    "move": N_("The mails were read, but the server would not let us move them: %(said)s"),
    "delete": N_("The mails were read, but the server would not let us delete them: %(said)s"),
}
