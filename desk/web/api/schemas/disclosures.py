"""Look-ups and recipients of a person, as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Shape


class Lookup(Shape):
    """So many look-ups in a month (`2026-05`), for a purpose, by an agent."""

    month: str
    purpose: str
    agent: str
    count: int


class Recipient(Shape):
    """Who got data of the person in one way: by a mail on a ticket, a forward, a file that was saved, a calendar of another program. Of a file,
    which it was (persons, cards, card, sales, projects; `export` where that was not noted) and the days on which it was saved."""

    way: str
    address: str
    name: str
    count: int
    first: datetime | None
    last: datetime | None
    tickets: list[int]
    file: str
    days: list[date]


class NewTelling(Asked):
    """Who is to be told of what."""

    about: Literal["rectified", "restricted"]
    to: list[str] = Field(min_length=1, max_length=500)


class Told(Shape):
    """Whether a recipient is being told, or cannot be."""

    address: str
    outcome: str
