"""Selections, their criteria and members."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contacts.criteria import LONGEST, MOST
from contacts.selecting import LONGEST as LONGEST_NAME
from contacts.selecting import MOST as MOST_MEMBERS
from desk.web.api.paging import Page
from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Given, Shape, Uid

Of = Literal["persons", "companies", "projects"]
Kind = Literal["static", "dynamic", "combined"]
How = Literal["union", "intersection", "difference"]
Sharing = Literal["private", "team", "all"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=LONGEST, pattern=ONE_LINE)]


class Criterion(Asked):
    """A criterion: a field, an operator of its kind, and a value (of a list its id or word, of days a date or a number)."""

    field: Annotated[str, StringConstraints(max_length=60, pattern=ONE_LINE)]
    op: Annotated[str, StringConstraints(max_length=20, pattern=ONE_LINE)]
    value: Text = ""


Criteria = Annotated[list[Criterion], Field(max_length=MOST)]


class Selection(Shape):
    """A set of persons, companies or projects: `criteria` are of a dynamic one (all or any of them are met), `how`, `first_id` and `second_id` of a
    combined one. A private one is seen by its owner alone."""

    id: str
    name: str
    of: Of
    kind: Kind
    criteria: list[Criterion]
    joined: Literal["all", "any"]
    how: How | None
    first_id: str | None
    second_id: str | None
    owner: str | None
    sharing: Sharing
    team: str | None
    version: int


class SelectionsAsked(Page):
    """Which selections."""

    of: Of | None = None


class NewSelection(Asked):
    """A selection; its owner is who makes it. `team` is a team's name or id, for `sharing: team`."""

    name: Name
    of: Of
    kind: Kind = "static"
    criteria: Criteria = []
    joined: Literal["all", "any"] = "all"
    how: How | None = None
    first_id: Uid | None = None
    second_id: Uid | None = None
    sharing: Sharing = "private"
    team: Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)] | None = None
    id: Given = None
    owner: Given = None
    version: Given = None


class SelectionChange(Changes):
    """What to change of a selection; of what it is and its kind are settled when it is made."""

    name: Name = ""
    criteria: Criteria = []
    joined: Literal["all", "any"] = "all"
    how: How = "union"
    first_id: Uid = ""
    second_id: Uid = ""
    sharing: Sharing = "private"
    team: Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)] | None = None


class Members(Asked):
    """Persons, companies or projects, by id."""

    ids: Annotated[list[Uid], Field(min_length=1, max_length=MOST_MEMBERS)]


class Counted(Shape):
    """How many it was done to."""

    count: int


class CriterionField(Shape):
    """A field that criteria may go by: its kind of value, the operators of that, and what there is to choose from."""

    of: Of
    field: str
    label: str
    kind: str
    operators: list[str]
    choices: list[tuple[str, str]]
