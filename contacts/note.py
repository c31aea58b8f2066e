"""Notes on persons and companies (W2, W49, T26-T29)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from contacts.company import Company
from contacts.following import follows
from contacts.person import Person
from contacts.project import Project
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

_BINNED = text("binned_at IS NOT NULL")


class Note(Row, Guarded, Base):
    """One note: on a person, on a company, on a project, or on a company with the person it is about (T27). A private one is its author's alone:
    in list, search, timeline, export and notification (T29)."""

    __tablename__ = "contact_notes"
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = plain(ForeignKey("projects.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    author_name: Mapped[str] = plain(String(120), default="")
    text: Mapped[str] = personal(Text, erase="rewrite")
    private: Mapped[bool] = plain(default=False)
    at: Mapped[datetime] = plain(default=now)
    binned_at: Mapped[datetime | None] = plain()
    person: Mapped[Person | None] = relationship()
    company: Mapped[Company | None] = relationship()
    project: Mapped[Project | None] = relationship()
    author: Mapped[Agent | None] = relationship()
    __table_args__ = (Index("ix_contact_notes_person", "person_id", "id"), Index("ix_contact_notes_company", "company_id", "id"),
                      Index("ix_contact_notes_project", "project_id", "id"),
                      Index("ix_contact_notes_binned", "binned_at", sqlite_where=_BINNED, postgresql_where=_BINNED))


follows("notes", N_("Notes"), Note.person_id, Note.origin_person_id)
