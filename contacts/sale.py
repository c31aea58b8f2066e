"""Sales: what may be bought, by whom, for how much, and how likely it is (W4, S38, C11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from contacts.following import follows
from contacts.matter import Matter, Member, WithCustomer, both_take_part, indexes
from core.database import Base, personal, plain
from core.i18n import N_

STATES = ("open", "sold", "lost")
OPEN = ("open",)
#: From the first word to the handshake, and how likely a sale is in each unless somebody knows better.
STAGES = {"contact": 10, "needs": 25, "offer": 50, "negotiation": 75, "agreed": 90}


class Sale(WithCustomer, Matter, Base):
    """One sale. ``amount`` counts the smallest unit of ``currency``; ``at`` is the day it is expected, as noon UTC."""

    __tablename__ = "sales"
    state: Mapped[str] = plain(String(12), default="open")
    stage: Mapped[str] = plain(String(12), default="contact")
    amount: Mapped[int | None] = plain(BigInteger)
    currency: Mapped[str] = plain(String(3))
    probability: Mapped[int] = plain(default=10)
    at: Mapped[datetime | None] = plain()
    __table_args__ = indexes("sales")


class SaleMember(Member, Base):
    """A person who takes part in a sale: who decides, who signs, who will use it."""

    __tablename__ = "sale_members"
    matter_id: Mapped[int] = plain("sale_id", ForeignKey("sales.id", ondelete="CASCADE"))
    role: Mapped[str] = personal(String(80), default="")
    __table_args__ = (Index("ix_sale_members_sale", "sale_id", "id"), Index("ix_sale_members_person", "person_id", "sale_id"))


follows("sales", N_("Sales"), Sale.person_id, Sale.origin_person_id)
follows("sale_members", N_("Sales they take part in"), SaleMember.person_id, SaleMember.origin_person_id,
        both_take_part(SaleMember, SaleMember.matter_id))
