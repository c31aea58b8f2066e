"""Ringing the inbound bell without waiting for it: a thread rings once for all that came meanwhile."""

from __future__ import annotations

import threading

from core.queue import ring


class Bell:
    """``ring`` returns at once; Redis that answers slowly or not at all delays nobody at the door."""

    def __init__(self, name: str = "inbound") -> None:
        self._name = name
        self._wanted = threading.Event()
        self._closed = False
        threading.Thread(target=self._run, name=f"bell-{name}", daemon=True).start()

    def ring(self) -> None:
        """Wake the workers soon."""
        self._wanted.set()

    def close(self) -> None:
        """Ring no more."""
        self._closed = True
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait() and not self._closed:
            self._wanted.clear()
            ring(self._name)
