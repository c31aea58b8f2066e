"""Restrictions (Art. 18 GDPR): a person who is stored and not used, on which ground, since when, and how they were told when it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from contacts.following import follows
from contacts.person import Person
from core.clock import now
from core.database import Base, Row, personal, plain
from core.i18n import N_

#: Why somebody is restricted (Art. 18(1) a-d).
GROUNDS = {
    "accuracy": N_("They say that what we hold is wrong"), "unlawful": N_("We should not have it, and they want it kept"),
    "claims": N_("They need it for a legal claim"), "objection": N_("They have objected, and we have not decided yet"),
}
#: The same, and what the desk does by itself when a legal hold stands in the way of an erasing.
EVERY_GROUND = GROUNDS | {"erasing": N_("They are to be erased when a legal hold is lifted")}


class Restriction(Row, Base):
    """One restriction of a person, from ``at`` until ``lifted_at``. ``told``: mail (``mail_uid`` names it) or word, which ``told_how`` describes."""

    __tablename__ = "restrictions"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    origin_person_id: Mapped[int | None] = plain()
    ground: Mapped[str] = personal(String(20))
    reason: Mapped[str] = personal(Text)
    at: Mapped[datetime] = plain(default=now)
    by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None] = plain()
    lifted_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    told: Mapped[str] = plain(String(10), default="")
    told_how: Mapped[str] = personal(Text, default="")
    mail_uid: Mapped[str | None] = plain(String(24))
    by: Mapped[Agent | None] = relationship(foreign_keys=[by_id])
    person: Mapped[Person] = relationship()


follows("restrictions", N_("Restrictions"), Restriction.person_id, Restriction.origin_person_id)
