"""Files of persons and companies: the file area of a card (T33a-T33c)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from contacts.company import Company
from contacts.following import follows
from contacts.person import Person
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

_BINNED = text("binned_at IS NOT NULL")


class File(Row, Guarded, Base):
    """A file of a company, or of a person with the company they worked at when it was added: there it stays when they change jobs, unless
    a move takes it along (S38-S43). Its bytes lie in :mod:`core.files` under ``digest``. ``source`` is ``upload``, or ``mail`` where it was
    taken from a message."""

    __tablename__ = "contact_files"
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    name: Mapped[str] = personal(String(200), erase="delete_row")
    type: Mapped[str] = plain(String(120))
    size: Mapped[int] = plain()
    digest: Mapped[str] = personal(String(64), erase="delete_row", report=False, index=True)
    source: Mapped[str] = plain(String(10), default="upload")
    by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    by_name: Mapped[str] = plain(String(120), default="")
    at: Mapped[datetime] = plain(default=now)
    binned_at: Mapped[datetime | None] = plain()
    person: Mapped[Person | None] = relationship()
    company: Mapped[Company | None] = relationship()
    by: Mapped[Agent | None] = relationship()
    __table_args__ = (Index("ix_contact_files_person", "person_id", "id"), Index("ix_contact_files_company", "company_id", "id"),
                      Index("ix_contact_files_binned", "binned_at", sqlite_where=_BINNED, postgresql_where=_BINNED))


follows("files", N_("Files"), File.person_id, File.origin_person_id)
