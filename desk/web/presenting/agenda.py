"""A month and a week of activities, drawn day by day, with what is closed shaded and holidays named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from babel import dates
from flask import url_for

from contacts.activity import OPEN, Activity
from contacts.agenda import is_overdue
from core.clock import now
from core.i18n import clock_time, dated, language, local
from core.i18n import gettext as _
from core.options import option
from desk.web.presenting.activities import KINDS, here
from desk.web.presenting.faces import agent_face
from desk.web.presenting.words import opened
from desk.web.requests import db
from rules.holidays import public
from rules.hours import Hours, read

#: Of a day in the month; the rest is said as a number.
SHOWN = 4
#: Hours that a week shows in any case, from and until; others where something is in them.
FIRST_HOUR, LAST_HOUR = 8, 16


def views(current: str, whose: str, day: date | None = None) -> list[dict[str, Any]]:
    """List, month, week: the same activities in three ways."""
    narrowed = whose if whose in ("mine", "all") else "mine"
    where: dict[str, Any] = {"day": day.isoformat()} if day else {}
    return [{"label": _("List"), "icon": "list", "url": url_for("activities.index", whose=narrowed), "current": current == "list"},
            {"label": _("Month"), "icon": "calendar-event", "url": url_for("activity_calendar.month", whose=narrowed, **where), "current": current == "month"},
            {"label": _("Week"), "icon": "layout", "url": url_for("activity_calendar.week", whose=narrowed, **where), "current": current == "week"}]


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the weeks in which the month of a day lies."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def moments(first: date, last: date, zone: Any) -> tuple[datetime, datetime]:
    """From midnight to midnight where the agent is."""
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    return begin, end


def days(first: date, last: date, found: Sequence[Activity], *, whose: str, month: int = 0) -> list[dict[str, Any]]:
    """Each day with its activities, and whether the desk works on it."""
    hours, today = _hours(), local(now()).date()
    holidays = {day: name for year in {first.year, last.year} for day, name in public(hours.country, year, language()).items()}
    laid = _laid(found)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [{"iso": day.isoformat(), "number": day.day, "name": f"{opened(_weekday(day, 'EEEE'))} {dated(day, year=False)}",
             "short": f"{_weekday(day, 'EEE')} {dated(day, year=False)}", "today": day == today, "closed": not hours.on(day), "holiday": holidays.get(day, ""),
             "outside": bool(month) and day.month != month, "url": url_for("activity_calendar.week", whose=whose, day=day.isoformat()),
             "new_url": url_for("activities.new", day=day.isoformat(), back=here()),
             "events": [_event(one, day, whose) for one in laid.get(day, [])]} for day in span]


def slots(shown: list[dict[str, Any]], first: date) -> dict[str, Any]:
    """The days of a week cut into hours: ``hours`` as labels, each day with ``whole`` (without a time) and a slot for each hour."""
    used = [event["hour"] for day in shown for event in day["events"] if event["hour"] is not None]
    open_hours = _hours()
    spans = [open_hours.on(first + timedelta(days=n)) for n in range(7)]
    begins = [begin // 60 for day in spans for begin, _end in day]
    ends = [(end - 1) // 60 for day in spans for _begin, end in day]
    low, high = min([FIRST_HOUR, *used, *begins]), max([LAST_HOUR - 1, *used, *ends])
    for day, open_spans in zip(shown, spans, strict=True):
        day["whole"] = [event for event in day["events"] if event["hour"] is None]
        day["slots"] = [{"closed": not any(begin < 60 * (hour + 1) and end > 60 * hour for begin, end in open_spans), "label": f"{hour:02}:00",
                         "events": [event for event in day["events"] if event["hour"] == hour]} for hour in range(low, high + 1)]
    return {"hours": [f"{hour:02}:00" for hour in range(low, high + 1)], "days": shown}


def titled(day: date) -> str:
    """``November 2026``."""
    return opened(dates.format_date(day, "LLLL y", locale=language()))


def weekdays() -> list[str]:
    """Short names from Monday on."""
    return [opened(_weekday(date(2024, 1, 1) + timedelta(days=n), "EEE")) for n in range(7)]


def week_number(day: date) -> int:
    """By ISO 8601, as weeks are counted in the Nordics."""
    return day.isocalendar().week


def _laid(found: Sequence[Activity]) -> dict[date, list[Activity]]:
    """Day → what is on it; what lasts several days is on each."""
    laid: dict[date, list[Activity]] = {}
    for one in found:
        assert one.at is not None
        first, last = (at.date() if one.whole_day else local(at).date() for at in (one.at, one.ends_at or one.at))
        for n in range(min((last - first).days, 31) + 1):
            laid.setdefault(first + timedelta(days=n), []).append(one)
    return laid


def _event(one: Activity, day: date, whose: str) -> dict[str, Any]:
    assert one.at is not None
    begins_here = not one.whole_day and local(one.at).date() == day
    over = one.state not in OPEN
    icon, label = KINDS[one.kind]
    return {"url": url_for("activities.edit", uid=one.uid, back=here()), "icon": icon, "kind": _(label), "title": one.title, "over": over,
            "time": clock_time(one.at) if begins_here else "", "hour": local(one.at).hour if begins_here else None, "late": is_overdue(one, now()),
            "owner": agent_face(one.owner) if one.owner and whose == "all" else None}


def _hours() -> Hours:
    return read(option(db(), "desk.hours"), option(db(), "desk.timezone"))


def _weekday(day: date, shape: str) -> str:
    return dates.format_date(day, shape, locale=language())
