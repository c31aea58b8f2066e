"""A line between a reader and a real IMAP server, on which things go wrong as told."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: Sees a command; answers None (pass it on), bytes (said instead of the server; ``TAG`` is filled in) or "drop".
Trouble = Callable[[bytes], bytes | str | None]


class Proxy(socketserver.ThreadingTCPServer):
    """``trouble`` judges each command; ``change`` rewrites what the server says; ``commands`` keeps what was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        self.behind = port
        self.trouble: Trouble = lambda command: None
        self.change: Callable[[bytes], bytes] = lambda line: line
        self.commands: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def asked(self, word: bytes) -> int:
        return sum(word in command for command in self.commands)


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    server: Proxy

    def handle(self) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.server.behind)) as behind:
            threading.Thread(target=self._back, args=(behind,), daemon=True).start()
            for line in self.rfile:
                self.server.commands.append(line)
                verdict = self.server.trouble(line)
                if verdict == "drop":
                    return
                if isinstance(verdict, bytes):
                    self.wfile.write(verdict.replace(b"TAG", line.split()[0]))
                else:
                    behind.sendall(line)

    def _back(self, behind: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while data := behind.recv(65_536):
                self.wfile.write(self.server.change(data))
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """A proxy in front of a server on this port."""
    with Proxy(port) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        yield proxy
        proxy.shutdown()


def fetches(command: bytes, uid: int) -> bool:
    """Whether this command fetches the body of that mail, alone or among others."""
    found = re.search(rb"UID FETCH ([\d,]+) \(BODY\.PEEK\[\]\)", command, re.IGNORECASE)
    return found is not None and str(uid).encode() in found[1].split(b",")
