"""Periods of days: those that are offered, what one is compared with, and the steps a chart goes in."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.i18n import N_

DAY = timedelta(days=1)
COMPARISONS = {"before": N_("the period before"), "year": N_("the same days a year before"), "none": N_("nothing")}
#: Days of the longest period that is asked for.
LONGEST = 1100
#: Up to how many days a step is a day, and up to how many it is seven.
DAILY, WEEKLY = 45, 190


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int:
        """How many whole months it is; 0 where it begins or ends within one."""
        whole = self.first.day == 1 and (self.last + DAY).day == 1
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1 if whole else 0

    def compared(self, how: str) -> Period | None:
        """What it is compared with: as many days before it (of whole months as many months), the same days a year before, or nothing."""
        if how == "year":
            return Period(_months_on(self.first, -12), _months_on(self.last, -12) if not self.months else _end(_months_on(self.last, -12)))
        if how != "before":
            return None
        if self.months:
            return Period(_months_on(self.first, -self.months), self.first - DAY)
        return Period(self.first - self.days * DAY, self.first - DAY)

    def steps(self, like: Period | None = None) -> list[Period]:
        """It in days, in weeks from its first day on, or in months; as another period goes where it is compared with that."""
        days = (like or self).days
        if days > WEEKLY:
            return list(self._months())
        length = 1 if days <= DAILY else 7
        return [Period(self.first + n * DAY, min(self.first + (n + length - 1) * DAY, self.last)) for n in range(0, self.days, length)]

    def _months(self) -> Iterator[Period]:
        first = self.first
        while first <= self.last:
            yield Period(first, min(_end(first), self.last))
            first = _end(first) + DAY


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """From a day to a day, whichever of them was typed first; what is missing is made up to thirty days, what is too long ends with the last day."""
    last = last or max(first or today, today)
    first = first or last - 29 * DAY
    first, last = min(first, last), max(first, last)
    return Period(max(first, last - (LONGEST - 1) * DAY), last)


def offered(today: date) -> dict[str, Period]:
    """The periods that are offered, by name."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    return {"7": Period(today - 6 * DAY, today), "30": Period(today - 29 * DAY, today), "90": Period(today - 89 * DAY, today),
            "month": Period(month, today), "last_month": Period(_months_on(month, -1), month - DAY), "year": Period(year, today),
            "last_year": Period(_months_on(year, -12), year - DAY)}


def _months_on(day: date, months: int) -> date:
    """The same day of another month, or its last."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
