"""Until when a ticket can be put off: later today, tomorrow, and a Monday that is not tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desk.web.presenting import times


@pytest.mark.parametrize(("here", "until"), [
    ("2026-11-18T10:20", ["2026-11-18T13:00", "2026-11-19T08:00", "2026-11-23T08:00"]),       # a Wednesday
    ("2026-11-18T17:59", ["2026-11-18T20:00", "2026-11-19T08:00", "2026-11-23T08:00"]),
    ("2026-11-18T18:00", ["2026-11-19T08:00", "2026-11-23T08:00"]),
    ("2026-11-22T21:00", ["2026-11-23T08:00", "2026-11-30T08:00"]),                           # a Sunday
])
def test_until_when_it_can_be_put_off(monkeypatch: pytest.MonkeyPatch, here: str, until: list[str]) -> None:
    monkeypatch.setattr(times, "now", lambda: datetime.fromisoformat(here).replace(tzinfo=UTC))
    monkeypatch.setattr(times, "local", lambda at: at)
    offered = times.snoozes()
    assert [one["value"][:16] for one in offered[:-1]] == until
    assert offered[-1]["value"] == "reply"
    assert len({one["label"] for one in offered}) == len(offered)
