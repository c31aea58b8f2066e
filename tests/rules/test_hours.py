"""Business hours: weekends, holidays, eves, the nights in which the clock is changed (S79b)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.office_hours import DEFAULT, fits
from rules.holidays import easter, eves, public
from rules.hours import Hours, due, read

OSLO = ZoneInfo("Europe/Oslo")
WORKDAY = ((8 * 60, 16 * 60),)
WEEK = Hours("Europe/Oslo", (WORKDAY,) * 5 + ((),) * 2, "no")


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(("at", "minutes", "expected"), [
    ("2026-11-24T09:00", 60, "2026-11-24T10:00"),           # within a day
    ("2026-11-24T15:30", 60, "2026-11-25T08:30"),           # over the evening
    ("2026-11-24T03:00", 60, "2026-11-24T09:00"),           # before the morning
    ("2026-11-27T15:30", 60, "2026-11-30T08:30"),           # over a weekend
    ("2026-11-28T12:00", 480, "2026-11-30T16:00"),          # a whole day ends with the day
    ("2026-12-23T15:00", 120, "2026-12-24T09:00"),          # Christmas Eve is a day like others where nothing else is said
    ("2026-12-24T15:30", 60, "2026-12-28T08:30"),           # 25 and 26 December, then a weekend
    ("2026-04-01T15:00", 120, "2026-04-07T09:00"),          # Easter: Thursday to Monday
    ("2026-05-15T15:30", 60, "2026-05-18T08:30"),           # 17 May is a Sunday
])
def test_due(at, minutes, expected):
    assert due(oslo(at), minutes, WEEK) == oslo(expected)


def test_round_the_clock_every_minute_counts():
    assert due(oslo("2026-11-27T23:30"), 60, None) == oslo("2026-11-28T00:30")


def test_several_spans_and_days_that_end_early():
    value = DEFAULT | {"days": [[["08:00", "12:00"], ["13:00", "17:00"]]] * 5 + [[]] * 2, "holidays": "no",
                       "half_days": {"christmas_eve": "12:00", "new_years_eve": "closed"}, "closed": ["2026-12-28"]}
    assert fits(value)
    hours = read(value, "Europe/Oslo")
    assert due(oslo("2026-11-24T11:30"), 60, hours) == oslo("2026-11-24T13:30")
    assert due(oslo("2026-12-24T11:30"), 60, hours) == oslo("2026-12-29T08:30")
    assert due(oslo("2026-12-30T16:30"), 60, hours) == oslo("2027-01-04T08:30")


def test_the_clock_is_changed():
    """A minute is a minute: the night of 29 March has 23 hours, that of 25 October 25."""
    always = Hours("Europe/Oslo", (((0, 24 * 60),),) * 7)
    for at in ("2026-03-28T12:00", "2026-10-24T12:00"):
        assert due(oslo(at), 24 * 60, always) == oslo(at).astimezone(UTC) + timedelta(days=1)
    nights = Hours("Europe/Oslo", (((0, 6 * 60),),) * 7)
    assert due(oslo("2026-03-29T00:00"), 5 * 60, nights) == oslo("2026-03-29T06:00")
    assert due(oslo("2026-10-25T00:00"), 6 * 60, nights) == oslo("2026-10-25T05:00")
    gap = Hours("Europe/Oslo", (((2 * 60, 3 * 60),),) * 7)
    assert due(oslo("2026-03-29T00:00"), 30, gap) == oslo("2026-03-30T02:30"), "there is no such hour that night"
    assert due(oslo("2026-10-25T00:00"), 90, gap) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "and twice in the other"


def test_another_zone():
    reykjavik = Hours("Atlantic/Reykjavik", (WORKDAY,) * 7)
    assert due(datetime(2026, 7, 1, 7, 0, tzinfo=UTC), 30, reykjavik) == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_who_never_works_long_enough_is_met_at_the_end():
    never = Hours("Europe/Oslo", (((0, 1),), *((),) * 6))
    assert due(oslo("2026-01-01T00:00"), 129_600, never).year == 2036


@pytest.mark.parametrize(("country", "holidays", "others"), [
    ("no", ["2026-05-17", "2026-04-02", "2026-12-26", "2026-05-14"], ["2026-12-24"]),
    ("dk", ["2026-04-02", "2026-05-14", "2026-12-26"], ["2026-05-01", "2026-05-17"]),
    ("se", ["2026-06-06", "2026-06-20", "2026-01-06"], ["2026-05-17", "2026-11-29"]),
    ("fi", ["2026-12-06", "2026-01-06", "2026-06-20"], ["2026-05-17"]),
    ("is", ["2026-06-17", "2026-04-23", "2026-08-03"], ["2026-05-17"]),
    ("", [], ["2026-12-25", "2026-01-01"]),
])
def test_nordic_holidays(country, holidays, others):
    found = public(country, 2026)
    assert all(date.fromisoformat(day) in found for day in holidays)
    assert not any(date.fromisoformat(day) in found for day in others)


def test_names_of_holidays_are_in_the_language_of_the_agent_where_the_calendar_has_them():
    christmas = date(2026, 12, 25)
    said = [public(*asked)[christmas] for asked in (("no", 2026, "nb"), ("no", 2026, "en"), ("no", 2026, "sv"), ("fi", 2026, "sv"))]
    assert said == ["Første juledag", "Christmas Day", "Første juledag", "Juldagen"]


def test_easter_and_its_wednesday():
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)]
    assert eves(2026)[date(2026, 4, 1)] == "before_maundy_thursday" and eves(2026)[date(2026, 6, 19)] == "midsummer_eve"


@pytest.mark.parametrize("days", [
    [[["22:00", "06:00"]]] * 7,                             # past midnight: the next day's
    [[["08:00", "08:00"]]] * 7, [[["08:00", "12:00"], ["11:00", "16:00"]]] * 7, [[]] * 7, [[["8", "16"]]] * 7,
    [[["08:00", "25:00"]]] * 7, [[["08:00", "16:00"]]] * 6, "never", None,
])
def test_hours_that_are_none(days):
    assert not fits(DEFAULT | {"days": days})


@pytest.mark.parametrize("part", [
    {"holidays": "us"}, {"half_days": {"christmas_eve": "noon"}}, {"half_days": {"monday": "12:00"}}, {"half_days": []},
    {"closed": ["24.12.2026"]}, {"closed": "2026-12-24"}, {"more": 1}])
def test_parts_that_do_not_fit(part):
    assert fits(DEFAULT) and not fits(DEFAULT | part)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EDGES = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(sorted).map(lambda e: tuple(zip(e[::2], e[1::2], strict=False)))
WEEKS = st.tuples(*[EDGES] * 7).filter(any)


@settings(max_examples=150, deadline=None)
@given(MOMENTS, st.integers(1, 5000), WEEKS, st.sampled_from(["Europe/Oslo", "Atlantic/Reykjavik", "Europe/Helsinki", "UTC"]),
       st.sampled_from(["", "no", "fi"]))
def test_as_many_minutes_of_work_lie_before_it(at, minutes, week, zone, country):
    """Whatever the week: the minutes that the desk works between a moment and what is due after it are those promised."""
    hours = Hours(zone, week, country)
    then = due(at, minutes, hours)
    assert then > at and worked(hours, at, then) == timedelta(minutes=minutes)
    assert due(at, minutes, hours) <= due(at, minutes + 1, hours) and then <= due(at + timedelta(minutes=1), minutes, hours)


def worked(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """The time worked between two moments, reckoned another way: day by day, each span cut to what is asked."""
    zone, total = ZoneInfo(hours.zone), timedelta(0)
    day = begin.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        for a, b in hours.on(day):
            edges = [(datetime(day.year, day.month, day.day) + timedelta(minutes=m)).replace(tzinfo=zone).astimezone(UTC)  # noqa: DTZ001
                     for m in (a, b)]
            total += max(min(edges[1], end) - max(edges[0], begin), timedelta(0))
        day += timedelta(days=1)
    return total
