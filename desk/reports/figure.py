"""Tables of the desk's figures: counts by day, and what each ticket has been counted as."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, Json, plain

#: What is counted of tickets. ``first`` and ``solved`` have a bucket of minutes, the others bucket 0; ``up`` and ``down`` are tickets
#: that became open and ceased to be, so that what was open at the end of a day is the sum of all days before.
OF_TICKETS = ("in", "out", "first", "solved", "up", "down", "kept", "missed")
#: What the create-or-not policy did, of mails on the day they came; ``undone`` are agents' decisions on the day they were made.
OF_INTAKE = ("created", "asked", "never", "spam", "set_aside", "undone")
#: What tickets are told apart by; each is counted by itself, never two together.
DIMENSIONS = ("agent", "team", "company", "language", "level")


class Figure(Base):
    """How often something happened on a day of the desk's zone, of one mailbox.

    ``dimension`` is *total*, one of :data:`DIMENSIONS`, or *rule* (of the policy); ``value`` is the uid of the record or the language,
    empty for none and for those that have been let go (:func:`desk.reports.letting_go.let_go`).
    """

    __tablename__ = "figures"
    dimension: Mapped[str] = plain(String(10), primary_key=True)
    measure: Mapped[str] = plain(String(10), primary_key=True)
    day: Mapped[date] = plain(primary_key=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id"), primary_key=True)
    value: Mapped[str] = plain(String(24), primary_key=True)
    bucket: Mapped[int] = plain(primary_key=True, autoincrement=False)
    count: Mapped[int] = plain()
    __table_args__ = (Index("ix_figures_value", "value", "dimension", sqlite_where=text("value <> ''"), postgresql_where=text("value <> ''")),)


class CountedTicket(Base):
    """What a ticket has been counted as, so that it is counted anew by the difference. It goes with the ticket, the counts stay.

    ``events``: list of ``[measure, day, bucket, agent uid, n]``. ``sealed``: its person is being forgotten; company and service level
    stay as they are.
    """

    __tablename__ = "counted_tickets"
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    mailbox_id: Mapped[int] = plain()
    team: Mapped[str] = plain(String(24), default="")
    company: Mapped[str] = plain(String(24), default="")
    language: Mapped[str] = plain(String(24), default="")
    level: Mapped[str] = plain(String(24), default="")
    events: Mapped[list[Any]] = plain(Json, default=list)
    sealed: Mapped[bool] = plain(default=False)
    __table_args__ = (Index("ix_counted_tickets_company", "company", sqlite_where=text("company <> ''"), postgresql_where=text("company <> ''")),)


class FoldMark(Base):
    """How far folding is: the last ticket or fact it has looked at (``number``), and when it was last done."""

    __tablename__ = "fold_marks"
    name: Mapped[str] = plain(String(20), primary_key=True)
    number: Mapped[int] = plain(default=0)
    at: Mapped[datetime] = plain(default=now)
