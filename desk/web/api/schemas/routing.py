"""Service levels and routing rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contacts.levels import LONGEST_NAME, MOST_MINUTES
from desk.routing_rules import LONGEST_WORD, MOST_LISTED, MOST_RULES, MOST_WORDS
from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Shape, Uid, Word
from desk.web.api.schemas.persons import Language

LevelName = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE)]
RuleName = Annotated[str, StringConstraints(max_length=LONGEST_NAME, pattern=ONE_LINE)]
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]
Priority = Annotated[int, Field(ge=1, le=5)]
Sought = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WORD, pattern=ONE_LINE)]
TagName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE)]


class Level(Shape):
    """What customers may expect. `priority` is 1 (highest) to 5; minutes are of `business_hours` (the setting `desk.hours`) or
    round the clock, and null promises nothing."""

    id: str
    name: str
    priority: int
    first_answer_minutes: int | None
    next_answer_minutes: int | None
    business_hours: bool
    archived: bool
    version: int


class NewLevel(Asked):
    """A service level, offered last."""

    name: LevelName
    priority: Priority = 3
    first_answer_minutes: Minutes | None = None
    next_answer_minutes: Minutes | None = None
    business_hours: bool = True


class LevelChange(Changes):
    """What to change of a level. Tickets that are open keep the time they have."""

    name: LevelName = ""
    priority: Priority = 3
    first_answer_minutes: Minutes | None = None
    next_answer_minutes: Minutes | None = None
    business_hours: bool = True
    archived: bool = False


class Conditions(Asked):
    """What has to hold: of each list that is not empty one entry. `words` stand in subject or text, one of them or, with
    `all_words`, all; whole, folded, and with a `*` at the end as a beginning."""

    mailboxes: list[Word] = Field(default=[], max_length=MOST_LISTED, description="Addresses of mailboxes.")
    persons: list[Uid] = Field(default=[], max_length=MOST_LISTED)
    companies: list[Uid] = Field(default=[], max_length=MOST_LISTED)
    categories: list[Word] = Field(default=[], max_length=MOST_LISTED, description="Names of categories.")
    languages: list[Language] = Field(default=[], max_length=10)
    trust: list[Literal["pass", "none", "fail"]] = Field(default=[], max_length=3)
    words: list[Sought] = Field(default=[], max_length=MOST_WORDS)
    all_words: bool = False


class Acts(Asked):
    """What then happens. An agent who is away gives way to the deputy."""

    team: Word | None = Field(default=None, description="Name or id of a team.")
    assignee: Word | None = Field(default=None, description="Address or id of an agent.")
    priority: Priority | None = None
    tags: list[TagName] = Field(default=[], max_length=20)


class RoutingRule(Asked):
    """A rule. With the `id` of one there is, that one is changed; without, it is new."""

    id: Uid | None = None
    name: RuleName = ""
    active: bool = True
    conditions: Conditions = Conditions()
    acts: Acts


class ShownConditions(Shape):
    """What has to hold, as it can be sent back; an empty list asks nothing."""

    mailboxes: list[str] = []
    persons: list[str] = []
    companies: list[str] = []
    categories: list[str] = []
    languages: list[str] = []
    trust: list[str] = []
    words: list[str] = []
    all_words: bool = False


class ShownActs(Shape):
    """What then happens, as it can be sent back."""

    team: str | None = None
    assignee: str | None = None
    priority: int | None = None
    tags: list[str] = []


class ShownRule(Shape):
    """A rule of the book, and how many tickets it routed in the last 30 days."""

    id: str
    name: str
    active: bool
    conditions: ShownConditions
    acts: ShownActs
    last_30_days: int


class RoutingRules(Shape):
    """The book, in the order in which rules are asked: the first that holds decides."""

    rules: list[ShownRule]
    version: int


class NewRules(Asked):
    """The whole book: rules that are not named go."""

    rules: list[RoutingRule] = Field(max_length=MOST_RULES)
