"""Tickets and messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.database import LARGEST_ID
from desk.web.api.paging import Page
from desk.web.api.schemas.common import Asked, Changes, Line, Moment, Shape, Text, Uid, Word

State = Literal["new", "open", "waiting", "snoozed", "closed", "spam"]
States = Annotated[str, StringConstraints(
    pattern=r"^(new|open|waiting|snoozed|closed|spam)(,(new|open|waiting|snoozed|closed|spam)){0,10}$")]


class Requester(Shape):
    """Who asks: a person where one is known, and the address they wrote from."""

    person_id: str | None
    address: str | None
    name: str


class Clue(Shape):
    """One reason to believe who it is."""

    clue: str
    words: str
    points: int


class Candidate(Shape):
    """Somebody it might be."""

    person_id: str
    name: str
    score: float = Field(ge=0, le=1)
    evidence: list[Clue]


class Identification(Shape):
    """How the sender was recognised. Candidates are given while the sender is not settled."""

    how: Literal["address", "thread", "agent", "created", "claim", "none"]
    evidence: list[Clue]
    candidates: list[Candidate]


class Verdict(Shape):
    """What was decided about the mail that opened the ticket, by which rule, and why."""

    act: Literal["open", "open_quiet", "open_held", "append", "set_aside", "ignore"]
    person: Literal["created", "matched", "asked", "none"]
    rule: str
    why: str


class Routing(Shape):
    """Why the ticket went where it went when it opened: by a rule (which one, its place then, its name), by the person's
    support contact, or both."""

    how: Literal["rule", "support_contact", ""]
    rule: str | None
    number: int | None
    name: str
    why: str


class Trust(Shape):
    """What authentication proves of the sender."""

    result: Literal["pass", "none", "fail"]
    why: str


class File(Shape):
    """A file of a message; its bytes are at /attachments/{id}."""

    id: str
    name: str
    type: str
    size: int
    sha256: str


class Message(Shape):
    """One message. `text` is the whole of it, `visible` the text without what it quotes, `html` is sanitised."""

    id: str
    direction: Literal["in", "out", "note"]
    channel: str
    from_: str = Field(alias="from")
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    visible: str
    html: str
    attachments: list[File]
    message_id: str
    at: datetime
    by: str | None = Field(description="Address of the agent who wrote it.")
    state: Literal["queued", "handing_over", "sent", "deferred", "failed"] | None = Field(
        description="How a message that went out fares.")
    trust: Trust | None = Field(description="Of a message that came in.")
    locked: bool = Field(description="Whether access to this mail is locked for you; `text` then says so, and there are no files.")


class TicketRow(Shape):
    """A ticket without its messages."""

    number: int
    subject: str
    state: State
    channel: str
    mailbox: str = Field(description="Its address.")
    team: str | None = Field(description="Its name.")
    assignee: str | None = Field(description="The agent's address.")
    priority: int
    tags: list[str]
    language: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    version: int
    held: bool
    requester: Requester
    identification: Identification
    verdict: Verdict
    routing: Routing | None = Field(description="None where neither a rule nor a support contact had a say.")
    trust: Trust


class Ticket(TicketRow):
    """A ticket. What was said on tickets that were merged into it is among its messages."""

    messages: list[Message]


class TicketsAsked(Page):
    """Which tickets: without a state all but spam."""

    state: States | None = Field(None, description="One or several, with commas between.")
    mailbox: Word | None = Field(None, description="The mailbox's address.")
    assignee: Word | None = Field(None, description="`me`, `none` or an agent's address.")
    requester: Uid | None = Field(None, description="A person's id.")
    tag: Word | None = None
    held: Literal["true", "false"] | None = None
    q: Line | None = Field(None, description="Number, address, name, or words of the text.")
    sort: Literal["moved", "created", "due"] = Field(
        "moved", description="`moved`: what changed last comes first; `created`: the newest; `due`: the most urgent.")


class NewTicket(Asked):
    """A ticket by an agent: a mail to somebody, or a call noted down."""

    mailbox: Word
    to: list[Word] = Field(default=[], max_length=50)
    cc: list[Word] = Field(default=[], max_length=50)
    requester: Uid | None = None
    subject: Line
    text: Text = ""
    html: Text = ""
    channel: Literal["mail", "phone"] = "mail"
    attachments: list[Uid] = Field(default=[], max_length=50)


class NewReply(Asked):
    """An answer; `to` defaults to the address the requester wrote from."""

    text: Text = ""
    html: Text = ""
    to: list[Word] | None = Field(default=None, max_length=50)
    cc: list[Word] = Field(default=[], max_length=50)
    attachments: list[Uid] = Field(default=[], max_length=50)
    close: bool = False


class NewNote(Asked):
    """An internal note, sent to nobody."""

    text: Text = ""
    html: Text = ""
    attachments: list[Uid] = Field(default=[], max_length=50)


class Assignment(Changes):
    """Who has the ticket. What is not given stays as it is; null takes it away."""

    assignee: Word | None = Field(None, description="An agent's address or id, or `me`.")
    team: Word | None = Field(None, description="A team's name or id.")


class StateChange(Asked):
    """The state; `until` is when a snoozed ticket comes back."""

    state: State
    until: Moment | None = None


class MergeInto(Asked):
    """The ticket that goes on."""

    into: int = Field(ge=1, le=LARGEST_ID)


class PersonToCreate(Asked):
    """A person made of the sender."""

    first_name: Word = ""
    last_name: Word = ""
    company_id: Uid | None = None


class RequesterChange(Asked):
    """Who the sender is: exactly one of `person_id`, `create`, `none` and `spam`."""

    person_id: Uid | None = None
    add_address: bool = Field(False, description="The person holds the sender's address from now on.")
    create: PersonToCreate | None = None
    none: Literal[True] | None = None
    spam: Literal[True] | None = None
    block: Literal["address", "domain"] | None = Field(None, description="Take no more mail from there.")
    always: bool = Field(False, description="Write the rule that does the same for everybody unknown at the sender's domain.")


class Undoable(Shape):
    """What takes it back: POST /undo/{id}."""

    undo: str


class NewFile(Shape):
    """A file that is kept for a message to come."""

    id: str
    name: str
    type: str
    size: int
    sha256: str
