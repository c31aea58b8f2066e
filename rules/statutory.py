"""The statutory clock of a request for rights (GDPR, Article 12(3)): one month, three with a notice inside the first.

Months are counted as Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c), has them: the period ends with the day of the last month that bears the
same date as the day of receipt, and with that month's last day where there is none. That a last day which is a holiday moves on (Article 3(4)) is left
aside: whoever answers by the earlier day is never late.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

#: Months from the receipt, and with an extension.
USUAL, EXTENDED = 1, 3
#: Days before the end at which people are told again.
SOON = 7
#: What people are told of, in order.
STAGES = ("", "half", "week", "over")


def months_after(day: date, months: int) -> date:
    """The same date so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(received: date, *, extended: bool = False) -> date:
    """The last day on which an answer is in time."""
    return months_after(received, EXTENDED if extended else USUAL)


def may_extend(received: date, today: date) -> bool:
    """Whether the notice of an extension is still in time."""
    return today <= due_on(received)


def stage(received: date, due: date, today: date) -> str:
    """How far the time has run: nothing to say, half of it is over, the last week, all of it is over."""
    if today > due:
        return "over"
    if today >= due - timedelta(days=SOON):
        return "week"
    return "half" if today - received >= (due - received) / 2 else ""
