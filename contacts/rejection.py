"""What agents have said of strangers: that an address is *not* this person's, however alike they look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, personal, plain


class Rejection(Base):
    """An agent said that who writes from this address is not this person."""

    __tablename__ = "rejections"
    address_id: Mapped[int] = personal(ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True, erase="delete_row",
                                       report=False)
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True)
    agent_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    at: Mapped[datetime] = plain(default=now)
