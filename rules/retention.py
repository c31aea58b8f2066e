"""How long what is kept: the classes of data that may have a rule, and the days that a rule counts (Article 5(1)(e)).

A rule counts whole days (UTC): what began on a day is due on the first day on which the period is over. Months are those of the calendar; a day
that the last month does not have is the first of the next one.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.i18n import N_

UNITS = {"days": N_("days"), "months": N_("months")}
#: What a period is counted from.
SINCE = {"contact": N_("the last contact"), "created": N_("when it was recorded"), "ended": N_("the end of the last ground"), "closed": N_("closing"),
         "done": N_("being over")}
#: What happens at its end.
ACTS = {"erase": N_("erased for good"), "bin": N_("put into the bin"), "empty": N_("emptied: a line says that there was something"),
        "remove": N_("removed")}
LONGEST = {"days": 36_500, "months": 1200}


@dataclass(frozen=True, slots=True)
class Class:
    """A class of data: what it is, what a rule may count from and do, and the months that are suggested. ``basis``: the ground by which these
    persons are held."""

    key: str
    label: str
    since: tuple[str, ...]
    acts: tuple[str, ...]
    months: int
    basis: str = ""


CLASSES = {one.key: one for one in (
    Class("persons.newcomers", N_("Persons made from a mail who were never completed"), ("contact", "created"), ("erase", "bin"), 12),
    Class("persons.none", N_("Persons whom no ground holds any more"), ("ended", "contact"), ("erase", "bin"), 1),
    Class("persons.legitimate_interest", N_("Persons held by legitimate interest"), ("contact", "created"), ("erase", "bin"), 24, "legitimate_interest"),
    Class("persons.contract", N_("Persons held by contract"), ("contact", "created"), ("erase", "bin"), 36, "contract"),
    Class("persons.consent", N_("Persons held by consent"), ("contact", "created"), ("erase", "bin"), 24, "consent"),
    Class("persons.legal_obligation", N_("Persons held by legal obligation"), ("contact", "created"), ("erase", "bin"), 66, "legal_obligation"),
    Class("tickets", N_("What was written on closed tickets"), ("closed",), ("empty",), 36),
    Class("attachments", N_("Files of closed tickets, and their mails as they came"), ("closed",), ("remove",), 24),
    Class("notes", N_("Notes on cards"), ("created",), ("bin",), 36),
    Class("activities", N_("Activities that are over"), ("done",), ("bin",), 36),
)}
#: Those of persons that go by a ground → its name.
BY_BASIS = {one.basis: one.key for one in CLASSES.values() if one.basis}


def due(start: date, period: int, unit: str) -> date:
    """The day on which something that began on ``start`` is due. ``date.max`` where that is beyond all days."""
    try:
        if unit == "days":
            return start + timedelta(days=period)
        year, month = _month(start, period)
        last = monthrange(year, month)[1]
        return date(year, month, start.day) if start.day <= last else date(year, month, last) + timedelta(days=1)
    except (ValueError, OverflowError):
        return date.max


def latest_start(day: date, period: int, unit: str) -> date:
    """The last day on which something may have begun that is due on ``day``. ``date.min`` where that is before all days."""
    try:
        if unit == "days":
            return day - timedelta(days=period)
        year, month = _month(day, -period)
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return date.min


def _month(day: date, months: int) -> tuple[int, int]:
    count = day.year * 12 + day.month - 1 + months
    if not 12 <= count < 12 * 10_000:
        raise OverflowError
    return count // 12, count % 12 + 1
