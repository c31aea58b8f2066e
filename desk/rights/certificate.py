"""A certificate of erasure as it is kept: numbers, days and words of ours, of nobody (PRIVACY 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, Json, Row, plain


class Certificate(Row, Base):
    """What was certified of one erasing. ``content`` is what :mod:`desk.rights.certifying` puts in it; it names no person, so it stays."""

    __tablename__ = "erasure_certificates"
    operation_uid: Mapped[str] = plain(String(24), unique=True)
    case_uid: Mapped[str | None] = plain(String(24), index=True)
    at: Mapped[datetime] = plain(default=now)
    content: Mapped[dict[str, Any]] = plain(Json)
