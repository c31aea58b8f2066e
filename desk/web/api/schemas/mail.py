"""The ledgers of mail."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from desk.web.api.paging import Page
from desk.web.api.schemas.common import Shape
from desk.web.api.schemas.tickets import Verdict

InState = Literal["pending", "done", "failed", "set_aside"]
OutState = Literal["queued", "handing_over", "sent", "deferred", "failed", "withheld"]


class InboundAsked(Page):
    """Which deliveries."""

    state: InState | None = None


class OutboundAsked(Page):
    """Which mails of ours."""

    state: OutState | None = None


class InboundMail(Shape):
    """One delivery: how it came, what became of it and why."""

    id: str
    mailbox: str
    transport: str
    state: InState
    reason: str | None
    attempts: int
    envelope_sender: str | None
    envelope_recipient: str | None
    sender: str | None
    subject: str | None
    size: int
    received_at: datetime
    done_at: datetime | None
    ticket: int | None
    message_id: str | None
    verdict: Verdict | None


class OutboundMail(Shape):
    """One mail of ours: to whom, how far it is, and why not further. `outcomes`: recipient → what the relay said."""

    id: str
    kind: str
    mailbox: str | None
    state: OutState
    reason: str | None
    attempts: int
    recipients: list[str]
    outcomes: dict[str, list[str]]
    subject: str
    message_id: str
    ticket: int | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
