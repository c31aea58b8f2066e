"""Service levels as their list and form show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from contacts.company import ServiceLevel
from contacts.person import Person
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.presenting.times import length
from desk.web.requests import db

UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
PRIORITIES = {1: N_("1, the highest"), 2: N_("2, high"), 3: N_("3, ordinary"), 4: N_("4, low"), 5: N_("5, the lowest")}


def lines(rows: Sequence[ServiceLevel]) -> list[dict[str, Any]]:
    """The levels in order, with how many persons have each."""
    had = dict(db().execute(select(Person.service_level_id, func.count()).where(
        Person.service_level_id.in_([row.id for row in rows]), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).group_by(
        Person.service_level_id)).all())
    offered = [row for row in rows if row.archived_at is None]
    return [{"url": url_for("levels.edit", uid=row.uid), "name": row.name, "priority": row.priority, "first": span(row.first_answer_minutes),
             "next": span(row.next_answer_minutes), "clock": clock(row.business_hours), "persons": had.get(row.id, 0),
             "archived": row.archived_at is not None, "place_url": url_for("levels.place", uid=row.uid),
             "first_of_all": row in offered[:1], "last_of_all": row in offered[-1:]} for row in rows]


def span(minutes: int | None) -> str:
    """``4 h``; empty for no promise."""
    return length(timedelta(minutes=minutes)) if minutes else ""


def clock(business_hours: bool) -> str:
    """By which clock a level counts."""
    return _("Business hours") if business_hours else _("Round the clock")


def parted(minutes: int | None) -> tuple[str, str]:
    """Minutes as a number and the largest unit that it is whole in."""
    if not minutes:
        return "", "hours"
    unit = next(name for name in ("days", "hours", "minutes") if minutes % UNITS[name] == 0)
    return str(minutes // UNITS[unit]), unit


def said_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form in words, to be compared."""
    units = {"minutes": _("minutes"), "hours": _("hours"), "days": _("days")}
    spans = {name: f"{values[name]} {units.get(values[f'{name}_unit'], '')}" if values[name] else "" for name in ("first", "next")}
    return {"name": values["name"], "priority": values["priority"], "clock": clock(values["business_hours"]), **spans}
