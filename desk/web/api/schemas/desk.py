"""Agents, teams, settings, operations and the bin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from contacts.enrolling import SHORTEST
from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Asked, Changes, Day, Line, Shape, Word
from desk.web.api.schemas.persons import Language, Name

Role = Literal["agent", "admin"]
TeamName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=ONE_LINE)]
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=500, pattern=NO_NUL),
                     Field(json_schema_extra={"writeOnly": True})]


class Agent(Shape):
    """A user of the desk."""

    id: str
    email: str
    name: str
    role: Role
    active: bool
    privacy_reports: bool = Field(description="Given the right to make privacy reports; admins have it in any case.")
    language: Language
    timezone: str
    away_from: date | None = Field(description="The first day of an absence, in the agent's time zone.")
    away_until: date | None = Field(description="The last day of it.")
    deputy: str | None = Field(description="The address of who gets the agent's tickets meanwhile.")
    version: int


class AgentChange(Changes):
    """What to change of an agent. Who loses a role or the right to sign in is signed out everywhere. An agent who is no admin
    changes the absence alone, and only their own."""

    email: Word = ""
    name: Name = ""
    role: Role = "agent"
    active: bool = True
    privacy_reports: bool = False
    language: Language = "en"
    away_from: Day | None = None
    away_until: Day | None = None
    deputy: Word | None = Field(default=None, description="Address or id of an agent; null for nobody.")


class NewAgent(Asked):
    """An agent. Without a password they choose one by a reset mail."""

    email: Word
    name: Name = ""
    role: Role = "agent"
    language: Language = "en"
    password: Password | None = None


class Team(Shape):
    """Agents who share a queue."""

    id: str
    name: str
    members: list[str] = Field(description="Addresses of agents.")
    version: int


class NewTeam(Asked):
    """A team."""

    name: TeamName
    members: list[Word] = Field(default=[], max_length=500, description="Addresses or ids of agents.")


class TeamChange(Changes):
    """What to change of a team."""

    name: TeamName = ""
    members: list[Word] = Field(default=[], max_length=500)


class SettingAsked(Asked):
    """For the whole desk, or for one mailbox alone."""

    mailbox: Word | None = None


class SettingsAsked(Page):
    """All settings, for the whole desk or for one mailbox alone."""

    mailbox: Word | None = None


class Setting(Shape):
    """A switch: the value in force, its default, and what it means. `chosen` tells whether it was chosen right here."""

    key: str
    value: Any
    default: Any
    chosen: bool
    means: str
    mailbox: str | None
    version: int


class NewValue(Asked):
    """The value to choose; null goes back to the desk's (for a mailbox) or to the default."""

    value: Any = Field(description="A text, a number, true, false or a list, as the setting wants.")


class When(Asked):
    """What has to be so for a rule to match, all of it. A rule is about ordinary mail unless it names another kind."""

    senders: list[Word] = Field(default=[], max_length=200, description="Addresses, `@domain`, or `@*.domain` for all below it.")
    known_company: bool = Field(False, description="The domain belongs to a company we know.")
    free_mail: bool = Field(False, description="The domain is a free mail provider's.")
    blocked: bool = False
    spam: bool = Field(False, description="The filter before us says so.")
    automatic: bool = Field(False, description="A machine wrote it.")
    trust: Literal["pass", "none", "fail"] | None = None
    languages: list[Language] = Field(default=[], max_length=10)
    mailboxes: list[Word] = Field(default=[], max_length=200, description="Ids or addresses of mailboxes.")


class Gifts(Asked):
    """What whoever is created gets: ids of records."""

    company: Word | None = None
    category: Word | None = None
    business: Word | None = None
    service_level: Word | None = None
    support_contact: Word | None = Field(None, description="Id of an agent.")
    team: Word | None = None
    language: Language | None = None


class Then(Gifts):
    """What follows; what is given to the person counts for `create` alone."""

    act: Literal["create", "ask", "never", "set_aside", "spam"]


