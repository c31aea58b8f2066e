"""Rules of retention and legal holds as the API shows and takes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.web.api.paging import Page
from desk.web.api.schemas.common import Asked, Changes, Day, Line, Shape, Text, Word


class RetentionRule(Shape):
    """How long a class of data is kept: `period` `unit` after `since`, then `act`. `due_now` counts what falls due today."""

    key: str
    period: int
    unit: str
    since: str
    act: str
    active: bool
    version: int = Field(description="0 for one that nobody has saved: the values are a suggestion.")
    due_now: int


class RetentionRuleChange(Asked):
    """A rule as it is to be."""

    period: int = Field(ge=1, le=36_500)
    unit: Literal["days", "months"]
    since: Literal["contact", "created", "ended", "closed", "done"]
    act: Literal["erase", "bin", "empty", "remove"]
    active: bool


class LegalHold(Shape):
    """A hold: what it is on (`record`: a uid, of a ticket its number), why, by what, whose matter, when it is looked at again. `restricted_at`: what it
    keeps is to be erased when it lifts."""

    id: str
    of: str
    record: str
    reason: str
    basis: str
    owner: str | None
    review_on: date
    set_at: datetime
    restricted_at: datetime | None
    lifted_at: datetime | None
    lifted_why: str
    version: int


class LegalHoldsAsked(Page):
    """Which holds."""

    lifted: bool = Field(False, description="Those that were lifted, instead of those that stand.")


class NewLegalHold(Asked):
    """Hold a record from now on. `owner`: an admin, yourself unless one is named."""

    of: Literal["person", "company", "ticket"]
    record: Word
    reason: Text = Field(min_length=1, max_length=1000)
    basis: Literal["legal_claims", "legal_obligation", "authority"]
    owner: Word = "me"
    review_on: Day


class LegalHoldChange(Changes):
    """What to change of a hold."""

    reason: Text = Field("", min_length=1, max_length=1000)
    basis: Literal["legal_claims", "legal_obligation", "authority"] = "legal_claims"
    owner: Word = "me"
    review_on: Day = date.max


class Lifting(Asked):
    """Why a hold is lifted."""

    why: Line = Field(min_length=1, max_length=1000)
