"""Fields of the organisation's own on persons and companies, and what stands in them (W5, W24)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from core.database import Base, Guarded, Json, Row, personal, plain
from core.i18n import language

#: Whose fields there are.
CARDS = ("person", "company")


class CustomField(Row, Guarded, Base):
    """One field. ``names`` holds what it is called in a language where that is not ``name``; ``key`` is for the API and never
    changes. ``personal``: what stands in it is part of reports and of erasure. A retired one is shown where it holds something."""

    __tablename__ = "custom_fields"
    of: Mapped[str] = plain(String(10))
    key: Mapped[str] = plain(String(40))
    name: Mapped[str] = plain(String(80))
    names: Mapped[dict[str, Any]] = plain(Json, default=dict)
    kind: Mapped[str] = plain(String(10))
    choices: Mapped[list[Any]] = plain(Json, default=list)
    required: Mapped[bool] = plain(Boolean, default=False)
    personal: Mapped[bool] = plain(Boolean, default=True)
    place: Mapped[int] = plain(default=0)
    retired_at: Mapped[datetime | None] = plain()
    __table_args__ = (UniqueConstraint("of", "key"),)

    @property
    def label(self) -> str:
        """What it is called in the language in force."""
        return self.names.get(language()) or self.name

    @property
    def slot(self) -> str:
        """What the field is called beside those that every person has: ``custom.shoe_size``."""
        return f"custom.{self.key}"


_FOLDED, _NUMBER, _DAY = (text(f"{name} IS NOT NULL") for name in ("folded", "number", "day"))


class CustomValue(Base):
    """One value, of a field with several choices one a row: in the column of its kind, so that each is found through an index.

    ``folded`` is the beginning of ``text`` as it is compared. A yes is the number 1, a no is 0. Values stay with whoever they were
    written on, as other fields do; a merge overwrites those that were chosen (:mod:`contacts.overwriting`).
    """

    __tablename__ = "custom_values"
    id: Mapped[int] = plain(primary_key=True)
    field_id: Mapped[int] = plain(ForeignKey("custom_fields.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    text: Mapped[str | None] = personal(Text, erase="delete_row")
    folded: Mapped[str | None] = personal(String(200), erase="delete_row", report=False)
    number: Mapped[float | None] = personal(Float(53), erase="delete_row")
    day: Mapped[date | None] = personal(Date, erase="delete_row")
    __table_args__ = (Index("ix_custom_values_person", "person_id", "field_id"), Index("ix_custom_values_company", "company_id", "field_id"),
                      Index("ix_custom_values_folded", "field_id", "folded", sqlite_where=_FOLDED, postgresql_where=_FOLDED),
                      Index("ix_custom_values_number", "field_id", "number", sqlite_where=_NUMBER, postgresql_where=_NUMBER),
                      Index("ix_custom_values_day", "field_id", "day", sqlite_where=_DAY, postgresql_where=_DAY))
