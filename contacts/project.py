"""Projects: who works on what together, ours and theirs (W4, C11, T27)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, validates

from contacts.following import follows
from contacts.matter import Matter, Member, WithCustomer, both_take_part, indexes
from core.database import Base, personal, plain
from core.fold import fold
from core.i18n import N_

STATES = ("planned", "open", "done", "cancelled")
OPEN = ("planned", "open")


class Project(WithCustomer, Matter, Base):
    """One project, with its main company, its contact there, and its members. ``sort_name`` is its title as it is searched for."""

    __tablename__ = "projects"
    sort_name: Mapped[str] = personal(String(200), erase="rewrite", report=False, default="")
    state: Mapped[str] = plain(String(12), default="open")
    starts_on: Mapped[date | None] = plain()
    ends_on: Mapped[date | None] = plain()
    __table_args__ = (*indexes("projects"), Index("ix_projects_sort_name", "sort_name", "id"), Index("ix_projects_created", "created_at"),
                      Index("ix_projects_starts_on", "starts_on"), Index("ix_projects_ends_on", "ends_on"))

    @validates("title")
    def _folded(self, _key: str, title: Any) -> Any:
        """Neither is ever written without the other."""
        self.sort_name = fold(title or "")[:200]
        return title


class ProjectMember(Member, Base):
    """A person who takes part in a project, and as what."""

    __tablename__ = "project_members"
    matter_id: Mapped[int] = plain("project_id", ForeignKey("projects.id", ondelete="CASCADE"))
    role: Mapped[str] = personal(String(80), default="")
    __table_args__ = (Index("ix_project_members_project", "project_id", "id"), Index("ix_project_members_person", "person_id", "project_id"))


follows("projects", N_("Projects"), Project.person_id, Project.origin_person_id)
follows("project_members", N_("Projects they take part in"), ProjectMember.person_id, ProjectMember.origin_person_id,
        both_take_part(ProjectMember, ProjectMember.matter_id))
