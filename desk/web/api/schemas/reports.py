"""The desk's figures of a period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Day, Shape, Word


class ReportAsked(Asked):
    """Of which days, compared with what, of which mailbox."""

    from_: Day | None = Field(None, alias="from", description="The first day; thirty days before the last where it is not given.")
    to: Day | None = Field(None, description="The last day, or today. At most 1100 days are told.")
    compare: Literal["before", "year", "none"] = Field(
        "before", description="As many days (or whole months) before, the same days a year before, or nothing.")
    mailbox: Word | None = Field(None, description="The address of a mailbox; else all that the agent sees.")


class Told(Shape):
    """Counts, and durations in minutes of business hours; null where there is nothing to tell, or too few to tell of."""

    in_: int | None = Field(alias="in", description="Tickets that came in.")
    out: int | None = Field(description="Answers that went out.")
    solved: int | None
    open: int | None = Field(description="Tickets that are open at the end.")
    first_median: int | None = Field(description="Until the first answer.")
    first_90: int | None = Field(description="Within which nine of ten are answered.")
    solved_median: int | None
    solved_90: int | None
    kept: int | None = Field(description="Answers in the time that a service level promises.")
    missed: int | None


class Intake(Shape):
    """What the create-or-not policy did with mails: persons created, agents asked, no record, spam, set aside; and decisions taken back."""

    created: int
    asked: int
    never: int
    spam: int
    set_aside: int
    undone: int


class Totals(Told, Intake):
    """All of a period or a step."""


class Step(Totals):
    """A day, a week or a month of it, by how long it is."""

    first: date
    last: date


class Line(Told):
    """What one of them has. `none` are tickets without any, `others` those that are too small to be told by themselves, or too many to be listed:
    `of` says how many they are, and `hidden` that even together they are too few."""

    kind: Literal["value", "none", "others"]
    id: str = Field(description="A record’s id, or a language; empty for none and others.")
    name: str
    of: int
    hidden: bool


class RuleLine(Intake):
    """What one rule of the policy did; `number` is its place in the rules in force, 0 for fixed rules and those that are not there any more."""

    id: str
    number: int


class Days(Shape):
    """From a day to a day."""

    first: date
    last: date


class MailboxTold(Shape):
    """A mailbox that is told of."""

    id: str
    name: str


class TotalsTold(Shape):
    """The totals, and those of the period it is compared with."""

    now: Totals
    before: Totals | None


class Report(Shape):
    """The figures of a period. A company, language or service level with fewer tickets than `least` is among the others."""

    first: date
    last: date
    compare: Literal["before", "year", "none"]
    compared: Days | None
    folded_at: datetime | None = Field(description="Up to when it tells.")
    least: int
    mailboxes: list[MailboxTold]
    totals: TotalsTold
    steps: list[Step]
    before: list[Step]
    breakdowns: dict[str, list[Line]] = Field(description="By `mailbox`, `agent` (the caller alone, where they are no admin), `team`, `company`, `language`, `level`.")
    rules: list[RuleLine] = Field(description="For admins.")
