"""What a process makes once and keeps, also when several threads ask for it at the same moment.

``functools.lru_cache`` lets two threads make it at once and throws one away: a second pool of connections that
nobody closes, a second secret.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Once(Generic[Thing]):
    """A function without arguments whose first answer is kept for the life of the process."""

    def __init__(self, make: Callable[[], Thing]) -> None:
        self.__doc__ = make.__doc__
        self.__name__ = make.__name__
        self.__module__ = make.__module__
        self._make = make
        self._kept: tuple[Thing] | None = None
        self._lock = RLock()

    def __call__(self) -> Thing:
        kept = self._kept
        if kept is None:
            with self._lock:
                kept = self._kept = self._kept or (self._make(),)
        return kept[0]

    @property
    def made(self) -> bool:
        """Whether it has been made already."""
        return self._kept is not None

    def forget(self) -> None:
        """Make it anew when it is asked for next."""
        self._kept = None
