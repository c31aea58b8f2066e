"""The desk from outside: clients that send the corpus through its SMTP door, and a relay that takes its answers."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.corpus import DESK, Mail
from bench.desk import renumbered

CONNECTIONS = 4


@dataclass
class Sink:
    """A relay that says yes to everything and keeps nothing; ``taken`` counts."""

    port: int = 0
    taken: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        """One more."""
        self.taken += 1
        return "250 OK"


@contextmanager
def sink() -> Iterator[Sink]:
    """A relay on a free port of the loopback interface, in a thread of its own."""
    made, loop, ready = Sink(), asyncio.new_event_loop(), threading.Event()

    async def listen() -> asyncio.Server:
        server = await loop.create_server(lambda: SMTP(made, loop=loop), "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
        ready.set()
        return server

    def serve() -> None:
        server = loop.run_until_complete(listen())
        loop.run_forever()
        server.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def send_all(port: int, mails: Iterable[Mail], run: str, connections: int = CONNECTIONS) -> int:
    """Send the mails over some connections at once, each conversation in its order; return how many got a 250.

    A letter and its answers go over the same connection, as they do from a customer's own server.
    """
    lanes: list[list[Mail]] = [[] for _ in range(connections)]
    for mail in mails:
        lanes[mail.root % connections].append(mail)
    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(lambda lane: _send(port, lane, run), lanes))


def _send(port: int, mails: list[Mail], run: str) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for mail in mails:
            client.sendmail(mail.sender, [DESK], renumbered(mail.raw, run))
    return len(mails)
