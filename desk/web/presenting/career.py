"""The employments of a person as bars over seven years: five gone by, this one and the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from contacts.person import Employment
from core.clock import now
from core.i18n import local

BEHIND, AHEAD = 5, 1
YEAR = 100                   # units of the drawing that a year is wide


def axis() -> list[int]:
    """The years that are drawn."""
    here = _today().year
    return list(range(here - BEHIND, here + AHEAD + 1))


def bar(job: Employment) -> dict[str, Any]:
    """One employment: from when to when, and what it is now. What began or ended outside the years goes to their edge."""
    begins = _at(job.started_on) if job.started_on else 0
    ends = _at(job.ended_on) if job.ended_on else len(axis()) * YEAR
    kind = "past" if job.ended_on else "now" if job.primary else "side"
    return {"kind": kind, "x": begins, "width": max(0, ends - begins), "today": _at(_today())}


def drawn(jobs: Sequence[Employment]) -> bool:
    """Whether there is anything to draw: without dates a bar would say what nobody knows."""
    return any(job.started_on or job.ended_on for job in jobs)


def _at(day: date) -> int:
    years = axis()
    inside = (day.year - years[0]) * YEAR + (day.timetuple().tm_yday - 1) * YEAR // 366
    return max(0, min(len(years) * YEAR, inside))


def _today() -> date:
    return local(now()).date()
