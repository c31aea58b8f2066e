"""Agents: the users of the desk, with their roles, addresses, teams and tokens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from core.clock import now
from core.database import Base, Guarded, Json, Row, Versioned, personal, plain

ROLES = ("agent", "admin")
THEMES = ("system", "light", "dark")
#: What an agent may be told of, and how, until they choose otherwise.
NOTIFY = {"new": ["bell"], "assigned": ["bell", "mail"], "answered": ["bell"], "alert": ["mail"]}


class Agent(Row, Versioned, Base):
    """A user of the desk. ``session_version`` rises when every sign-in must end (new password, role taken). From
    ``away_from`` to ``away_until``, days in the agent's own zone, the deputy gets what would be theirs. ``calendar_key``, where there
    is one, opens their calendar to who has its address. ``privacy_reports``: an admin has given them the right to make these (S55)."""

    __tablename__ = "agents"
    email: Mapped[str] = personal(String(254), unique=True, erase="rewrite", report=False)
    name: Mapped[str] = personal(String(120), erase="rewrite", report=False)
    password_hash: Mapped[str] = plain(String(200), default="")
    role: Mapped[str] = plain(String(10), default="agent")
    privacy_reports: Mapped[bool] = plain(default=False)
    active: Mapped[bool] = plain(default=True)
    language: Mapped[str] = plain(String(2), default="en")
    timezone: Mapped[str] = plain(String(60), default="Europe/Oslo")
    theme: Mapped[str] = plain(String(10), default="system")
    keys: Mapped[bool] = plain(default=True)
    notify: Mapped[dict[str, Any]] = plain(Json, default=lambda: {k: list(v) for k, v in NOTIFY.items()})
    defaults: Mapped[dict[str, Any]] = plain(Json, default=dict)
    totp: Mapped[str] = plain(Text, default="")
    recovery_codes: Mapped[list[Any]] = plain(Json, default=list)
    totp_used: Mapped[int] = plain(default=0)
    session_version: Mapped[int] = plain(default=1)
    seen_at: Mapped[datetime | None] = plain(kept="log")
    away_from: Mapped[date | None] = plain()
    away_until: Mapped[date | None] = plain()
    deputy_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    calendar_key: Mapped[str | None] = plain(String(24))
    addresses: Mapped[list[AgentAddress]] = relationship(cascade="all, delete-orphan", lazy="selectin", order_by="AgentAddress.id")

    @property
    def admin(self) -> bool:
        """Whether the agent may administer the desk."""
        return self.role == "admin"

    @property
    def writes_from(self) -> frozenset[str]:
        """The addresses that count as the agent's, normalised: the one they sign in with, and others of theirs that are proven."""
        return frozenset({self.email, *(other.normalised for other in self.addresses if other.proven_at)})

    @property
    def initials(self) -> str:
        """Two letters for the face."""
        return "".join(word[0] for word in self.name.split()[:2]).upper() or "?"

    def wants(self, event: str, way: str) -> bool:
        """Whether to tell of this (new, assigned, answered; admins: alert) in this way (bell, mail)."""
        return way in self.notify.get(event, NOTIFY.get(event, ()))


class AgentAddress(Base):
    """Another address the agent writes from. It counts once the link that was mailed to it at ``asked_at`` was followed."""

    __tablename__ = "agent_addresses"
    id: Mapped[int] = plain(primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    normalised: Mapped[str] = personal(String(320), unique=True, erase="delete_row", report=False)
    asked_at: Mapped[datetime] = plain(default=now)
    proven_at: Mapped[datetime | None] = plain()


class Team(Row, Guarded, Base):
    """Agents who share a queue."""

    __tablename__ = "teams"
    name: Mapped[str] = plain(String(80), unique=True)
    members: Mapped[list[Agent]] = relationship(secondary="team_members", lazy="selectin", order_by="Agent.id")


class TeamMember(Base):
    """An agent in a team."""

    __tablename__ = "team_members"
    team_id: Mapped[int] = plain(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)


class ApiToken(Row, Base):
    """A token for the API: its keyed digest only, never the token."""

    __tablename__ = "api_tokens"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = plain(String(80), default="")
    digest: Mapped[str] = plain(String(32), unique=True)
    created_at: Mapped[datetime] = plain(default=now)
    used_at: Mapped[datetime | None] = plain(kept="log")
    agent: Mapped[Agent] = relationship(lazy="joined")


class PasswordReset(Base):
    """A link to choose a new password: keyed digest, good once and for an hour."""

    __tablename__ = "password_resets"
    digest: Mapped[str] = plain(String(32), primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = plain(kept="session")


class EndedSession(Base):
    """A session that was signed out of, as a keyed digest: a copy of its cookie opens nothing for as long as it would last."""

    __tablename__ = "ended_sessions"
    digest: Mapped[str] = plain(String(32), primary_key=True)
    until: Mapped[datetime] = plain(kept="session")


class SignInFailure(Base):
    """A failed sign-in, for throttling by name and by client; both only as keyed digests."""

    __tablename__ = "sign_in_failures"
    id: Mapped[int] = plain(primary_key=True)
    key: Mapped[str] = plain(String(32), kept="session")
    at: Mapped[datetime] = plain(default=now, kept="session")
    __table_args__ = (Index("ix_sign_in_failures_key_at", "key", "at"),)


class RecentlySeen(Base):
    """Who is looking at which ticket, and whether they are writing: forgotten after a minute."""

    __tablename__ = "recently_seen"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = plain(primary_key=True)
    at: Mapped[datetime] = plain(kept="session")
    writing_at: Mapped[datetime | None] = plain(kept="session")
    __table_args__ = (Index("ix_recently_seen_ticket", "ticket_id", "at"),
                      UniqueConstraint("ticket_id", "agent_id"))
