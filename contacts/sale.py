"""Sales: what may be bought, by whom, for how much, and how likely it is (W4, S38, C11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, relationship

from contacts.following import follows
from contacts.matter import Matter, Member, WithCustomer, both_take_part, indexes
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_
from core.i18n import gettext as _

STATES = ("open", "sold", "lost")
OPEN = ("open",)
#: The stages that a fresh desk offers (``0004_stages_of_sales`` writes them), each with how likely a sale is in it. Shown in the reader's
#: language until an admin writes something else.
STAGES = ((N_("First contact"), 10), (N_("Needs known"), 25), (N_("Offer sent"), 50), (N_("Negotiation"), 75), (N_("Agreed by word"), 90))


def stage_label(name: str) -> str:
    """The name of a stage for the reader: an admin's own words stay as they are, whatever they mean elsewhere."""
    return _(name) if name in dict(STAGES) else name


class SaleStage(Row, Guarded, Base):
    """One stage between the first word and the handshake, of a list that an admin keeps. ``probability``, in percent, is how likely a
    sale in it is unless somebody knows better. A retired one stays on the sales that have it, and is offered to no other."""

    __tablename__ = "sale_stages"
    name: Mapped[str] = plain(String(80))
    probability: Mapped[int] = plain()
    place: Mapped[int] = plain(default=0)
    retired_at: Mapped[datetime | None] = plain()

    @property
    def label(self) -> str:
        """What it is called in the language in force."""
        return stage_label(self.name)


class Sale(WithCustomer, Matter, Base):
    """One sale. ``amount`` counts the smallest unit of ``currency``; ``at`` is the day it is expected, as noon UTC."""

    __tablename__ = "sales"
    state: Mapped[str] = plain(String(12), default="open")
    stage_id: Mapped[int] = plain(ForeignKey("sale_stages.id"), nullable=True)         # always there; why the column may be empty: 0004_stages_of_sales
    amount: Mapped[int | None] = plain(BigInteger)
    currency: Mapped[str] = plain(String(3))
    probability: Mapped[int] = plain(default=10)
    at: Mapped[datetime | None] = plain()
    stage: Mapped[SaleStage] = relationship()
    __table_args__ = (*indexes("sales"), Index("ix_sales_stage", "stage_id", "id"))


class SaleMember(Member, Base):
    """A person who takes part in a sale: who decides, who signs, who will use it."""

    __tablename__ = "sale_members"
    matter_id: Mapped[int] = plain("sale_id", ForeignKey("sales.id", ondelete="CASCADE"))
    role: Mapped[str] = personal(String(80), default="")
    __table_args__ = (Index("ix_sale_members_sale", "sale_id", "id"), Index("ix_sale_members_person", "person_id", "sale_id"))


follows("sales", N_("Sales"), Sale.person_id, Sale.origin_person_id)
follows("sale_members", N_("Sales they take part in"), SaleMember.person_id, SaleMember.origin_person_id,
        both_take_part(SaleMember, SaleMember.matter_id))
