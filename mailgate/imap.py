"""Reading one folder of a mailbox over IMAP for as long as the gate runs: one thread, one connection.

Connect, go on where reading ended, store what is new, wait for more (IDLE, or looking every so often), and
when the server goes away come back later, with patience that grows.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from imapclient.exceptions import IMAPClientError
from sqlalchemy.exc import SQLAlchemyError

from core.database import database
from core.errors import Refused
from core.i18n import gettext as _
from desk.alerts import end_alert, raise_alert
from mailgate.imap_account import Account, SignInRefused, connected, said, sign_in
from mailgate.imap_asking import retry_asked
from mailgate.imap_catching_up import catch_up
from mailgate.imap_client import Client
from mailgate.imap_entering import enter
from mailgate.imap_folder import Memory, OpenFolder, opened
from mailgate.imap_reconciling import reconcile_when_due, retry_at_start
from mailgate.oauth import Revoked

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks without IDLE; of one IDLE (servers may end it after 30 minutes, RFC 2177, many
    routers much earlier); before the first and the longest wait after a failure; the same where we are not
    let in, long enough not to be locked out. ``patience``: failures in a row before an alert, about a minute of
    them: a server that is started anew is nothing to tell of.
    """

    poll: float = 20.0
    renew: float = 540.0
    first: float = 1.0
    longest: float = 300.0
    refused_first: float = 60.0
    refused_longest: float = 1800.0
    patience: int = 7


class FolderReader:
    """The thread of one folder. ``wake`` has it look, ``stop`` asks it to end, ``hang_up`` cuts its connection, ``join`` waits."""

    def __init__(self, account: Account, folder: str, stored: Callable[[], None], pace: Pace | None = None) -> None:
        self.account, self.folder, self.pace = account, folder, pace or Pace()
        self._stored = stored
        self._stop, self._woken = threading.Event(), threading.Event()
        self._memory = Memory()
        self._client: Client | None = None
        self._failures = 0
        self._in_folder = False              # trouble before that is the whole mailbox's
        self._troubled = True                # perhaps an alert stands from before we started
        self._thread = threading.Thread(target=self._run, name=f"imap-{account.mailbox_id}", daemon=True)

    def start(self) -> FolderReader:
        """Begin to read."""
        self._thread.start()
        return self

    def wake(self) -> None:
        """Look again without waiting for the server to say something."""
        self._woken.set()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def hang_up(self) -> None:
        """Do not wait for the server any longer."""
        if self._client is not None:
            self._client.hang_up()

    def join(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._read()
            except SQLAlchemyError as error:
                self._failed("the desk's database", error, tell=False)
            except (Refused, OSError, IMAPClientError) as error:
                self._failed(self.account.host, error)
            except Exception as error:  # a bug must not end the reading of a mailbox for good
                log.exception("imap.bug", mailbox=self.account.uid)
                self._failed(self.account.host, error)
            finally:
                self.hang_up()

    def _read(self) -> None:
        self._in_folder = False
        self._client = connected(self.account)
        sign_in(self._client, self.account)
        self._in_folder = True
        folder = self._open(self._client)
        enter(folder)
        retry_at_start(folder)
        while not self._stop.is_set():
            catch_up(folder)
            self._recovered()
            self._woken.clear()
            retry_asked(folder)
            reconcile_when_due(folder)
            self._wait(self._client, folder)

    def _open(self, client: Client) -> OpenFolder:
        try:
            return opened(client, self.account, self.folder, self._memory, self._stored, self._stop.is_set)
        except IMAPClientError as error:
            raise Refused(_("The folder %(folder)s of %(address)s cannot be opened: %(said)s", folder=self.folder,
                            address=self.account.address, said=said(error))) from error

    def _wait(self, client: Client, folder: OpenFolder) -> None:
        """Until something may have come. Mails that could not be had yet are asked for at the shorter pace."""
        if not client.can("IDLE") or folder.waiting:
            self._stop.wait(self.pace.poll)
            client.noop()
            return
        client.idle()
        end = time.monotonic() + self.pace.renew
        while not self._stop.is_set() and not self._woken.is_set() and time.monotonic() < end and not client.stirs(0.5):
            pass
        client.idle_done()

    def _recovered(self) -> None:
        if self._troubled:
            with database().write() as db:
                ended = [about for about in self.abouts if end_alert(db, about, "reading")]
            if ended:
                log.info("imap.recovered", mailbox=self.account.uid, folder=self.folder)
        self._failures, self._troubled = 0, False

    def _failed(self, where: str, error: Exception, *, tell: bool = True) -> None:
        """Say so once it is more than a hiccup, and wait; longer each time, never all readers in step.

        Of a grant that was taken back the mailbox's own alert tells, for all its folders and for sending.
        """
        if self._stop.is_set():
            return
        refused = isinstance(error, Refused)
        self._failures += 1
        log.info("imap.failed", mailbox=self.account.uid, folder=self.folder, times=self._failures, why=said(error))
        if tell and not isinstance(error, Revoked) and (refused or self._failures >= self.pace.patience):
            self._tell(error.sentence if isinstance(error, Refused) else
                       _("%(address)s cannot be read: %(where)s: %(said)s", address=self.account.address, where=where,
                         said=said(error)))
        self._stop.wait(self._delay(isinstance(error, SignInRefused | Revoked)))

    def _delay(self, refused: bool) -> float:
        first, longest = ((self.pace.refused_first, self.pace.refused_longest) if refused
                          else (self.pace.first, self.pace.longest))
        return float(min(longest, first * 2 ** min(self._failures - 1, 20)) * random.uniform(0.6, 1.0))  # noqa: S311

    def _tell(self, sentence: str) -> None:
        self._troubled = True
        try:
            with database().write() as db:
                if raise_alert(db, self.abouts[self._in_folder], "reading", sentence):
                    log.warning("imap.alert", mailbox=self.account.uid, folder=self.folder)
        except SQLAlchemyError as error:
            log.warning("imap.alert_lost", why=said(error))

    @property
    def abouts(self) -> tuple[str, str]:
        """What our alerts are about: the mailbox, one for all its folders, and the folder."""
        return self.account.address, f"{self.account.address}, {self.folder}"
