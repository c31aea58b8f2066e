"""A copy of what was sent in the Sent folder, for those who also read the mailbox elsewhere.

The mail has gone when this begins: whatever fails here is written down and never sends anything again.
"""

from __future__ import annotations

from datetime import datetime

from imapclient import SEEN
from imapclient.exceptions import IMAPClientError

from core.errors import Refused
from core.i18n import gettext as _
from desk.mailboxes import Mailbox
from mailgate.imap_account import account_of, said, signed_in


def wants_copy(mailbox: Mailbox) -> bool:
    """Whether what is sent from this mailbox is copied: it names a folder and is read over IMAP."""
    return bool(mailbox.sent_folder and mailbox.imap_url)


def copy_to_sent(mailbox: Mailbox, mail: bytes, at: datetime) -> str:
    """Append the mail to the Sent folder, marked as read; return why it failed, or nothing.

    A folder that is not there is made.
    """
    try:
        client = signed_in(account_of(mailbox))
        try:
            if not client.folder_exists(mailbox.sent_folder):
                client.create_folder(mailbox.sent_folder)
            client.append(mailbox.sent_folder, mail, (SEEN,), at)
        finally:
            client.hang_up()
    except (OSError, IMAPClientError, Refused) as error:
        return _("It was sent, but the copy to the folder %(folder)s failed: %(said)s", folder=mailbox.sent_folder,
                 said=said(error))
    return ""
