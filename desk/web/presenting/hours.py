"""Business hours as their page shows them: the names of days, a picture of the week, what is closed next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel import Locale, dates
from sqlalchemy import select

from contacts.agent import Agent
from core.clock import now
from core.i18n import N_, clock_time, dated, day, language, local
from core.i18n import gettext as _
from core.office_hours import COUNTRIES
from desk.switching import last_change
from desk.web.presenting.words import opened
from desk.web.requests import db
from rules.holidays import eves, public
from rules.hours import read

EVES = {"before_maundy_thursday": N_("The day before Maundy Thursday"), "midsummer_eve": N_("Midsummer Eve"),
        "christmas_eve": N_("Christmas Eve"), "new_years_eve": N_("New Year’s Eve")}
DAYS_AHEAD, MOST = 400, 14


def weekdays() -> list[str]:
    """Monday to Sunday."""
    return [opened(dates.get_day_names("wide", locale=language())[n]) for n in range(7)]


def countries() -> list[tuple[str, str]]:
    """The countries whose holidays can be kept."""
    names = Locale.parse(language()).territories
    return [(code, names.get(code.upper(), code)) for code in COUNTRIES]


def eve(name: str) -> str:
    """What a day is called that may end early."""
    return _(EVES[name])


def spans_of(spans: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    """Where the bars of a day stand, in minutes of 1440."""
    return [{"x": begin, "width": end - begin} for begin, end in spans]


def year() -> int:
    """The year it is here."""
    return local(now()).year


def next_closed(value: dict[str, Any], zone: str) -> list[dict[str, str]]:
    """The coming days on which less is worked than on others of their name."""
    hours, today, found = read(value, zone), local(now()).date(), []
    for then in (today + timedelta(days=n) for n in range(DAYS_AHEAD)):
        usual, spans = hours.days[then.weekday()], hours.on(then)
        if usual and spans != usual:
            until = f"{spans[-1][1] // 60:02}:{spans[-1][1] % 60:02}" if spans else ""
            found.append({"day": f"{dates.format_date(then, 'EEE', locale=language())} {dated(then, year=True)}", "name": _name(then, value),
                          "until": _("until %(time)s", time=until) if until else _("closed")})
    return found[:MOST]


def changed(option: str) -> str:
    """When the hours were changed last, and by whom."""
    fact = last_change(db(), option)
    if fact is None:
        return ""
    name = db().scalar(select(Agent.name).where(Agent.uid == fact.by_uid)) if fact.by_uid else None
    when = f"{day(fact.at)} {clock_time(fact.at)}"
    return _("changed %(day)s by %(name)s", day=when, name=name) if name else _("changed %(day)s", day=when)


def _name(then: date, value: dict[str, Any]) -> str:
    known = eves(then.year).get(then)
    holiday = public(value["holidays"], then.year, language()).get(then)
    return holiday or (eve(known) if known is not None and known in value["half_days"] else _("Our own day off"))
