"""What bookkeeping keeps of a private customer who was erased: name and address of an order that was invoiced, for as long as a law says (PRIVACY 6).

It is sealed, so that nothing but the desk reads it, and shown to admins alone. When its time is over it goes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Text, delete, or_, select
from sqlalchemy.orm import Mapped, Session

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.order import Order
from contacts.person import Person
from core.clock import now
from core.database import Base, personal, plain
from core.options import option
from core.tokens import seal, unseal

#: Country → years after the end of the financial year, which is taken for the calendar's.
YEARS = {"NO": 5, "DK": 5, "SE": 7}


class Voucher(Base):
    """Of one order, until when; ``sealed`` is ``{name, number, address}``."""

    __tablename__ = "vouchers"
    order_id: Mapped[int] = plain(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime] = plain(index=True)
    sealed: Mapped[str] = personal(Text, erase="keep", report=False)


def invoiced(db: Session, persons: Sequence[int]) -> dict[int, datetime]:
    """Order → until when name and address stay: those of private customers that were invoiced and whose time is not over. None where no
    country is chosen."""
    years = YEARS.get(option(db, "privacy.bookkeeping"))
    if years is None:
        return {}
    orders = db.scalars(select(Order).join(Person, Person.id == Order.person_id).where(
        Order.person_id.in_(persons), Order.state == "invoiced", or_(Person.private_customer, Order.company_id.is_(None)))).all()
    ends = {one.id: datetime((one.at or one.created_at).year + years + 1, 1, 1, tzinfo=UTC) for one in orders}
    return {order: until for order, until in ends.items() if until > now()}


def keep_vouchers(db: Session, persons: Sequence[int]) -> dict[int, datetime]:
    """Keep what the law wants of their orders, before they are erased. What is kept already stays as it is."""
    kept = invoiced(db, persons)
    there = set(db.scalars(select(Voucher.order_id).where(Voucher.order_id.in_(kept))))
    for number, until in kept.items():
        if number not in there:
            person = db.scalars(select(Person).join(Order, Order.person_id == Person.id).where(Order.id == number)).one()
            address = db.scalar(select(Address.value).join(Holding).where(
                Holding.person_id == person.id, Holding.until.is_(None), Address.kind == "email").order_by(Holding.id).limit(1))
            db.add(Voucher(order_id=number, until=until, sealed=seal(json.dumps(
                {"name": person.name, "number": person.customer_number or "", "address": address or ""}))))
    db.flush()
    return kept


def voucher_of(db: Session, order: Order, by: Agent) -> tuple[datetime, dict[str, str] | None] | None:
    """Until when something is kept of an order's customer; what it is, for admins alone."""
    row = db.get(Voucher, order.id)
    if row is None or row.until <= now():
        return None
    return row.until, json.loads(unseal(row.sealed)) if by.admin else None


def forget_vouchers(db: Session) -> int:
    """Those whose time is over go; how many."""
    return int(db.execute(delete(Voucher).where(Voucher.until <= now())).rowcount)  # type: ignore[attr-defined]
