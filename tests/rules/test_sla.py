"""What a service level promises (S79b): the first answer, the next one, and that no machine moves the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from core.office_hours import DEFAULT
from rules.hours import read
from rules.sla import Asked, Level, due_after

HOURS = read(DEFAULT, "Europe/Oslo")
AT = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)          # Friday, half past three in Oslo
SOON = AT + timedelta(minutes=10)


@pytest.mark.parametrize(("asked", "level", "expected"), [
    (Asked(AT), Level(60, 30), AT + timedelta(hours=1)),
    (Asked(AT), Level(60, 30, business_hours=True), datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
    (Asked(AT, answered=True), Level(60, 30), AT + timedelta(minutes=30)),
    (Asked(AT, answered=True), Level(60, None), None),
    (Asked(AT), Level(None, 30), None),
    (Asked(AT), None, None),
    (Asked(AT, due_at=SOON), Level(60, 30), SOON),                        # owed already: writing again does not set it anew
    (Asked(AT, answered=True, due_at=SOON), Level(60, 30), SOON),
    (Asked(AT, automatic=True, answered=True), Level(60, 30), None),      # out of office asks nothing
    (Asked(AT, automatic=True, due_at=SOON), Level(60, 30), SOON),
])
def test_when_an_answer_is_due(asked, level, expected):
    assert due_after(asked, level, HOURS) == expected
