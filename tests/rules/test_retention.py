"""The days that a rule of retention counts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.retention import CLASSES, due, latest_start

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_months_are_those_of_the_calendar():
    assert due(date(2026, 5, 3), 24, "months") == date(2028, 5, 3)
    assert due(date(2026, 1, 31), 1, "months") == date(2026, 3, 1), "February has no 31st"
    assert due(date(2028, 2, 29), 12, "months") == date(2029, 3, 1)
    assert due(date(2026, 11, 29), 30, "days") == date(2026, 12, 29)
    assert due(date(2026, 11, 29), 120_000, "months") == date.max and latest_start(date(2026, 11, 29), 120_000, "months") == date.min


@given(DAYS, DAYS, st.integers(0, 800), st.sampled_from(["days", "months"]))
def test_what_is_asked_of_the_database_is_what_is_told(start, day, period, unit):
    """A day is due exactly when the database, which is asked for beginnings, finds it."""
    assert (due(start, period, unit) <= day) == (start <= latest_start(day, period, unit))


@given(DAYS, st.integers(0, 800), st.sampled_from(["days", "months"]))
def test_whoever_came_later_goes_no_earlier(start, period, unit):
    assert due(start, period, unit) <= due(start + timedelta(days=1), period, unit)


def test_every_class_offers_something():
    assert all(one.since and one.acts and one.months > 0 for one in CLASSES.values())
