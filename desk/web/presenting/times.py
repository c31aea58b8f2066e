"""Moments as people read them: short where it is near, a date where it is far."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates

from core.clock import now
from core.errors import Refused
from core.i18n import N_, clock_time, dated, language, local
from core.i18n import gettext as _

SOON = timedelta(minutes=30)
MORNING = time(8)
LATEST = 18                  # the hour after which "later today" is over


def stamp(at: datetime) -> str:
    """``10:52`` today, ``yesterday 15:42``, ``4 Nov 15:42``, with the year when it is another."""
    days = (local(now()).date() - local(at).date()).days
    if days == 0:
        return clock_time(at)
    if days == 1:
        return _("yesterday %(time)s", time=clock_time(at))
    return f"{near(at)} {clock_time(at)}"


def coming(at: datetime) -> str:
    """``16:00`` today, ``tomorrow 08:00``, ``Mon 08:00`` within a week, then the date."""
    days = (local(at).date() - local(now()).date()).days
    if days <= 0:
        return clock_time(at)
    if days == 1:
        return _("tomorrow %(time)s", time=clock_time(at))
    if days < 7:
        return f"{dates.format_date(local(at).date(), 'EEE', locale=language())} {clock_time(at)}"
    return f"{near(at)} {clock_time(at)}"


def due(at: datetime | None) -> tuple[str, str]:
    """When an answer is due, and how that stands: "", soon (within half an hour) or late."""
    if at is None:
        return "", ""
    left = at - now()
    if left < timedelta(0):
        return _("%(time)s over", time=length(-left)), "late"
    if left < timedelta(hours=1):
        return _("in %(n)s min", n=int(left.total_seconds() // 60)), "soon" if left <= SOON else ""
    return coming(at), ""


def length(span: timedelta) -> str:
    """``42 min``, ``3 h``, ``2 d``."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)s min", n=minutes)
    if minutes < 48 * 60:
        return _("%(n)s h", n=minutes // 60)
    return _("%(n)s d", n=minutes // (24 * 60))


def snoozes() -> list[dict[str, Any]]:
    """What a ticket can be snoozed until: value (ISO 8601, or "reply") and label."""
    here = local(now())
    found: list[datetime] = []
    if here.hour < LATEST:
        found.append(here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3))
    found.append(datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo))
    monday = 7 - here.weekday()
    found.append(datetime.combine(here.date() + timedelta(days=monday if monday > 1 else monday + 7), MORNING, here.tzinfo))
    labels = [{"value": at.astimezone(UTC).isoformat(), "label": coming(at)} for at in found]
    return [*labels, {"value": "reply", "label": _("Until the next mail")}]


def typed(text: str, zone: str) -> datetime:
    """What a ``datetime-local`` field or a menu gave, as a moment in UTC. Raises Refused."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(N_("This is not a time. Choose a day and an hour."), {"until": N_("Choose a day and an hour.")}) from error


def day_of(at: datetime) -> str:
    """``today``, ``yesterday``, or the date: what parts a conversation into days."""
    days = (local(now()).date() - local(at).date()).days
    return _("Today") if days == 0 else _("Yesterday") if days == 1 else near(at)


def brief(at: datetime) -> str:
    """``10:52`` today, else the date alone."""
    return clock_time(at) if local(at).date() == local(now()).date() else near(at)


def near(at: datetime) -> str:
    """The date, with its year only when that is another."""
    then = local(at).date()
    return dated(then, year=then.year != local(now()).year)
