"""Infotags: words of a list that an admin keeps, put on persons and companies (C8, W5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, relationship

from contacts.following import follows
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_


class Infotag(Row, Guarded, Base):
    """One word of the list, under a heading (``kind``: interests, roles). A retired one stays where it was put, and is put nowhere else."""

    __tablename__ = "infotags"
    name: Mapped[str] = plain(String(60), unique=True)
    kind: Mapped[str] = plain(String(40), default="")
    retired_at: Mapped[datetime | None] = plain()


class Tagged(Base):
    """An infotag on a person or a company: since when, and who put it there."""

    __tablename__ = "infotagged"
    id: Mapped[int] = plain(primary_key=True)
    tag_id: Mapped[int] = personal(ForeignKey("infotags.id", ondelete="CASCADE"), erase="delete_row")
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    by_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    tag: Mapped[Infotag] = relationship()
    __table_args__ = (UniqueConstraint("person_id", "tag_id"), UniqueConstraint("company_id", "tag_id"),
                      Index("ix_infotagged_tag", "tag_id", "person_id"))


def _same_tag(of: int, into: int) -> ColumnElement[bool]:
    other = aliased(Tagged)
    return select(other.id).where(other.person_id == into, other.tag_id == Tagged.tag_id).exists()


follows("infotags", N_("Infotags"), Tagged.person_id, Tagged.origin_person_id, _same_tag)
