"""Ports for servers of tests."""

from __future__ import annotations

import os
import random
import socket
from contextlib import suppress

#: So many ports belong to each of the processes that run tests, so that no two take the same one at the same moment.
EACH = 1500
GIVEN: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on just now, and that no outgoing connection is given while its server is away: below
    those that systems hand out. Else whoever tries again and again to reach it ends up connected to itself."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    while True:
        with suppress(OSError), socket.socket() as probe:
            port = 20_000 + worker * EACH + random.randrange(EACH)
            if port in GIVEN and len(GIVEN) < EACH // 2:
                continue
            probe.bind(("127.0.0.1", port))
            GIVEN.add(port)
            return port
