"""Cases of the rights desk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, Asked, Changes, Day, Shape, Uid, Word

Kind = Literal["access", "rectification", "erasure", "restriction", "portability", "objection", "other"]
State = Literal["new", "identity_asked", "identity_confirmed", "in_work", "done", "refused"]
Ground = Literal["a", "b", "c", "d", "e", "f"]
Words = Annotated[str, StringConstraints(max_length=4_000, pattern=NO_NUL)]
Number = Annotated[int, Field(ge=1, le=2_147_483_647)]


class RightsCase(Shape):
    """A request of a person for a right of theirs (GDPR, Articles 15 to 21). `received` and `due` are days: the month is counted by the calendar.
    `identity`: *link* (they followed one to an address of before) or *agent* (somebody said why it is them); null while nobody knows.
    `operation_id` names the erasing that does it."""

    id: str
    number: int
    kind: Kind
    state: State
    person_id: str | None
    ticket: int | None
    owner: str | None
    received: date
    due: date
    extended_at: datetime | None
    identity: Literal["link", "agent"] | None
    identity_at: datetime | None
    ground: Ground | None
    decision: str
    decided_at: datetime | None
    operation_id: str | None
    created_at: datetime
    version: int


class CasesAsked(Page):
    """Which cases: of a kind, of a state (or *open*), of a person."""

    kind: Kind | Literal[""] = ""
    state: State | Literal["open", ""] = ""
    person: Uid | None = None


class NewCase(Asked):
    """A case: of a person, or of a ticket's requester. `received` is today unless it is said."""

    kind: Kind
    person_id: Uid | None = None
    ticket: Number | None = None
    received: Day | None = None


class CaseChange(Changes):
    """Fields of a case; what is not given stays. `owner` goes by address or `me`; null is nobody."""

    kind: Kind = "access"
    person_id: Uid | None = None
    owner: Word | None = None
    ground: Ground | Literal[""] = ""


class CaseExtension(Asked):
    """Why it takes longer than a month: the person reads it."""

    why: Annotated[Words, StringConstraints(min_length=1)]


class CaseDecision(Asked):
    """How it ends. `reasons` go to the person; a refusal needs them. `unproven_why`: how it is known who asked, where no link was followed."""

    outcome: Literal["done", "refused"]
    reasons: Words = ""
    tell: bool = True
    unproven_why: Words = ""
