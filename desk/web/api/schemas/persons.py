"""Persons, with their addresses and employments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from desk.web.api.paging import Page
from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Given, Line, Moment, Shape, Uid, Word

Language = Literal["en", "nb", "da", "sv"]
Name = Annotated[str, StringConstraints(max_length=120, pattern=ONE_LINE)]
Label = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]
BasisEvent = Literal["given", "changed", "withdrawn", "objected"]
Kind = Literal["email", "phone", "chat", "link"]
#: Of user-defined fields: key → a text, a number, a date as ``2026-11-28``, true or false, or a list of texts, by the field's kind.
Custom = Annotated[dict[str, Any], Field(max_length=200, description="What stands in user-defined fields, by their keys; null empties one.")]


class Address(Shape):
    """An address the person holds, or held until `to`."""

    id: str
    kind: Kind
    value: str
    label: str
    primary: bool
    origin: str
    proof: str
    health: Literal["ok", "soft", "bouncing"]
    from_: datetime = Field(alias="from")
    to: datetime | None


class Employment(Shape):
    """A position at a company, for a time."""

    id: str
    company_id: str
    company: str
    position: str | None
    status: Literal["active", "left"]
    primary: bool
    from_: date | None = Field(alias="from")
    to: date | None


class LegalBasis(Shape):
    """What was noted of why we may hold the person; the latest of a purpose holds."""

    purpose: str
    basis: str
    source: str
    at: datetime
    event: BasisEvent
    proof: str
    wording_version: int | None


class Created(Shape):
    """How and why we came to hold the person."""

    how: str
    why: str
    by: str | None
    at: datetime


class DeletePlanned(Shape):
    """When the person will be deleted, and why."""

    at: datetime
    why: str


class Person(Shape):
    """A person. Agents go by their address; service level, category and business by their names."""

    id: str
    first_name: str
    last_name: str
    title: str | None
    status: Literal["active", "left"]
    preferred_language: Language | None
    service_level: str | None
    support_contact: str | None
    our_contact: str | None
    category: str | None
    business: str | None
    private_customer: bool
    customer_number: str | None
    block_mass_mail: bool
    to_be_completed: bool
    version: int
    custom: Custom
    addresses: list[Address]
    employments: list[Employment]
    legal_bases: list[LegalBasis]
    created: Created
    delete_planned: DeletePlanned | None


class PersonsAsked(Page):
    """Which persons: by any part of name, address, company or customer number."""

    q: Line | None = None
    company: Uid | None = None
    selection: Uid | None = Field(None, description="Who is in this selection, as the caller sees it; by name.")
    sort: Literal["created", "name"] | None = Field(
        None, description="`created` (the newest first) unless something is searched for, which comes by name.")


class NewAddress(Asked):
    """An address to hold; what a person is read with may be sent back along with it.

    One that has a `to` is held no more: it is left out of a new person.
    """

    kind: Kind = "email"
    value: Word
    label: Label = ""
    primary: bool | None = None
    let_in: str | None = Field(None, min_length=5, max_length=200, description="Of an address whose person was erased, which is refused (409) without it: when "
                               "and how they agreed that it is held again. For admins; it stands in the history, the address does not.")
    id: Given = None
    origin: Given = None
    proof: Given = None
    health: Given = None
    from_: Given = Field(None, alias="from")
    to: Moment | None = None


class AddressChange(Changes):
    """What to change of an address; `value` puts right what was written wrong. `person_id` lets that person hold it from now
    on, and comes alone; what was written from it stays whose it was."""

    value: Word = ""
    person_id: Uid = ""
    label: Label = ""
    primary: Literal[True] = True


class NewEmployment(Asked):
    """A position to take, or one that was left: then with a `to`."""

    company_id: Uid
    position: Name | None = None
    primary: bool | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    status: Literal["active", "left"] | None = None
    id: Given = None
    company: Given = None

    @model_validator(mode="after")
    def _ended(self) -> NewEmployment:
        if self.status is not None and (self.status == "left") != (self.to is not None):
            raise ValueError("A position has a `to` when it was left, and only then.")
        return self


class EmploymentChange(Changes):
    """What to change of a position; `to` ends it."""

    position: Name | None = None
    status: Literal["active", "left"] = "active"
    primary: Literal[True] = True
    from_: date | None = Field(None, alias="from")
    to: date | None = None


class NewLegalBasis(Asked):
    """A legal basis to note; every person has one, *service* by *legitimate_interest*."""

    purpose: Label = "service"
    basis: Label = "legitimate_interest"
    source: Line = ""
    at: Given = None
    event: BasisEvent = "given"
    proof: Given = None
    wording_version: Given = None


class PersonChange(Changes):
    """Fields of a person; what is not given stays."""

    first_name: Name = ""
    last_name: Name = ""
    title: Name | None = None
    status: Literal["active", "left"] = "active"
    preferred_language: Language | None = None
    service_level: Name | None = None
    support_contact: Word | None = None
    our_contact: Word | None = None
    category: Name | None = None
    business: Name | None = None
    private_customer: bool = False
    customer_number: Label | None = None
    block_mass_mail: bool = False
    custom: Custom = {}


class NewPerson(PersonChange):
    """A person. What a person is read with may be sent back; what only we can know is passed over."""

    addresses: list[NewAddress] = Field(default=[], max_length=50)
    employments: list[NewEmployment] = Field(default=[], max_length=50)
    legal_bases: list[NewLegalBasis] = Field(default=[], max_length=20)
    id: Given = None
    version: Given = None
    to_be_completed: Given = None
    created: Given = None
    delete_planned: Given = None


class Nevertheless(Asked):
    """Whether to save a person who is the same as another by the company's own rule, where the API warns of that."""

    nevertheless: Literal["true", "false"] = "false"


class Share(Nevertheless):
    """Whether several persons may hold the same address."""

    share: Literal["true", "false"] = "false"


class HistoryAsked(Page):
    """Which part of a history: from a moment, to a moment, with these words in what changed."""

    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None
    q: Line | None = None


class Change(Shape):
    """A field that changed."""

    field: str
    before: str | None
    after: str | None


class Happened(Shape):
    """One thing that happened: its kind, and the records and choices it speaks of."""

    id: str
    at: datetime
    by: str | None
    kind: str
    data: dict[str, Any]
    changes: list[Change]


