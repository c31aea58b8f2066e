"""Activities and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Asked, Changes, Given, Moment, Shape, Uid, Word

Kind = Literal["task", "appointment", "call"]
State = Literal["open", "in_progress", "done", "cancelled"]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
Body = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
Written = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=NO_NUL)]
Uids = Annotated[list[Uid], Field(max_length=100)]


class Activity(Shape):
    """A task, an appointment or a call. `at` is when a task is due, when the others begin; of a `whole_day` only its date counts.
    `person_ids` leaves out who is deleted; agents go by their address."""

    id: str
    kind: Kind
    title: str
    text: str
    state: State
    at: datetime | None
    ends_at: datetime | None
    whole_day: bool
    done_at: datetime | None
    overdue: bool
    owner: str | None
    company_id: str | None
    person_ids: list[str]
    agents: list[str]
    created_at: datetime
    version: int


class ActivitiesAsked(Page):
    """Which activities: of several states (`open,in_progress`), of a person, a company, an agent (by address or `me`: who owns them or
    takes part)."""

    state: Annotated[str, StringConstraints(max_length=60, pattern=r"^((open|in_progress|done|cancelled)(,|$))*$")] = ""
    kind: Kind | None = None
    person: Uid | None = None
    company: Uid | None = None
    agent: Word | None = None
    overdue: Literal["true", "false"] = "false"
    sort: Literal["created", "due"] = Field("created", description="`created` (the newest first), or `due`: what is overdue first, then by time, then what is over.")


class ActivityChange(Changes):
    """Fields of an activity; what is not given stays. `persons` and `agents` name all who take part from now on."""

    kind: Kind = "task"
    title: Title = ""
    text: Body = ""
    state: State = "open"
    at: Moment | None = None
    ends_at: Moment | None = None
    whole_day: bool = False
    owner: Word | None = None
    company_id: Uid | None = None
    person_ids: Uids = []
    agents: Annotated[list[Word], Field(max_length=100)] = []


class NewActivity(ActivityChange):
    """An activity. Its owner is who makes it, unless somebody is named."""

    title: Title
    id: Given = None
    version: Given = None
    done_at: Given = None
    overdue: Given = None
    created_at: Given = None


class Note(Shape):
    """A note on a person, a company or a project. A private one is its author's alone."""

    id: str
    text: str
    private: bool
    author: str
    person_id: str | None
    company_id: str | None
    project_id: str | None
    at: datetime
    version: int


class NewNote(Asked):
    """A note; on a company it may be about a person, on a person it may stand on a company too."""

    text: Written
    private: bool = False
    person_id: Uid | None = None
    company_id: Uid | None = None


class NewProjectNote(Asked):
    """A note on a project; it shows on the cards of who takes part."""

    text: Written
    private: bool = False


class NoteChange(Changes):
    """What to change of one's own note."""

    text: Written = ""
    private: bool = False
