"""The rules of retention that an admin keeps: at most one for each class of data (:mod:`rules.retention`)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import Base, Guarded, Row, plain
from rules.retention import due, latest_start


class RetentionRule(Row, Guarded, Base):
    """One rule: so many days or months after a moment (``since``) what is of the class is erased, binned, emptied or removed (``act``).

    One that is not ``active`` is kept as it was written, and nothing happens by it.
    """

    __tablename__ = "retention_rules"
    of: Mapped[str] = plain(String(30))
    period: Mapped[int] = plain()
    unit: Mapped[str] = plain(String(6))
    since: Mapped[str] = plain(String(12))
    act: Mapped[str] = plain(String(10))
    active: Mapped[bool] = plain(default=False)
    __table_args__ = (UniqueConstraint("of"),)

    def due(self, start: date) -> date:
        """When what began on a day is due."""
        return due(start, self.period, self.unit)

    def latest_start(self, day: date) -> date:
        """The last beginning of what is due on a day."""
        return latest_start(day, self.period, self.unit)
