"""Companies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Changes, Given, Line, Shape, Uid, Word
from desk.web.api.schemas.persons import Custom, Language, Name

Title = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)]
Number = Annotated[str, StringConstraints(max_length=20, pattern=ONE_LINE)]
Phone = Annotated[str, StringConstraints(max_length=60, pattern=ONE_LINE)]
Postal = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Domain = Annotated[str, StringConstraints(max_length=253, pattern=ONE_LINE)]


class Company(Shape):
    """A company. `domains` are the mail domains its people write from: strangers from there are put here."""

    id: str
    name: str
    organisation_number: str | None
    category: str | None
    business: str | None
    our_contact: str | None
    language: Language | None
    phone: str | None
    address: str | None
    website: str | None
    domains: list[str]
    custom: Custom
    version: int


class CompaniesAsked(Page):
    """Which companies: by any part of name, organisation number or website."""

    q: Line | None = None
    selection: Uid | None = Field(None, description="Those in this selection, as the caller sees it; by name.")
    sort: Literal["created", "name"] | None = Field(
        None, description="`created` (the newest first) unless something is searched for, which comes by name.")


class CompanyChange(Changes):
    """Fields of a company; what is not given stays."""

    name: Title = ""
    organisation_number: Number | None = None
    category: Name | None = None
    business: Name | None = None
    our_contact: Word | None = None
    language: Language | None = None
    phone: Phone | None = None
    address: Postal | None = None
    website: Title | None = None
    domains: list[Domain] = Field(default=[], max_length=50)
    custom: Custom = {}


class NewCompany(CompanyChange):
    """A company. Our contact is who makes it, unless somebody is named."""

    name: Title
    id: Given = None
    version: Given = None
