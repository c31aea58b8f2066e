"""An SMTP door in a thread of the test, and a client that says exactly what it is told."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from core.database import Database
from core.settings import Settings
from mailgate.smtp import Door

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@contextmanager
def open_door(idle: float = 30, longest: float = 60, **settings: Any) -> Iterator[Door]:
    """A door on a free port; closed at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(make: Callable[[], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(make(), loop).result(30)

    async def make() -> Door:
        door = Door(Settings(**{"smtp": "127.0.0.1:0", "smtp_hostname": "desk.example", **settings}),
                    idle=idle, longest=longest)
        await door.open()
        return door

    door = run(make)
    try:
        yield door
    finally:
        run(door.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Line:
    """A raw connection: ``say`` sends bytes as they are, ``hear`` reads one whole answer."""

    def __init__(self, door: Door, *, greeted: bool = True) -> None:
        self.socket = socket.create_connection(("127.0.0.1", door.port), timeout=20)
        self.file = self.socket.makefile("rb")
        if greeted:
            assert self.hear().startswith("220 ")
            self.ask("EHLO client.example")

    def say(self, text: str | bytes) -> None:
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def hear(self) -> str:
        lines = []
        while True:
            line = self.file.readline().decode()
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "\n".join(lines)

    def ask(self, command: str) -> str:
        self.say(command + "\r\n")
        return self.hear()

    def until_data(self, sender: str = "ole@fjord.example", *recipients: str) -> str:
        self.ask(f"MAIL FROM:<{sender}>")
        for recipient in recipients or ("support@desk.example",):
            self.ask(f"RCPT TO:<{recipient}>")
        return self.ask("DATA")

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Keep everybody else from writing."""
    with database.write() as db:
        db.execute(text("LOCK TABLE inbound_mails IN EXCLUSIVE MODE" if database.dialect == "postgresql"
                        else "SELECT 1"))
        yield
