"""What can happen to a ticket, as facts: uids, numbers and enums, never prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.history import Fact


@dataclass(frozen=True, slots=True)
class TicketOpened(Fact):
    """A ticket came to be. ``quiet``: by a machine, so nobody is acknowledged."""

    kind: ClassVar[str] = "ticket.opened"
    consumers: ClassVar[tuple[str, ...]] = ("notify", "acknowledge")
    ticket_uid: str
    message_uid: str
    person_uid: str | None = None
    channel: str = "mail"
    quiet: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class MessageReceived(Fact):
    """A customer's message joined a ticket. ``automatic`` names the kind of robot, empty for people."""

    kind: ClassVar[str] = "message.received"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    message_uid: str
    person_uid: str | None = None
    automatic: str = ""
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class RightsRequestSeen(Fact):
    """A customer's message reads like a request for a right of the GDPR (``of``: its kind); the words are in the message's verdict."""

    kind: ClassVar[str] = "rights_request.seen"
    consumers: ClassVar[tuple[str, ...]] = ("rights",)
    ticket_uid: str
    message_uid: str
    of: str


@dataclass(frozen=True, slots=True)
class ReplySent(Fact):
    """An agent answered (``kind_of``: reply or forward); the mail is in the outbound ledger."""

    kind: ClassVar[str] = "reply.sent"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    message_uid: str
    kind_of: str = "reply"


@dataclass(frozen=True, slots=True)
class NoteAdded(Fact):
    """An agent wrote an internal note."""

    kind: ClassVar[str] = "note.added"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    message_uid: str


@dataclass(frozen=True, slots=True)
class TicketAssigned(Fact):
    """Somebody, or nobody, has the ticket now. ``how``: by an agent (empty), or as the support contact's."""

    kind: ClassVar[str] = "ticket.assigned"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    assignee_uid: str | None = None
    team_uid: str | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class TicketRouted(Fact):
    """A ticket came to a team or an agent when it opened, by a rule or (``how``) as the support contact's."""

    kind: ClassVar[str] = "ticket.routed"
    ticket_uid: str
    rule_uid: str | None = None
    assignee_uid: str | None = None
    team_uid: str | None = None
    how: str = "rule"
    number: int = 0


@dataclass(frozen=True, slots=True)
class StateChanged(Fact):
    """A ticket went from one state to another."""

    kind: ClassVar[str] = "ticket.state"
    ticket_uid: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TagsChanged(Fact):
    """The words on a ticket changed."""

    kind: ClassVar[str] = "ticket.tags"
    ticket_uid: str


@dataclass(frozen=True, slots=True)
class RequesterChanged(Fact):
    """Another person (or none) is the requester now."""

    kind: ClassVar[str] = "ticket.requester"
    ticket_uid: str
    person_uid: str | None
    previous_uid: str | None
    address_uid: str | None


@dataclass(frozen=True, slots=True)
class TicketBinned(Fact):
    """A ticket was deleted or brought back."""

    kind: ClassVar[str] = "ticket.binned"
    ticket_uid: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class TicketMerged(Fact):
    """A ticket was merged into another, or taken out again."""

    kind: ClassVar[str] = "ticket.merged"
    ticket_uid: str
    into_uid: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class MassMailStopped(Fact):
    """A letter said that its sender wants no more of a mass mail; that was noted on the card, with the letter as proof."""

    kind: ClassVar[str] = "ticket.mass_mail_stopped"
    ticket_uid: str
    outbound_uid: str


@dataclass(frozen=True, slots=True)
class MailBounced(Fact):
    """A mail of ours came back. ``hard``: the address is marked."""

    kind: ClassVar[str] = "mail.bounced"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    message_uid: str | None
    address_uid: str
    hard: bool


@dataclass(frozen=True, slots=True)
class MailFailed(Fact):
    """A mail of ours could not be sent, finally."""

    kind: ClassVar[str] = "mail.failed"
    consumers: ClassVar[tuple[str, ...]] = ("notify",)
    ticket_uid: str
    outbound_uid: str


@dataclass(frozen=True, slots=True)
class BreakerOpened(Fact):
    """Automatic mail was held back: the loop budget of this correspondent or ticket is used up."""

    kind: ClassVar[str] = "mail.breaker"
    ticket_uid: str
    scope: str


@dataclass(frozen=True, slots=True)
class SenderChanged(Fact):
    """An agent said of one message that another person wrote it, or nobody we hold."""

    kind: ClassVar[str] = "message.sender"
    message_uid: str
    ticket_uid: str
    person_uid: str | None = None
    before_uid: str | None = None


@dataclass(frozen=True, slots=True)
class TicketForgotten(Fact):
    """A ticket of a sender without a record had its time and was deleted for good."""

    kind: ClassVar[str] = "ticket.forgotten"
    ticket_uid: str
    why: str = "unrecorded"


@dataclass(frozen=True, slots=True)
class LockedMailRead(Fact):
    """An admin read the mails of a ticket to which access is locked; why is in ``changes``. ``person_uids``: whose mails are locked."""

    kind: ClassVar[str] = "ticket.locked_mail_read"
    ticket_uid: str
    person_uids: tuple[str, ...] = ()
