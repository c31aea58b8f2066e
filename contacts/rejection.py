"""What agents have said of strangers: that an address is *not* this person's, however alike they look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, aliased

from contacts.address import Holding
from contacts.following import follows
from core.clock import now
from core.database import Base, personal, plain
from core.i18n import N_


class Rejection(Base):
    """An agent said that who writes from this address is not this person."""

    __tablename__ = "rejections"
    address_id: Mapped[int] = personal(ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True, erase="delete_row",
                                       report=False)
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True)
    origin_person_id: Mapped[int | None] = plain()
    agent_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    at: Mapped[datetime] = plain(default=now)


def _said_or_held(of: int, into: int) -> ColumnElement[bool]:
    """It is said of the other too, or the other has the address: then it would be said of one who holds it."""
    other = aliased(Rejection)
    return or_(select(other.address_id).where(other.person_id == into, other.address_id == Rejection.address_id).exists(),
               select(Holding.id).where(Holding.person_id == into, Holding.address_id == Rejection.address_id,
                                        Holding.until.is_(None)).exists())


follows("rejections", N_("Addresses that are not theirs"), Rejection.person_id, Rejection.origin_person_id, _said_or_held)
