"""Who is at the SMTP door: how many connections, how many of one client, and how much mail is being read at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from mailgate.smtp_visit import Visit

log = structlog.get_logger(__name__)

CONNECTIONS = 400
CONNECTIONS_PER_CLIENT = 60


class Crowd:
    """The open connections, and the bytes still free for mails that are being read."""

    def __init__(self, free: int) -> None:
        self.visits: set[Visit] = set()
        self._clients: Counter[str] = Counter()
        self._free = free

    def admits(self, visit: Visit, transport: Any) -> bool:
        """Whether there is room for one more connection, of this client too; then it is counted."""
        client = client_of(transport)
        if len(self.visits) >= CONNECTIONS or self._clients[client] >= CONNECTIONS_PER_CLIENT:
            log.info("door.too_many", connections=len(self.visits))
            return False
        self.visits.add(visit)
        self._clients[client] += 1
        visit.client = client
        return True

    def leaves(self, visit: Visit) -> None:
        """Forget a connection; nothing happens the second time."""
        if visit in self.visits:
            self.visits.remove(visit)
            self._clients[visit.client] -= 1
            if not self._clients[visit.client]:
                del self._clients[visit.client]

    @contextmanager
    def room(self) -> Iterator[Callable[[int], bool]]:
        """Room for one mail, taken piece by piece and given back at the end."""
        taken = 0

        def take(size: int) -> bool:
            nonlocal taken
            if size > self._free:
                return False
            self._free -= size
            taken += size
            return True

        try:
            yield take
        finally:
            self._free += taken


def client_of(transport: Any) -> str:
    """The address of the connecting machine, without port."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else "local"
