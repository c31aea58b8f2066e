"""What the door decides by the envelope alone: is this client, this sender, this recipient welcome?

Everything else is decided after the bytes are safe. These functions ask the database and therefore run in
threads of their own, never on the door's loop.
"""

from __future__ import annotations

import re
import time

from core.database import database
from desk.blocking import is_blocked, is_blocked_client
from desk.mailboxes import mailbox_at, mailbox_of_postmaster

#: Seconds for which a found mailbox is believed without asking again. One that is missing is asked for each time.
BELIEVED = 2.0

_PATH = re.compile(
    r"""\s*<(?:@[^<>:]*:)?                               # a source route is read and forgotten (RFC 5321 appendix C)
        ( (?:"(?:[^"\\]|\\.)*" | [^<>\s"@]+ ) (?:@[^<>\s"@]+)? | )
        >\s*(.*)""", re.VERBOSE | re.DOTALL)
_BARE = re.compile(r"\s*([^<>\s\"@]+@[^<>\s\"@]+)\s*()")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def path_of(argument: str) -> tuple[str, str] | tuple[None, None]:
    """``"<ole@x.example> SIZE=7"`` → ``("ole@x.example", "SIZE=7")``; the null sender is ``("<>", ...)``.

    An address without brackets is read too (RFC 5321 section 4.1.1.2, and what scanners and printers send).
    Bytes that are no UTF-8 become ``?``. Two Nones when it is no address, or has control characters in it.
    """
    argument = argument.encode("utf-8", "replace").decode()
    found = _PATH.fullmatch(argument) or _BARE.fullmatch(argument)
    if found is None or len(found[1]) > 1000 or _CONTROL.search(found[1]):
        return None, None
    return found[1] or "<>", found[2]


class Envelopes:
    """Answers about senders and recipients, with a short memory for mailboxes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}

    def refuses_sender(self, sender: str, client: str) -> bool:
        """Whether an admin blocked this sender or this client. The null sender is nobody to block."""
        with database().read() as db:
            return is_blocked_client(db, client) or (sender not in ("", "<>") and is_blocked(db, sender))

    def mailbox_id(self, recipient: str) -> int | None:
        """The mailbox that receives at this address; None when there is none or it is switched off.

        A domain may end in the dot of its root. The postmaster of our domains, or of none, is the first mailbox
        (RFC 5321 section 4.5.1).
        """
        known = self._known.get(recipient)
        if known and known[1] > time.monotonic():
            return known[0]
        with database().read() as db:
            address = recipient.rstrip(".") if "@" in recipient else recipient
            mailbox = mailbox_at(db, address)
            mailbox = mailbox if mailbox is not None and mailbox.active else mailbox_of_postmaster(db, address)
            found = mailbox.id if mailbox is not None else None
        self._remember(recipient, found)
        return found

    def _remember(self, recipient: str, mailbox_id: int | None) -> None:
        if len(self._known) > 1000:
            self._known.clear()
        if mailbox_id is None:
            self._known.pop(recipient, None)
        else:
            self._known[recipient] = (mailbox_id, time.monotonic() + BELIEVED)


def better_recipient(one: str | None, other: str) -> str:
    """Of two recipients in the same mailbox the one that says more: an address with a tag."""
    return other if one is None or ("+" not in one and "+" in other) else one
