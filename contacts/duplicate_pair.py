"""Pairs of persons who may be one human: what speaks for it, until somebody has looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from contacts.person import Person
from core.clock import now
from core.database import Base, Row, personal, plain

#: ``open`` until somebody has looked, ``two`` once they are found to be two persons.
STATES = ("open", "two")


class DuplicatePair(Row, Base):
    """Two persons, the lesser id first. ``origin``: scan, or rule (saved though the company's own rule says they are the same);
    ``scan_id``: the operation that saw them last."""

    __tablename__ = "duplicate_pairs"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    points: Mapped[int] = plain()
    evidence: Mapped[list[Any]] = personal(erase="delete_row", report=False)
    origin: Mapped[str] = plain(String(10), default="scan")
    state: Mapped[str] = plain(String(10), default="open")
    scan_id: Mapped[int | None] = plain()
    found_at: Mapped[datetime] = plain(default=now)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])
    __table_args__ = (UniqueConstraint("person_id", "other_id"), Index("ix_duplicate_pairs_other", "other_id"),
                      Index("ix_duplicate_pairs_state", "state", "points", "id"))
