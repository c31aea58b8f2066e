"""Projects: who works on what together, ours and theirs (W4, C11, T27)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from contacts.following import follows
from contacts.matter import Matter, Member, WithCustomer, both_take_part, indexes
from core.database import Base, personal, plain
from core.i18n import N_

STATES = ("planned", "open", "done", "cancelled")
OPEN = ("planned", "open")


class Project(WithCustomer, Matter, Base):
    """One project, with its main company, its contact there, and its members."""

    __tablename__ = "projects"
    state: Mapped[str] = plain(String(12), default="open")
    starts_on: Mapped[date | None] = plain()
    ends_on: Mapped[date | None] = plain()
    __table_args__ = indexes("projects")


class ProjectMember(Member, Base):
    """A person who takes part in a project, and as what."""

    __tablename__ = "project_members"
    matter_id: Mapped[int] = plain("project_id", ForeignKey("projects.id", ondelete="CASCADE"))
    role: Mapped[str] = personal(String(80), default="")
    __table_args__ = (Index("ix_project_members_project", "project_id", "id"), Index("ix_project_members_person", "person_id", "project_id"))


follows("projects", N_("Projects"), Project.person_id, Project.origin_person_id)
follows("project_members", N_("Projects they take part in"), ProjectMember.person_id, ProjectMember.origin_person_id,
        both_take_part(ProjectMember, ProjectMember.matter_id))
