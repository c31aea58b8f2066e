"""Agents, teams, settings, operations and the bin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from contacts.enrolling import SHORTEST
from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Asked, Changes, Day, Shape, Word
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


class BinAsked(Page):
    """What kind of deleted records."""

    kind: Literal["person", "company", "ticket"] = "person"


class Deleted(Shape):
    """A record in the bin: what it is called, since when it is there, and when it will be gone."""

    kind: Literal["person", "company", "ticket"]
    id: str = Field(description="A ticket's is its number.")
    name: str
    deleted_at: datetime
    gone_at: datetime
