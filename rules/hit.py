"""Where a text names somebody, how sure that is, and what may be done about it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["automatic", "review"]
Alias = Literal["address", "phone", "number", "place", "company", "name", "first", "last", "called", "initials"]


class Hit(NamedTuple):
    """A stretch of the text, up to but not including ``end``. ``tier`` is 1 (address, phone, customer number), 2 (full name, postal
    address, company of their own) or 3 (part of a name); ``kind`` whether it may go by itself or somebody is to look at it."""

    start: int
    end: int
    tier: int
    kind: Kind
    alias: Alias

    @property
    def automatic(self) -> bool:
        """Whether it goes without anybody having looked."""
        return self.kind == "automatic"
