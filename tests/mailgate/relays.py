"""Relays in a thread of the test: they take mail, refuse it, hang or break off, as they are told."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass
class Taken:
    """One mail that a relay took."""

    sender: str
    recipients: list[str]
    raw: bytes
    options: list[str]


@dataclass
class Relay:
    """What a relay does: answers by stage (``MAIL``, ``DATA``, an address for its RCPT); a list is used up.

    ``hang`` names stages at which it does not answer until they are taken out, ``drop`` those at which it closes the line: ``MAIL``,
    ``text`` (in the middle of DATA) or ``end`` (after the final dot, before it answers).
    """

    answers: dict[str, Any] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    drop: set[str] = field(default_factory=set)
    passwords: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    bearer: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=20"

    def answer(self, stage: str, usual: str) -> str:
        said = self.answers.get(stage, usual)
        return said.pop(0) if isinstance(said, list) and said else usual if isinstance(said, list) else said

    async def stand(self, stage: str, server: SMTP) -> None:
        while stage in self.hang:
            await asyncio.sleep(0.01)
        if stage in self.drop:
            server.transport.abort()
            await asyncio.Event().wait()

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self.stand("MAIL", server)
        said = self.answer("MAIL", "250 OK")
        if said.startswith("250"):
            envelope.mail_from, envelope.mail_options = address, options
        return said

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.stand("RCPT", server)
        said = self.answer(address, "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):
        await self.stand("DATA", server)
        await self.stand("end", server)
        said = self.answer("DATA", "250 2.0.0 Taken")
        if said.startswith("250"):
            self.taken.append(Taken(envelope.mail_from.strip("<>"), list(envelope.rcpt_tos), envelope.original_content,
                                    list(envelope.mail_options)))
        return said

    def authenticate(self, server, session, envelope, mechanism, given):
        if isinstance(given, LoginPassword):
            right = self.passwords.get(given.login.decode()) == given.password.decode()
            return AuthResult(success=right, handled=False)
        return AuthResult(success=False, handled=False)


class Server(SMTP):
    """aiosmtpd with lines that end too early, and XOAUTH2."""

    event_handler: Relay

    def connection_made(self, transport):
        self.event_handler.connections += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg):
        if "text" in self.event_handler.drop:
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)

    async def auth_XOAUTH2(self, _server, args):
        said = base64.b64decode(args[1]).decode()
        self.event_handler.bearer.append(said)
        if "Bearer good" in said:
            return AuthResult(success=True, handled=False)
        return AuthResult(success=False, handled=False)


@contextmanager
def a_relay(behaviour: Relay | None = None, **options: Any) -> Iterator[Relay]:
    """A relay on a free port; ``options`` go to aiosmtpd."""
    relay = behaviour or Relay()
    if relay.passwords:
        options |= {"authenticator": relay.authenticate, "auth_require_tls": options.get("auth_require_tls", False)}
    options.setdefault("enable_SMTPUTF8", True)
    context = options.pop("ssl", None)
    with _serving(lambda: Server(relay, hostname="relay.example", **options), context) as relay.port:
        yield relay


@contextmanager
def a_greeting(line: bytes | None) -> Iterator[str]:
    """Something that says one line to whoever connects and hangs up (or says nothing and waits); its URL."""
    class Greeter(asyncio.Protocol):
        def connection_made(self, transport):
            if line is not None:
                transport.write(line)
                transport.close()

    with _serving(Greeter) as port:
        yield f"smtp://127.0.0.1:{port}?timeout=5"


@contextmanager
def _serving(factory: Callable[[], Any], context: ssl.SSLContext | None = None) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    server = run(loop.create_server(factory, "127.0.0.1", 0, ssl=context))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        run(_close(server))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
