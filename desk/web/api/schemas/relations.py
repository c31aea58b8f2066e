"""Relations and their kinds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contacts.relating import LONGEST
from contacts.relation_kinds import LONGEST_NAME
from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Asked, Changes, Day, Given, Shape, Uid

Between = Literal["person-person", "person-company", "company-company"]
Meaning = Literal["", "assistant", "deputy"]
Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE)]
Reverse = Annotated[str, StringConstraints(max_length=LONGEST_NAME, pattern=ONE_LINE)]
Details = Annotated[str, StringConstraints(max_length=LONGEST, pattern=NO_NUL)]


class RelationKind(Shape):
    """A kind: the first is to the second what `name` says, the second to the first what `reverse` says. By its `meaning` the first
    is the second's assistant (proposed in copy) or deputy (shown as cover)."""

    id: str
    between: Between
    name: str
    reverse: str
    meaning: Meaning
    archived: bool
    version: int


class NewRelationKind(Asked):
    """A kind, offered last. Without a `reverse` it is the same both ways."""

    between: Between
    name: Words
    reverse: Reverse = ""
    meaning: Meaning = ""


class RelationKindChange(Changes):
    """What to change of a kind; what it ties is settled when it is made."""

    name: Words = ""
    reverse: Reverse = ""
    meaning: Meaning = ""
    archived: bool = False


class Side(Shape):
    """One side of a relation: a person or a company."""

    person_id: str | None
    company_id: str | None
    name: str


class Relation(Shape):
    """The first is to the second what `name` says, from a day to another, both included."""

    id: str
    kind_id: str
    name: str
    reverse: str
    first: Side
    second: Side
    details: str
    from_: date | None = Field(alias="from")
    to: date | None
    version: int


class RelationsAsked(Page):
    """Which relations: of everybody, of a person or of a company; past ones too."""

    person: Uid | None = None
    company: Uid | None = None


class NamedSide(Asked):
    """A person or a company, by id; the name is passed over."""

    person_id: Uid | None = None
    company_id: Uid | None = None
    name: Given = None


class NewRelation(Asked):
    """A relation. Where its kind ties a person to a company, either may be the first."""

    kind_id: Uid
    first: NamedSide
    second: NamedSide
    details: Details = ""
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    id: Given = None
    name: Given = None
    reverse: Given = None
    version: Given = None


class RelationChange(Changes):
    """What to change of a relation. `kind_id` is a kind that ties the same; the sides stay."""

    kind_id: Uid = ""
    details: Details = ""
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
