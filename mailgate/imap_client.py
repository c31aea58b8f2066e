"""IMAPClient with what a reader that stays connected for weeks needs besides."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import time
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

#: A search of a folder with a million mails answers in one line; the library's own limit is a tenth of that.
imaplib._MAXLINE = 20_000_000  # type: ignore[attr-defined]


class Client(IMAPClient):  # type: ignore[misc]
    """One connection. ``hang_up`` may be called from another thread."""

    _look = False

    def idle(self) -> None:
        """Begin to idle. What the server said in the same breath as its consent is looked at first:
        it lies in a buffer that polling the socket would not see."""
        super().idle()
        self._look = True

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        if self._look:
            self._look = False
            return [(sock.fileno(), 1)]
        return super()._poll_socket(sock, timeout)

    def stirs(self, seconds: float) -> bool:
        """While idling: whether mail came (or anything that asks for a look) within some seconds.

        Raises IMAPClientAbortError when the server has gone, which ``idle_check`` alone does not tell.
        """
        first, began = self._look, time.monotonic()
        responses = self.idle_check(timeout=seconds)
        if any(response[0] == b"BYE" for response in responses):
            raise IMAPClientAbortError("the server said goodbye")
        if not responses and not first and time.monotonic() - began < seconds / 2:
            return True                 # readable, and nothing to read: a look will tell whether it has gone
        return any(len(response) > 1 and response[1] in (b"EXISTS", b"RECENT") for response in responses)

    def keep_alive(self) -> None:
        """Let the system notice a peer that vanished without a word."""
        plain = self._imap.sock
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, name):
                plain.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def can(self, capability: str) -> bool:
        """Whether the server has a capability."""
        return bool(self.has_capability(capability))

    @property
    def encrypted(self) -> bool:
        """Whether the line is encrypted, from the first byte or by STARTTLS."""
        return isinstance(self.socket(), ssl.SSLSocket)

    def hang_up(self) -> None:
        """Drop the connection at once; whoever reads from it gets an error."""
        with contextlib.suppress(OSError, IMAPClientError):
            self._imap.sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, IMAPClientError):
            self.shutdown()
