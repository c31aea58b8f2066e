"""The book of rules: every version that was in force, the newest last. Nothing in it is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session

from core.clock import now
from core.database import Base, Json, Row, personal, plain


class RuleBook(Row, Base):
    """One version: ``rules`` in order, and ``gifts``, what everybody who is created gets."""

    __tablename__ = "rule_books"
    number: Mapped[int] = plain(unique=True)
    rules: Mapped[list[dict[str, Any]]] = personal(Json, default=list, erase="rewrite", report=False)
    gifts: Mapped[dict[str, Any]] = plain(Json, default=dict)
    by_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)


def newest(db: Session) -> RuleBook | None:
    """The version in force."""
    return db.scalar(select(RuleBook).order_by(RuleBook.number.desc()).limit(1))


def numbered(db: Session, number: int) -> RuleBook | None:
    """One version."""
    return db.scalar(select(RuleBook).where(RuleBook.number == number))
