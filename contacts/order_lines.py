"""The lines of an order, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from contacts.order import Order, OrderLine
from core import money
from core.database import take_turns
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option, set_option

NEXT = "sales.next_order_number"
MOST, LONGEST, LARGEST = 200, 500, 10**9


class Line(NamedTuple):
    """One line as it is given: what, how many thousandths of it, and the price of one in the smallest unit."""

    text: str
    quantity: int = 1000
    price: int = 0

    @property
    def amount(self) -> int:
        """What it comes to, rounded to the smallest unit."""
        return int((Decimal(self.quantity) * self.price / 1000).quantize(Decimal(1), ROUND_HALF_UP))


def next_number(db: Session) -> int:
    """Take the next number; two agents at once get two, and none is given twice."""
    take_turns(db, NEXT)
    db.info.pop("options", None)        # what was read of them before our turn
    number = int(option(db, NEXT))
    set_option(db, NEXT, number + 1)
    return number


def set_lines(order: Order, lines: Sequence[Line]) -> bool:
    """Let the order have exactly these lines; whether anything changed. Raises Refused."""
    lines = [line._replace(text=line.text.strip()) for line in lines]
    _check(lines)
    if [(one.text, one.quantity, one.price) for one in order.lines] == [tuple(line) for line in lines]:
        return False
    order.lines = [OrderLine(place=place, text=line.text, quantity=line.quantity, price=line.price, amount=line.amount)
                   for place, line in enumerate(lines)]
    order.total = sum(line.amount for line in lines)
    return True


def _check(lines: Sequence[Line]) -> None:
    if len(lines) > MOST:
        raise Refused(_("At most %(most)s lines.", most=MOST), {"lines": N_("Too many.")})
    for n, line in enumerate(lines):
        if not line.text or len(line.text) > LONGEST:
            raise Refused(N_("Some fields cannot be saved like this."), {f"lines.{n}": N_("Say what it is.")})
        if not 0 < abs(line.quantity) <= LARGEST or abs(line.price) > money.LARGEST or abs(line.amount) > money.LARGEST:
            raise Refused(N_("Some fields cannot be saved like this."), {f"lines.{n}": N_("This amount is too large, or nothing.")})
    if abs(sum(line.amount for line in lines)) > money.LARGEST:
        raise Refused(N_("Some fields cannot be saved like this."), {"lines": N_("This amount is too large, or nothing.")})
