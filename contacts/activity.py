"""Activities: tasks, appointments and calls, light records around persons and companies (S12, T21-T25, C4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, aliased, relationship

from contacts.agent import Agent
from contacts.company import Company
from contacts.following import follows
from contacts.person import Person
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

KINDS = ("task", "appointment", "call")
#: Still to be done, then what is over.
OPEN = ("open", "in_progress")
STATES = (*OPEN, "done", "cancelled")
_OPEN, _OVER = text("done_at IS NULL"), text("done_at IS NOT NULL")
_REMINDS, _BINNED = text("remind_at IS NOT NULL"), text("binned_at IS NOT NULL")


class Activity(Row, Guarded, Base):
    """One thing to do, or done. ``at`` is when a task is due, when an appointment or a call begins; of a ``whole_day`` it is noon
    UTC, and the date alone counts. ``done_at`` is set while it is over, done or called off; ``remind_at`` while the bell has still
    to ring. ``company_id`` is the company it was with, which stays when a person changes jobs unless a move takes it along (S38-S43)."""

    __tablename__ = "activities"
    kind: Mapped[str] = plain(String(12))
    title: Mapped[str] = personal(Text, erase="rewrite", default="")
    text: Mapped[str] = personal(Text, erase="rewrite", default="")
    state: Mapped[str] = plain(String(12), default="open")
    at: Mapped[datetime | None] = plain()
    ends_at: Mapped[datetime | None] = plain()
    whole_day: Mapped[bool] = plain(default=False)
    done_at: Mapped[datetime | None] = plain()
    remind_at: Mapped[datetime | None] = plain()
    binned_at: Mapped[datetime | None] = plain()
    owner_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = plain(default=now)
    owner: Mapped[Agent | None] = relationship(foreign_keys=[owner_id])
    company: Mapped[Company | None] = relationship()
    participants: Mapped[list[ActivityParticipant]] = relationship(
        back_populates="activity", order_by="ActivityParticipant.id", cascade="all, delete-orphan")
    __table_args__ = (
        Index("ix_activities_owner", "owner_id", "done_at", "at"), Index("ix_activities_company", "company_id", "id"),
        Index("ix_activities_at", "at"), Index("ix_activities_done", "done_at", "id", sqlite_where=_OVER, postgresql_where=_OVER),
        Index("ix_activities_open", "at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_activities_remind", "remind_at", sqlite_where=_REMINDS, postgresql_where=_REMINDS),
        Index("ix_activities_binned", "binned_at", sqlite_where=_BINNED, postgresql_where=_BINNED))

    @property
    def persons(self) -> list[Person]:
        """Whom it is with, without those in the bin."""
        return [one.person for one in self.participants if one.person is not None and one.person.living]

    @property
    def agents(self) -> list[Agent]:
        """The colleagues who take part beside the owner."""
        return [one.agent for one in self.participants if one.agent is not None]


class ActivityParticipant(Base):
    """Who takes part: a person (``origin_person_id``: whom it was before any merge), or a colleague."""

    __tablename__ = "activity_participants"
    id: Mapped[int] = plain(primary_key=True)
    activity_id: Mapped[int] = plain(ForeignKey("activities.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = personal(ForeignKey("persons.id", ondelete="CASCADE"), erase="delete_row")
    origin_person_id: Mapped[int | None] = plain()
    agent_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="CASCADE"))
    activity: Mapped[Activity] = relationship(back_populates="participants")
    person: Mapped[Person | None] = relationship()
    agent: Mapped[Agent | None] = relationship()
    __table_args__ = (Index("ix_activity_participants_person", "person_id", "activity_id"),
                      Index("ix_activity_participants_agent", "agent_id", "activity_id"))


def _both_take_part(of: int, into: int) -> ColumnElement[bool]:
    other = aliased(ActivityParticipant)
    return select(other.id).where(other.person_id == into, other.activity_id == ActivityParticipant.activity_id).exists()


follows("activities", N_("Activities"), ActivityParticipant.person_id, ActivityParticipant.origin_person_id, _both_take_part)
