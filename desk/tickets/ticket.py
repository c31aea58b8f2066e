"""Tickets: a request, its state, who asks and who answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from contacts.address import Address
from contacts.agent import Agent, Team
from contacts.following import follows
from contacts.person import Person
from core.database import Base, Guarded, Json, Row, personal, plain
from core.i18n import N_
from desk.mailboxes import Mailbox
from rules.intake import is_from_a_deleted_person

STATES = ("new", "open", "waiting", "snoozed", "closed", "spam")
#: State → the shelf it lies on; lists are read shelf by shelf, each through an index.
SHELVES = {"new": "active", "open": "active", "waiting": "waiting", "snoozed": "waiting", "closed": "closed",
           "spam": "spam"}


class Ticket(Row, Guarded, Base):
    """A request. Its number is its id.

    ``moved_at`` is when something last happened that a reader of the list should see. ``identification``
    (how, evidence, candidates) and ``verdict`` (act, rule, why) are what intake decided, as in API.md. ``emptied_at``: its content had had its
    time (:mod:`desk.retention`).
    """

    __tablename__ = "tickets"
    ids_ahead = 1
    subject: Mapped[str] = personal(Text, kept="message", erase="rewrite")
    state: Mapped[str] = plain(String(10), default="new")
    shelf: Mapped[str] = plain(String(10), default="active")
    channel: Mapped[str] = plain(String(10), default="mail")
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id"))
    team_id: Mapped[int | None] = plain(ForeignKey("teams.id", ondelete="SET NULL"))
    assignee_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    priority: Mapped[int] = plain(default=3)
    language: Mapped[str | None] = personal(String(2), erase="keep")
    held: Mapped[bool] = plain(default=False)
    unread: Mapped[bool] = plain(default=True)
    requester_id: Mapped[int | None] = personal(ForeignKey("persons.id"), erase="clear")
    origin_requester_id: Mapped[int | None] = plain()
    requester_address_id: Mapped[int | None] = personal(ForeignKey("addresses.id"), erase="keep")
    requester_name: Mapped[str] = personal(String(250), default="", erase="rewrite")
    preview: Mapped[str] = personal(String(200), default="", kept="message", erase="rewrite")
    attachments_count: Mapped[int] = plain(default=0)
    identification: Mapped[dict[str, Any]] = personal(Json, erase="rewrite", default=dict)
    verdict: Mapped[dict[str, Any]] = personal(Json, erase="rewrite", default=dict)
    trust: Mapped[dict[str, Any]] = plain(Json, default=dict)
    moved_at: Mapped[datetime] = plain()
    due_at: Mapped[datetime | None] = plain()
    snoozed_until: Mapped[datetime | None] = plain()
    closed_at: Mapped[datetime | None] = plain()
    answered_at: Mapped[datetime | None] = plain()
    emptied_at: Mapped[datetime | None] = plain()
    continues_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="SET NULL"))
    binned_at: Mapped[datetime | None] = plain()

    mailbox: Mapped[Mailbox] = relationship()
    team: Mapped[Team | None] = relationship()
    assignee: Mapped[Agent | None] = relationship()
    requester: Mapped[Person | None] = relationship()
    requester_address: Mapped[Address | None] = relationship()
    participants: Mapped[list[Participant]] = relationship(order_by="Participant.id", cascade="all, delete-orphan")
    __table_args__ = (
        Index("ix_tickets_shelf", "mailbox_id", "shelf", "moved_at", "id"),
        Index("ix_tickets_shelf_assignee", "mailbox_id", "shelf", "assignee_id", "moved_at", "id"),
        Index("ix_tickets_assignee", "assignee_id", "shelf", "moved_at", "id", sqlite_where=text("assignee_id IS NOT NULL"),
              postgresql_where=text("assignee_id IS NOT NULL")),
        Index("ix_tickets_assignee_due", "assignee_id", "shelf", "due_at", "id",
              sqlite_where=text("assignee_id IS NOT NULL AND due_at IS NOT NULL"),
              postgresql_where=text("assignee_id IS NOT NULL AND due_at IS NOT NULL")),
        Index("ix_tickets_created", "mailbox_id", "shelf", "id"),
        Index("ix_tickets_assignee_created", "assignee_id", "shelf", "id", sqlite_where=text("assignee_id IS NOT NULL"),
              postgresql_where=text("assignee_id IS NOT NULL")),
        Index("ix_tickets_held", "mailbox_id", "moved_at", "id", sqlite_where=text("held = 1"),
              postgresql_where=text("held")),
        Index("ix_tickets_due", "mailbox_id", "shelf", "due_at", "id", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_tickets_requester", "requester_id", "id"),
        Index("ix_tickets_requester_address", "requester_address_id", "id"),
        Index("ix_tickets_snoozed", "snoozed_until", sqlite_where=text("state = 'snoozed'"),
              postgresql_where=text("state = 'snoozed'")),
        Index("ix_tickets_binned", "id", sqlite_where=text("binned_at IS NOT NULL"),
              postgresql_where=text("binned_at IS NOT NULL")),
        Index("ix_tickets_unrecorded", "mailbox_id", "shelf", "moved_at", "id", sqlite_where=text("requester_id IS NULL AND held = 0"),
              postgresql_where=text("requester_id IS NULL AND NOT held")),
        Index("ix_tickets_closed", "closed_at", "id", sqlite_where=text("closed_at IS NOT NULL"), postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_tickets_continues", "continues_id", sqlite_where=text("continues_id IS NOT NULL"),
              postgresql_where=text("continues_id IS NOT NULL")),
        Index("ix_tickets_merged_into", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL"),
              postgresql_where=text("merged_into_id IS NOT NULL")),
    )

    @property
    def came_from_id(self) -> int | None:
        """The row of the address that the ticket came from: what an agent says of the sender is about this one, also where
        answers go elsewhere by now."""
        return self.identification.get("came_from") or self.requester_address_id

    @property
    def number(self) -> int:
        """What people call the ticket by."""
        return self.id

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something, now or later."""
        return self.shelf in ("active", "waiting")

    @property
    def living(self) -> bool:
        """Neither binned nor merged."""
        return self.binned_at is None and self.merged_into_id is None

    @property
    def waits_for_a_deleted(self) -> bool:
        """Whether it is held because a deleted person wrote it (REQUIREMENTS 0.18)."""
        return self.held and self.requester_id is None and self.verdict.get("rule") == is_from_a_deleted_person.__name__

    @property
    def of_a_deleted(self) -> bool:
        """Whether whoever asks is in the bin: not named, and not written to."""
        return self.waits_for_a_deleted or (self.requester is not None and self.requester.binned_at is not None)

    def enter(self, state: str) -> None:
        """Take a state and its shelf. Binned and merged tickets leave the shelves altogether; what is part of a binned one
        is not listed in the bin by itself."""
        self.state = state
        self.shelf = "merged" if self.merged_into_id else "bin" if self.binned_at else SHELVES[state]


follows("tickets", N_("Tickets"), Ticket.requester_id, Ticket.origin_requester_id)


class Participant(Base):
    """An address that takes part in a ticket: the requester's, or one in copy. Never a person by itself."""

    __tablename__ = "participants"
    id: Mapped[int] = plain(primary_key=True)
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"))
    address_id: Mapped[int] = plain(ForeignKey("addresses.id"))
    role: Mapped[str] = plain(String(10))
    address: Mapped[Address] = relationship(lazy="joined")
    __table_args__ = (UniqueConstraint("ticket_id", "address_id"), Index("ix_participants_address", "address_id"))


class Tag(Base):
    """A word on a ticket."""

    __tablename__ = "ticket_tags"
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = plain(String(60), primary_key=True)
    __table_args__ = (Index("ix_ticket_tags_name", "name", "ticket_id"),)


class AlsoIn(Base):
    """Another mailbox that the same mail reached: the ticket shows there too."""

    __tablename__ = "tickets_also_in"
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"), primary_key=True)
    __table_args__ = (Index("ix_tickets_also_in_mailbox", "mailbox_id", "ticket_id"),)
