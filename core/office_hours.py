"""What the option ``desk.hours`` may hold: the hours of a week, and the days that are not like others."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

COUNTRIES = ("no", "dk", "se", "fi", "is")
#: Days on which many go home early, or stay at home.
HALF_DAYS = ("before_maundy_thursday", "midsummer_eve", "christmas_eve", "new_years_eve")
MOST_SPANS = 6
MOST_DAYS = 200
DEFAULT: dict[str, Any] = {
    "days": [[["08:00", "16:00"]]] * 5 + [[]] * 2, "holidays": "", "half_days": {}, "closed": []}
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def fits(value: Any) -> bool:
    """Seven days from Monday on, each a list of ``["08:00", "16:00"]``; ``holidays`` of a country or none; ``half_days``
    with the time they end, or *closed*; further ``closed`` days as ``2026-12-28``."""
    if not isinstance(value, dict) or set(value) != set(DEFAULT):
        return False
    days, half, closed = value["days"], value["half_days"], value["closed"]
    return (isinstance(days, list) and len(days) == 7 and all(_day(day) for day in days) and any(days)
            and value["holidays"] in ("", *COUNTRIES)
            and isinstance(half, dict) and all(n in HALF_DAYS and (t == "closed" or _time(t)) for n, t in half.items())
            and isinstance(closed, list) and len(closed) <= MOST_DAYS and all(_date(day) for day in closed))


def minute(text: str) -> int:
    """``08:30`` as minutes since midnight; ``24:00`` is the day's end."""
    return int(text[:2]) * 60 + int(text[3:])


def _day(spans: Any) -> bool:
    """Spans in order, none empty, none over another, none past midnight: that is the next day's."""
    if not isinstance(spans, list) or len(spans) > MOST_SPANS:
        return False
    if not all(isinstance(span, list) and len(span) == 2 and all(map(_time, span)) for span in spans):
        return False
    edges = [minute(edge) for span in spans for edge in span]
    return all(a < b for a, b in zip(edges[::2], edges[1::2], strict=True)) and edges == sorted(edges)


def _time(text: Any) -> bool:
    return isinstance(text, str) and _TIME.fullmatch(text) is not None


def _date(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
