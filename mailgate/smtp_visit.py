"""One client at the SMTP door: aiosmtpd's session with our limits, our reading of addresses and of DATA."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, Envelope

from mailgate.smtp_data import has_false_end, read_data, unstuffed
from mailgate.smtp_envelope import path_of

if TYPE_CHECKING:
    from mailgate.smtp import Door

#: Times one connection may send a command; then 421. Relays that reuse connections stay far below.
COMMANDS = {"*": 10_000, "RCPT": 100_000, "NOOP": 1_000, "HELP": 50, "VRFY": 50, "EXPN": 50, "STARTTLS": 5, "AUTH": 10}
REFUSALS = 50
COMMAND_LENGTH = 2_048


class Addressed(Envelope):
    """An envelope that knows which mailboxes its recipients are: mailbox id → the address written to."""

    def __init__(self) -> None:
        super().__init__()
        self.mailboxes: dict[int, str] = {}


class Visit(SMTP):
    """A connection. ``busy`` while bytes are being committed; ``refusals`` counts what was refused."""

    line_length_limit = 2**16          # of the buffer, not of lines: see read_data
    command_size_limit = COMMAND_LENGTH

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self.door = door
        self.client = ""
        self.busy = False
        self.refusals = 0
        self.command_size_limits = defaultdict(lambda: COMMAND_LENGTH)
        super().__init__(
            door, data_size_limit=door.size, enable_SMTPUTF8=True, hostname=door.hostname, ident="ESMTP Skranke",
            tls_context=door.tls, timeout=door.idle, command_call_limit=COMMANDS,
            auth_exclude_mechanism=("LOGIN", "PLAIN"), loop=loop)

    def connection_made(self, transport: Any) -> None:
        """Let the client in, or turn it away when there are too many (once: STARTTLS comes here again)."""
        if self._original_transport is None and not self.door.crowd.admits(self, transport):
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone."""
        self.door.crowd.leaves(self)
        if self.session is not None:
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """The client will say no more."""
        return super().eof_received() if self.session is not None else None

    async def push(self, status: Any) -> None:
        """Answer; count refusals and say goodbye to whoever collects too many."""
        await super().push(status)
        if str(status).startswith(("550", "552", "553")):
            self.refusals += 1
            if self.refusals >= REFUSALS and self.transport is not None:
                await super().push("421 4.7.0 Too many refused commands, goodbye")
                self.transport.close()

    def addressed(self) -> Addressed:
        """The envelope of the mail that is being sent."""
        assert isinstance(self.envelope, Addressed)
        return self.envelope

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        """Tell nobody who is here (RFC 5321 section 7.3)."""
        await self.push("252 2.1.5 Cannot verify, but will take mail for our mailboxes")

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        """Once (RFC 3207 section 4.2)."""
        if self._original_transport is not None:
            await self.push("503 5.5.1 This line is encrypted already")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Read the mail and hand it to the door."""
        problem = self._cannot_take_data(arg)
        if problem:
            await self.push(problem)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            status = await asyncio.wait_for(self._taken(), self.door.longest)
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push(status)
        except asyncio.IncompleteReadError:
            raise ConnectionResetError("the client went away in the middle of a mail") from None
        except TimeoutError:
            await self.push("421 4.4.2 This mail took too long, goodbye")
            raise ConnectionResetError("a mail took too long") from None
        finally:
            self.busy = False

    def _cannot_take_data(self, arg: str | None) -> str | None:
        if self.session is None or not self.session.host_name:
            return "503 5.5.1 Send HELO first"
        if not self.addressed().rcpt_tos:
            return "503 5.5.1 No recipient was accepted"
        return "501 5.5.4 DATA takes no argument" if arg else None

    async def _taken(self) -> str:
        with self.door.crowd.room() as room:
            reading = await read_data(self._reader, self.door.size, room, self._reset_timeout)
            if reading.size > self.door.size:
                return f"552 5.3.4 This mail is larger than the {self.door.size} bytes we take"
            if reading.dropped:
                return "452 4.3.1 Too much mail at once, try again later"
            if has_false_end(reading.data):
                return "550 5.5.2 Lines must end with CR LF; a lone dot between other line ends is refused"
            raw = unstuffed(reading.data)
            reading.data.clear()
            self.busy = True            # until the answer is out: a door that closes waits for it
            return await self.door.deliver(self, raw)

    def _create_envelope(self) -> Addressed:
        return Addressed()

    def _getaddr(self, arg: str) -> tuple[str, str] | tuple[None, None]:
        return path_of(arg)

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong is ours and may be over soon: the client keeps the mail and comes again."""
        return self.door.went_wrong(error)

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except (ConnectionError, asyncio.IncompleteReadError):
            if self.transport is not None:
                self.transport.close()
