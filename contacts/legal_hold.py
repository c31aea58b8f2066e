"""Legal holds: what must not be erased for now, because a claim or a law wants it kept (GDPR, Article 17(3)(b) and (e); PRIVACY 6)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

#: What a hold can be on.
SCOPES = ("person", "company", "ticket")
BASES = {"legal_claims": N_("Legal claims (Article 17(3)(e))"), "legal_obligation": N_("An obligation by law, such as bookkeeping (Article 17(3)(b))"),
         "authority": N_("An authority asked for it")}


class LegalHold(Row, Guarded, Base):
    """A hold on one record: why, by what, whose matter it is, when it is looked at again, and when and why it was lifted.

    ``record_id`` and ``record_uid`` are those of the person, company or ticket that ``of`` says. ``reminded_on`` is the review of which the owner
    was told. ``restricted_at``: what it keeps is to be erased when it lifts, and is not to be used until then (Article 18).
    """

    __tablename__ = "legal_holds"
    of: Mapped[str] = plain(String(10))
    record_id: Mapped[int] = plain()
    record_uid: Mapped[str] = plain(String(24))
    reason: Mapped[str] = personal(Text, erase="rewrite", report=False)
    basis: Mapped[str] = plain(String(20))
    owner_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    review_on: Mapped[date] = plain()
    reminded_on: Mapped[date | None] = plain()
    restricted_at: Mapped[datetime | None] = plain()
    set_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None] = plain()
    lifted_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    lifted_why: Mapped[str] = personal(Text, erase="rewrite", report=False, default="")
    owner: Mapped[Agent | None] = relationship(foreign_keys=[owner_id])
    set_by: Mapped[Agent | None] = relationship(foreign_keys=[set_by_id])
    lifted_by: Mapped[Agent | None] = relationship(foreign_keys=[lifted_by_id])
    __table_args__ = (
        Index("ix_legal_holds_record", "of", "record_id", "id"),
        Index("ix_legal_holds_standing", "review_on", "id", sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL")))

    @property
    def standing(self) -> bool:
        """Whether it still holds."""
        return self.lifted_at is None
