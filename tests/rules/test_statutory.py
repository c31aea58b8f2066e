"""The statutory clock counts months by the calendar."""

from datetime import date

import pytest

from rules.statutory import due_on, may_extend, stage


@pytest.mark.parametrize(("received", "due", "extended"), [
    (date(2026, 3, 5), date(2026, 4, 5), date(2026, 6, 5)), (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
    (date(2028, 1, 30), date(2028, 2, 29), date(2028, 4, 30)), (date(2026, 12, 1), date(2027, 1, 1), date(2027, 3, 1)),
    (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28))])
def test_same_date_or_last_day(received, due, extended):
    assert due_on(received) == due
    assert due_on(received, extended=True) == extended


def test_extension_within_the_first_month():
    assert may_extend(date(2026, 3, 5), date(2026, 4, 5))
    assert not may_extend(date(2026, 3, 5), date(2026, 4, 6))


def test_stages_in_order():
    received, due = date(2026, 3, 1), date(2026, 4, 1)
    said = [stage(received, due, date(2026, 3, day)) for day in range(1, 32)] + [stage(received, due, due), stage(received, due, date(2026, 4, 2))]
    assert said == [""] * 16 + ["half"] * 8 + ["week"] * 8 + ["over"]
