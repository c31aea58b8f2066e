"""Moving a person to another company, and copying one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Day, Shape, Uid
from desk.web.api.schemas.persons import Name, Person

Kind = Literal["activities", "sales", "orders", "notes", "files"]


class MoveAsked(Asked):
    """From which company (the primary one unless it is named) to which, or to none; from which day on (today).

    `activities`: what happens to the records of these `kinds` (all): they `stay`, `all` go along, or those from the day `after` on do.
    `mistake`: they never worked there. `status`: what the person's is to be. With `preview` nothing happens.
    """

    from_company: Uid | None = None
    to_company: Uid | None
    on: Day | None = None
    position: Name | None = None
    activities: Literal["stay", "all", "after"] = "stay"
    after: Day | None = None
    kinds: Annotated[list[Kind], Field(max_length=20)] | None = None
    mistake: bool = False
    status: Literal["active", "left"] | None = None
    preview: bool = False


class Record(Shape):
    """A record that goes along or stays."""

    id: str
    title: str
    at: datetime


class Side(Shape):
    """Of one kind: how many go along and how many stay, and of each the latest hundred."""

    kind: Kind
    moves: int
    stays: int
    moving: list[Record]
    staying: list[Record]


class Moved(Shape):
    """What the move does (`preview`) or did. `follows` are the fields that the company sets, `proposes` is the status that the end
    of a last employment suggests; `undo` is for POST /undo/{id}."""

    preview: bool
    from_company: str | None
    to_company: str | None
    last_day: date | None
    follows: list[Literal["our_contact", "category", "business"]]
    proposes: Literal["active", "left"] | None
    kinds: list[Side]
    undo: str | None
    person: Person


class CopyAsked(Asked):
    """To which company; as a second `employment` on the same card, or as a second `card`, with the `addresses` or without."""

    company_id: Uid
    as_: Literal["employment", "card"] = Field("employment", alias="as")
    position: Name | None = None
    addresses: bool = True


class CopyMade(Shape):
    """The person who works there now too, and the fields and kinds of addresses that stayed with the original alone."""

    person: Person
    stays: list[str]


class EmploymentsAsked(Asked):
    """Which employments: all, or those that held on a day, the main one first."""

    as_of: Day | None = None
