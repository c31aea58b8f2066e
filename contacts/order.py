"""Orders: what was ordered, by whom, line by line (T8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from contacts.following import follows
from contacts.matter import Matter, WithCustomer, indexes
from core.database import Base, personal, plain
from core.i18n import N_

STATES = ("draft", "confirmed", "delivered", "invoiced", "cancelled")
OPEN = ("draft", "confirmed")


class Order(WithCustomer, Matter, Base):
    """One order. ``number`` comes in sequence and is never given twice; ``total`` is the sum of the lines in the smallest unit of
    ``currency``; ``at`` is the day it was ordered, as noon UTC."""

    __tablename__ = "orders"
    number: Mapped[int] = plain(unique=True)
    state: Mapped[str] = plain(String(12), default="draft")
    currency: Mapped[str] = plain(String(3))
    total: Mapped[int] = plain(BigInteger, default=0)
    at: Mapped[datetime | None] = plain()
    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.place", cascade="all, delete-orphan")
    __table_args__ = indexes("orders")

    @property
    def called(self) -> str:
        """Its number, and what it is about."""
        return f"{self.number} {self.title}".strip()


class OrderLine(Base):
    """One line. ``quantity`` counts thousandths, ``price`` (of one) and ``amount`` the smallest unit of the order's currency."""

    __tablename__ = "order_lines"
    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = plain(ForeignKey("orders.id", ondelete="CASCADE"))
    place: Mapped[int] = plain()
    text: Mapped[str] = personal(Text, erase="rewrite")
    quantity: Mapped[int] = plain(BigInteger, default=1000)
    price: Mapped[int] = plain(BigInteger, default=0)
    amount: Mapped[int] = plain(BigInteger, default=0)
    __table_args__ = (Index("ix_order_lines_order", "order_id", "place"),)


follows("orders", N_("Orders"), Order.person_id, Order.origin_person_id)
