"""The SMTP door: takes mail for our mailboxes from anyone, and says 250 only after the commit of its bytes.

Refused at the door is only what the envelope shows: no such mailbox, a blocked sender or client, too large.
The loop never waits for the database: questions go to a few threads, bytes to the committer.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import gettext as _
from core.settings import Settings, address_of
from desk.inbound import Delivery
from mailgate.bell import Bell
from mailgate.committer import Committer
from mailgate.smtp_crowd import Crowd
from mailgate.smtp_envelope import Envelopes, better_recipient
from mailgate.smtp_visit import Visit

log = structlog.get_logger(__name__)

RECIPIENTS = 200
#: Seconds for the database to answer a question, and to commit a mail.
ASKING = 15.0
PATIENCE = 45.0
NOT_NOW = "451 4.3.0 The mail cannot be stored just now, try again later"


class Door:
    """The listening door and, for aiosmtpd, the handler of its sessions.

    ``idle`` and ``longest`` are seconds: between two commands, and for one mail. All mails being read share
    room for eight of the largest.
    """

    def __init__(self, settings: Settings, *, idle: float = 300, longest: float = 1800) -> None:
        self.host, self.port = address_of(settings.smtp)
        self.hostname = ascii_of(settings.smtp_hostname or socket.getfqdn())
        self.size, self.idle, self.longest = settings.smtp_size, idle, longest
        self.tls = tls_of(settings)
        self.crowd = Crowd(8 * settings.smtp_size)
        self._envelopes = Envelopes()
        self._begin()
        self._bell = Bell()

    def _begin(self) -> None:
        self._threads = ThreadPoolExecutor(4, "door")
        self._committer = Committer()

    def _begin_anew(self) -> None:
        """Leave behind the threads and connections on which the database has fallen silent: they may wait for ever."""
        self._threads.shutdown(wait=False)
        self._committer.close(0)
        self._begin()
        self._threads.submit(database().engine.dispose)

    async def open(self) -> None:
        """Listen; ``port`` then says where, also when 0 was asked for. Raises OSError when the place is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Visit(self, loop), self.host, self.port, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]
        log.info("door.open", host=self.host, port=self.port)

    async def close(self, seconds: float = 3.0) -> None:
        """Take no more; let what is being committed be answered; send the others away."""
        self._server.close()
        deadline = asyncio.get_running_loop().time() + seconds
        while self.crowd.visits and asyncio.get_running_loop().time() < deadline:
            for visit in [visit for visit in self.crowd.visits if not visit.busy]:
                send_away(visit)
            await asyncio.sleep(0.02)
        await asyncio.to_thread(self._committer.close, 0.5)
        self._bell.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, visit: Visit, session: Any, envelope: Any, hostname: str, responses: list[str],
    ) -> list[str]:
        """What we can do. Nobody signs in here, so no AUTH."""
        session.host_name = hostname
        kept = [line for line in responses if not line.startswith(("250-AUTH", "250 HELP"))]
        return [*kept, "250-PIPELINING", "250 HELP"]

    async def handle_MAIL(  # noqa: N802
        self, visit: Visit, session: Any, envelope: Any, sender: str, options: list[str],
    ) -> str:
        """Take the sender unless it is blocked."""
        if await self._ask(self._envelopes.refuses_sender, sender, visit.client):
            return "550 5.7.1 We take no mail from this sender"
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, visit: Visit, session: Any, envelope: Any, recipient: str, options: list[str],
    ) -> str:
        """Take the recipient when it is one of our mailboxes."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the others separately"
        mailbox_id = await self._ask(self._envelopes.mailbox_id, recipient)
        if mailbox_id is None:
            shown = text_for(envelope, recipient)
            return f"550 5.1.1 There is no mailbox {shown} here"
        envelope.rcpt_tos.append(recipient)
        envelope.mailboxes[mailbox_id] = better_recipient(envelope.mailboxes.get(mailbox_id), recipient)
        return "250 2.1.5 OK"

    async def deliver(self, visit: Visit, raw: bytes) -> str:
        """Commit one row per mailbox; 250 when it is done, 451 when it cannot be done now."""
        name, at = uuid.uuid4().hex, now()
        envelope = visit.addressed()
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        deliveries = [
            Delivery(mailbox_id, "smtp", name, raw, sender, recipient, visit.client, at=at)
            for mailbox_id, recipient in envelope.mailboxes.items()]
        try:
            await self._answer(asyncio.wrap_future(self._committer.submit(deliveries)), PATIENCE)
        except Exception as error:  # noqa: BLE001 - no error of ours may look like a refusal or kill the session
            return self.went_wrong(error)
        self._bell.ring()
        return f"250 2.0.0 OK: kept as {name[:12]}"

    def went_wrong(self, error: Exception) -> str:
        """The answer to an error of ours."""
        log.warning("door.went_wrong", kind=type(error).__name__, why=str(error).split("\n")[0][:200])
        return NOT_NOW

    async def _ask(self, question: Callable[..., Any], *about: Any) -> Any:
        return await self._answer(asyncio.get_running_loop().run_in_executor(self._threads, question, *about), ASKING)

    async def _answer(self, answer: asyncio.Future[Any], seconds: float) -> Any:
        """What the database answers. Raises TimeoutError when it does not; then we begin anew, once for all who wait."""
        threads = self._threads
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            if threads is self._threads:
                self._begin_anew()
            raise


def send_away(visit: Visit) -> None:
    """Close a connection with a word; the client comes again later."""
    if isinstance(visit.transport, asyncio.WriteTransport) and not visit.transport.is_closing():
        visit.transport.write(b"421 4.3.2 The desk is closing, try again later\r\n")
        visit.transport.close()


def text_for(envelope: Any, text: str) -> str:
    """Text from a client as it may be said back: UTF-8 only to one that gave SMTPUTF8 (RFC 6531 section 3.7.4)."""
    clean = text.encode("utf-8", "replace").decode()[:200]
    return clean if envelope.smtp_utf8 else ascii_of(clean)


def ascii_of(text: str) -> str:
    """Text in ASCII, other characters written as ``\\xf8``."""
    return text.encode("ascii", "backslashreplace").decode()


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """For STARTTLS, when a certificate is set. Raises Refused when it cannot be used."""
    if not settings.smtp_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.smtp_certificate, settings.smtp_key or None)
    except OSError as error:
        raise Refused(_("The certificate of the SMTP door cannot be used: %(why)s. Look at SKRANKE_SMTP_CERTIFICATE and SKRANKE_SMTP_KEY.",
                        why=error.strerror or error)) from error
    return context
