"""A month and a week of activities, mine or everybody's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.agenda import between, of_agent
from core.clock import now
from core.i18n import gettext as _
from core.i18n import local
from desk.web.day_field import read_day
from desk.web.pages import page
from desk.web.presenting.activities import here
from desk.web.presenting.agenda import days, moments, month_of, slots, titled, views, week_number, weekdays
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("activity_calendar", __name__, url_prefix="/activities")


@bp.get("/month")
@login_required
def month() -> Any:
    """The weeks of a month."""
    day, whose = _day(), _whose()
    first, last = month_of(day)
    before, after = (day.replace(day=1) - timedelta(days=1)).replace(day=1), (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return page("web/activities/month.html", current="activities", title=titled(day), weekdays=weekdays(),
                days=days(first, last, _found(first, last, whose), whose=whose, month=day.month), **_around("month", day, whose, before, after))


@bp.get("/week")
@login_required
def week() -> Any:
    """A week, hour by hour."""
    day, whose = _day(), _whose()
    first = day - timedelta(days=day.weekday())
    shown = days(first, first + timedelta(days=6), _found(first, first + timedelta(days=6), whose), whose=whose)
    return page("web/activities/week.html", current="activities", title=_("Week %(number)s, %(month)s", number=week_number(first), month=titled(day)),
                **slots(shown, first), **_around("week", day, whose, first - timedelta(days=7), first + timedelta(days=7)))


def _found(first: date, last: date, whose: str) -> Any:
    begin, end = moments(first, last, ZoneInfo(me().timezone))
    return between(db(), begin, end, *([of_agent(me())] if whose == "mine" else []))


def _around(view: str, day: date, whose: str, before: date, after: date) -> dict[str, Any]:
    def at(**more: Any) -> str:
        return url_for(f"activity_calendar.{view}", **{"whose": whose, "day": day.isoformat(), **more})

    tabs = [{"label": label, "url": at(whose=name), "current": name == whose, "count": None} for name, label in (("mine", _("Mine")), ("all", _("Everybody's")))]
    return {"tabs": tabs, "views": views(view, whose, day), "whose": whose, "before_url": at(day=before.isoformat()), "after_url": at(day=after.isoformat()),
            "today_url": at(day=_today().isoformat()), "new_url": url_for("activities.new", back=here()), "day": day.isoformat(), "here_url": at()}


def _whose() -> str:
    return "all" if request.args.get("whose") == "all" else "mine"


def _day() -> date:
    """The day that is asked for; else today."""
    try:
        return read_day(request.args.get("day", ""))
    except ValueError:
        return _today()


def _today() -> date:
    return local(now()).date()
