"""A folder that is open on a server, and what is known of its mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field

from mailgate import imap_ledger as ledger
from mailgate.imap_account import Account
from mailgate.imap_client import Client


@dataclass(slots=True)
class Memory:
    """What outlives a connection: how often a mail could not be had, which are fetched one by one now, and when
    a mail that was given up was last tried again (seconds of the monotonic clock)."""

    tries: Counter[int] = field(default_factory=Counter)
    careful: set[int] = field(default_factory=set)
    retried: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class OpenFolder:
    """A selected folder. ``waiting`` are UIDs not in the ledger yet, ``unsettled`` those in it but not yet
    marked, moved or deleted; ``highest`` is the highest UID seen, ``looked`` up to where the newest were
    given a chance to go ahead. ``stored`` is told after each commit. ``refused``: the server did not let us
    mark, move or delete; True at first, so that an alert from before is ended by the first success.
    """

    client: Client
    account: Account
    name: str
    uidvalidity: int
    next_uid: int
    memory: Memory
    stored: Callable[[], None]
    stopped: Callable[[], bool]
    waiting: set[int] = field(default_factory=set)
    unsettled: set[int] = field(default_factory=set)
    highest: int = 0
    looked: int = 0
    refused: bool = True

    @property
    def about(self) -> str:
        """The folder in an alert: its mailbox's address and its name."""
        return f"{self.account.address}, {self.name}"

    def above(self, uid: int) -> list[int]:
        """UIDs above this one. (``n:*`` always names the last mail too, RFC 3501 section 6.4.8.)"""
        return sorted(found for found in self.client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def done_up_to(self, storing: Set[int] = frozenset()) -> int:
        """The UID up to which nothing is missing once ``storing`` is stored."""
        left = self.waiting - storing
        return min(left) - 1 if left else self.highest


def opened(
    client: Client, account: Account, name: str, memory: Memory, stored: Callable[[], None],
    stopped: Callable[[], bool],
) -> OpenFolder:
    """Select the folder. Raises IMAPClientError when there is none."""
    answer = client.select_folder(name)
    highest = max(client.search("ALL"), default=0) if b"UIDNEXT" not in answer else 0
    return OpenFolder(client, account, name, int(answer.get(b"UIDVALIDITY", 0)),
                      int(answer.get(b"UIDNEXT", highest + 1)), memory, stored, stopped)


def look(folder: OpenFolder) -> None:
    """Note what is new: above the highest UID seen and not in the ledger."""
    new = folder.above(folder.highest)
    if new:
        known = ledger.known_uids(folder.account, folder.name, folder.uidvalidity, new)
        folder.unsettled |= ledger.stored_uids(folder.account, folder.name, folder.uidvalidity, sorted(known))
        folder.waiting.update(uid for uid in new if uid not in known)
        folder.highest = new[-1]
