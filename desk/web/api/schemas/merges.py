"""Merging persons, and taking them apart."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Shape, Uid
from desk.web.api.schemas.persons import Person

Side = Literal["from", "into"]


class Choice(Asked):
    """Whose value stands: that of the person in the path (`from`) or of who goes on (`into`)."""

    first_name: Side | None = None
    last_name: Side | None = None
    title: Side | None = None
    status: Side | None = None
    preferred_language: Side | None = None
    service_level: Side | None = None
    support_contact: Side | None = None
    our_contact: Side | None = None
    category: Side | None = None
    business: Side | None = None
    private_customer: Side | None = None
    customer_number: Side | None = None
    block_mass_mail: Side | None = None
    photo: Side | None = None
    custom: dict[str, Side] = Field(default={}, max_length=200, description="User-defined fields, by their keys.")
    email: Side | None = None
    phone: Side | None = None
    chat: Side | None = None
    link: Side | None = None
    employment: Side | None = None


class MergePersonInto(Asked):
    """Into whom, and which fields are overwritten; of the rest who goes on keeps theirs, unless it is empty or a guess. With
    `preview` nothing happens."""

    into: Uid
    choose: Choice = Choice()
    preview: bool = False


class UnmergePerson(Asked):
    """With `preview` nothing happens."""

    preview: bool = False


class Moving(Shape):
    """How many records of a kind."""

    kind: str
    count: int


class Merged(Shape):
    """What goes over (or has gone) as far as you see it, whether there is more, and who goes on, as they are now."""

    preview: bool
    moves: list[Moving]
    unseen: bool
    person: Person


class Unmerged(Shape):
    """What goes back (or has gone), the fields that stay because they were changed since, and both persons as they are now."""

    preview: bool
    moves: list[Moving]
    unseen: bool
    kept: list[str]
    person: Person
    remains: Person