class IntakeRule(Asked):
    """A rule about senders nobody knows."""

    id: Annotated[str, StringConstraints(max_length=24, pattern=r"^[A-Za-z0-9_-]*$")] = Field("", description="Left out of a new one.")
    when: When = Field(default_factory=When)
    then: Then
    off: bool = False
    by: Literal["", "always"] = Field("", description="`always`: written with a decision about a ticket.")


class NewIntakeRules(Asked):
    """The ordered table, whole; and what everybody who is created gets."""

    rules: list[IntakeRule] = Field(max_length=200)
    gifts: Gifts | None = None


class MatchedRule(Shape):
    """A rule as it stands, with how often it decided in the last 30 days (counted up to 10 000)."""

    id: str
    when: dict[str, Any]
    then: dict[str, Any]
    off: bool
    by: str
    last_30: int


class IntakeRules(Shape):
    """The table in force. `fixed` come behind the rules; then `unknown_sender` holds."""

    version: int
    rules: list[MatchedRule]
    fixed: list[MatchedRule]
    gifts: dict[str, Any]
    unknown_sender: Literal["create", "ask", "never"]


class Trial(Asked):
    """A policy to try on the mails of the last days; what is left out is as it is in force."""

    days: int = Field(30, ge=1, le=400)
    rules: list[IntakeRule] | None = Field(None, max_length=200)
    gifts: Gifts | None = None
    unknown_sender: Literal["create", "ask", "never"] | None = None


class Progress(Shape):
    """How far it is."""

    done: int
    total: int


class Operation(Shape):
    """An act that takes time, done by a worker."""

    id: str
    kind: str
    state: Literal["planned", "approved", "running", "paused", "done", "failed", "cancelled", "undone"]
    progress: Progress
    reason: str | None
    items_url: str | None
    result_url: str | None


class OperationsAsked(Page):
    """Which operations: one's own, or everybody's, which admins alone are given."""

    kind: Word | None = Field(None, description="Of one kind alone.")
    whose: Literal["mine", "all"] = "mine"


class ItemsAsked(Page):
    """What of its records."""

    kind: Word | None = Field(None, description="Of one kind alone.")
    state: Word | None = Field(None, description="In one state alone.")


class OperationItem(Shape):
    """One record that an operation speaks of."""

    kind: str = Field(description="Of a row of an import: create, update, skip, queue (create, and look at it as a duplicate), or empty where it has an error.")
    state: str = Field(description="Of a bulk act: laid, planned, done, skipped, failed, undone, conflict; else empty.")
    reason: str | None = Field(description="Why it was skipped, failed, or could not be undone.")
    subject: str | None = Field(description="Id of the record.")
    data: dict[str, Any] = Field(description="Of a bulk act: `name`, `before` and `after` (field → value); of an import `row` (its line in the file), "
                                 "`note`, and `alike`: ids of those it is a duplicate of.")


class BinAsked(Page):
    """What kind of deleted records; with ``act`` those that were deleted in one go, with ``q`` those called so."""

    kind: Literal["person", "company", "ticket"] = "person"
    q: Line = ""
    act: Line = ""


class Answers(Asked):
    """Whose everything is that somebody else has got meanwhile: ``key`` of a conflict → keep (they keep it), back, or share. Without them a conflict is
    answered with 409 and ``conflicts``: list of {key, kind, value, person_id, holders: list of {id, name}, answers}."""

    may_be_left_out: ClassVar[bool] = True
    answers: dict[Word, Literal["keep", "back", "share"]] = {}


class WithPersons(Asked):
    """Whether the persons who work there and nowhere else are deleted too."""

    persons: Literal["true", "false"] = "false"


class Deleted(Shape):
    """A record in the bin: what it is called, since when it is there, and when it will be gone."""

    kind: Literal["person", "company", "ticket"]
    id: str = Field(description="A ticket's is its number.")
    name: str
    deleted_at: datetime
    gone_at: datetime = Field(description="Until then it can be restored.")
    deleted_by: str | None = Field(description="E-mail address of the agent.")
    act: str = Field(description="What was deleted in one go has the same; of a bulk act it is the operation's id.")
