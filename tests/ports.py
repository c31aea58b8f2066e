"""Ports for servers of tests."""

from __future__ import annotations

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """A port that nobody listens on just now, and that no outgoing connection is given while its server is away: below
    those that systems hand out. Else whoever tries again and again to reach it ends up connected to itself."""
    while True:
        with suppress(OSError), socket.socket() as probe:
            port = random.randint(20_000, 32_000)
            probe.bind(("127.0.0.1", port))
            return port
