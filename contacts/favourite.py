"""What an agent keeps at hand: favourites, what they opened last, and what they subscribe to (S8, S9, W28, W29)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, plain

KINDS = ("person", "company", "ticket", "selection")


class AtHand(Base):
    """One record (by uid) for one agent: a favourite, subscribed to, and when last opened."""

    __tablename__ = "at_hand"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    subject_uid: Mapped[str] = plain(String(24), primary_key=True)
    kind: Mapped[str] = plain(String(10))
    favourite: Mapped[bool] = plain(default=False)
    subscribed: Mapped[bool] = plain(default=False)
    subscribed_at: Mapped[datetime | None] = plain()
    opened_at: Mapped[datetime | None] = plain(default=now)
    __table_args__ = (Index("ix_at_hand_opened", "agent_id", "opened_at"), Index("ix_at_hand_subject", "subject_uid"))
