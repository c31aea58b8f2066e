"""Business hours: when the desk works, and when so many working minutes have passed. Times are UTC outside, local inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.office_hours import minute
from rules.holidays import eves, public

Span = tuple[int, int]
#: Days that are gone through for a time that is due: who opens an hour a week and promises a month is met within it.
FARTHEST = 4000


@dataclass(frozen=True, slots=True)
class Hours:
    """A week from Monday on, each day with its spans in minutes since midnight of ``zone``; a country's holidays, the
    minute at which certain eves end (0: closed), and further days on which nobody works."""

    zone: str
    days: tuple[tuple[Span, ...], ...]
    country: str = ""
    half_days: Mapping[str, int] | None = None
    closed: frozenset[date] = frozenset()

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day: none on a holiday, fewer on an eve that ends early."""
        if day in self.closed or day in public(self.country, day.year):
            return ()
        spans = self.days[day.weekday()]
        eve = eves(day.year).get(day) if self.half_days else None
        if eve is None or self.half_days is None or eve not in self.half_days:
            return spans
        end = self.half_days[eve]
        return tuple((begin, min(finish, end)) for begin, finish in spans if begin < end)


def read(value: Mapping[str, Any], zone: str) -> Hours:
    """The hours that the option ``desk.hours`` holds."""
    return Hours(
        zone, tuple(tuple((minute(begin), minute(end)) for begin, end in day) for day in value["days"]), value["holidays"],
        {name: 0 if at == "closed" else minute(at) for name, at in value["half_days"].items()},
        frozenset(date.fromisoformat(day) for day in value["closed"]))


def due(at: datetime, minutes: int, hours: Hours | None) -> datetime:
    """When so many minutes of work have passed since a moment; without hours every minute counts.

    A minute is a minute also in the night in which the clock is changed. Where the desk does not work long enough within
    about ten years, the end of these.
    """
    left = timedelta(minutes=minutes)
    if hours is None:
        return at + left
    zone = ZoneInfo(hours.zone)
    day = at.astimezone(zone).date()
    for _ in range(FARTHEST):
        for begin, end in hours.on(day):
            start, finish = max(_moment(day, begin, zone), at), _moment(day, end, zone)
            if finish - start >= left and finish >= start:
                return start + left
            left -= max(finish - start, timedelta(0))
        day += timedelta(days=1)
    return _moment(day, 0, zone)


def worked(begin: datetime, end: datetime, hours: Hours) -> float:
    """How many minutes of work lie between two moments; none where the second is the earlier one. The counterpart of :func:`due`."""
    zone, total = ZoneInfo(hours.zone), timedelta(0)
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in hours.on(day):
            total += max(min(_moment(day, closes, zone), end) - max(_moment(day, opens, zone), begin), timedelta(0))
        day += timedelta(days=1)
    return total / timedelta(minutes=1)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A time of day as a moment; one that the change of the clock leaves out is where the clock went on to."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time, given its zone in the next line
    return (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone).astimezone(UTC)
