"""How cards are laid out: every version that was saved, and what an agent is changing before it is (W31-W55, W65)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from core.clock import now
from core.database import Base, Json, Row, plain

ENTITIES = ("person", "company")
#: Whose a layout is that is no agent's own.
EVERYBODY = ""


class Layout(Row, Base):
    """One version of the cards of persons or companies: for all users, or for the agent whose uid is ``owner_uid``. It is never changed.

    ``content`` has ``tabs``, each with its panels (``id``, ``kind``, ``name``, ``column``, ``settings``), the panels of the
    ``sidebar``, and the ``default`` tab. Empty, an agent's own says that they follow the one for all users again.
    """

    __tablename__ = "layouts"
    entity: Mapped[str] = plain(String(10))
    owner_uid: Mapped[str] = plain(String(24), default=EVERYBODY)
    number: Mapped[int] = plain()
    content: Mapped[dict[str, Any]] = plain(Json, default=dict)
    by_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    __table_args__ = (Index("ix_layouts_version", "entity", "owner_uid", "number", unique=True),)


class LayoutDraft(Base):
    """What an agent has changed and not saved: in force for nobody (W55). ``base`` is owner → version it goes back to."""

    __tablename__ = "layout_drafts"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    entity: Mapped[str] = plain(String(10), primary_key=True)
    content: Mapped[dict[str, Any]] = plain(Json, default=dict)
    base: Mapped[dict[str, Any]] = plain(Json, default=dict)
