"""Medians from buckets, and minutes of work between two moments."""

import math
import statistics
from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.office_hours import DEFAULT
from rules.durations import bounds, bucket, quantile
from rules.hours import due, read, worked

OSLO = read(DEFAULT, "Europe/Oslo")


@given(st.floats(0, 1_000_000))
def test_a_duration_lies_within_its_bucket(minutes):
    low, high = bounds(bucket(minutes))
    assert low <= minutes * (1 + 1e-6)
    assert minutes < high * (1 + 1e-6)


@given(st.lists(st.floats(1, 100_000), min_size=1, max_size=60))
def test_the_median_is_at_most_one_bucket_off(durations):
    median = quantile(Counter(map(bucket, durations)), 0.5)
    low, high = statistics.median_low(durations), statistics.median_high(durations)
    assert low / 2 ** 0.126 <= median <= high * 2 ** 0.126


def test_nothing_has_no_median():
    assert quantile({}, 0.5) is None


def test_ninety_per_cent_are_done_within_the_ninetieth_percentile():
    assert math.isclose(quantile({bucket(10): 90, bucket(1000): 10}, 0.9), bounds(bucket(10))[1])


def test_a_weekend_is_no_work():
    friday, monday = datetime(2026, 11, 27, 14, 30, tzinfo=UTC), datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert worked(friday, monday, OSLO) == 30 + 60
    assert worked(monday, friday, OSLO) == 0


@given(st.integers(0, 5000), st.integers(1, 3000))
def test_what_is_due_after_so_many_minutes_of_work_has_so_many_between(offset, minutes):
    begin = datetime.fromtimestamp(1_790_000_000 + offset * 977, UTC)
    assert math.isclose(worked(begin, due(begin, minutes, OSLO), OSLO), minutes)
