"""The report tells goals met from goals missed, and shows profiles only beside a miss."""

from __future__ import annotations

from typing import Any

from bench.goals import goals
from bench.report import report


def run(ours: float, peer: float) -> dict[str, Any]:
    """A run as ``python -m bench`` keeps it, at 0 tickets alone."""
    return {
        "at": "2026-01-01 12:00 UTC",
        "machine": {"cores": 2, "system": "Linux", "python": "3.11"},
        "corpus": {"mails": 200, "bytes": 4_000_000, "seed": 1},
        "ours": {
            "name": "Skranke",
            "sizes": {"0": {"inbound": {"rate": ours}, "pages": {"list": {"p50_ms": 5.0, "p95_ms": 9.0}}}},
            "profiles": {"filing at 0 tickets": ["the slowest line"]},
            "idle_mb": 300.0,
        },
        "peers": {
            "django-helpdesk": {"versions": {"django-helpdesk": "2"}, "sizes": {"0": {"inbound": {"rate": peer}}}},
            "Roundup": {"failed": "Roundup could not be measured: no network"},
        },
    }


def test_a_goal_is_met_missed_or_not_measured() -> None:
    judged = {goal.what: goal.met for goal in goals(run(600.0, 90.0))}
    assert judged["inbound, empty: times django-helpdesk"] is True
    assert judged["idle desk, PSS"] is True
    assert judged["list page at 1 000 000 tickets, p95"] is None
    assert goals(run(400.0, 90.0))[0].met is False


def test_a_miss_comes_with_its_profile() -> None:
    assert "the slowest line" not in report(run(600.0, 90.0))
    missed = report(run(400.0, 90.0))
    assert "MISSED" in missed
    assert "the slowest line" in missed


def test_peers_that_cannot_be_measured_are_said() -> None:
    told = report(run(600.0, 90.0))
    assert "no network" in told
    assert "6.7 ×" in told
