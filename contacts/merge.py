"""Two records of one human: merged, and unmerged for ever; or said not to be the same (W90-W95, C17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, Json, Row, personal, plain


class Merge(Row, Base):
    """``person_id`` was merged into ``into_id``. ``before`` holds what was overwritten on either, ``after`` what was written: an
    unmerge gives back what has not been changed since."""

    __tablename__ = "merges"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    into_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, Any]] = personal(Json, erase="rewrite", default=dict, report=False)
    after: Mapped[dict[str, Any]] = personal(Json, erase="rewrite", default=dict, report=False)
    by_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    undone_at: Mapped[datetime | None] = plain()


class NotTheSame(Base):
    """Two persons whom an agent has looked at and found to be two; ``person_id`` is the lesser id."""

    __tablename__ = "not_the_same"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    by_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    __table_args__ = (Index("ix_not_the_same_other", "other_id"),)
