"""What we want to reach on two cores, and whether this run reached it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MILLION = 1_000_000
PEER = "django-helpdesk"

TIMES_EMPTY, TIMES_FILLED = 6, 10
"""So many times the inbound rate of django-helpdesk: on an empty desk, and at 20 000 tickets."""
STEADY = 0.9
"""At a million tickets, at least this part of the rate of the empty desk."""
PAGE_MS, SEARCH_MS, IDLE_MB = 30, 50, 400
"""p95 of a page and of a substring search at a million; PSS of the idle desk's whole tree."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is compared, the value reached (``None`` where not measured), the limit, which side is good."""

    what: str
    reached: float | None
    limit: float
    unit: str = ""
    at_least: bool = True

    @property
    def met(self) -> bool | None:
        """Whether it is met; ``None`` where this run did not measure it."""
        if self.reached is None:
            return None
        return self.reached >= self.limit if self.at_least else self.reached <= self.limit


def goals(run: dict[str, Any]) -> list[Goal]:
    """All goals, judged by what this run measured."""
    return [*_rates(run), *_latencies(run), Goal("idle desk, PSS", _get(run, "ours", "idle_mb"), IDLE_MB, "MB", False)]


def rate_of(run: dict[str, Any], size: int, peer: str | None = None) -> float | None:
    """Mails a second of a peer, or of ours."""
    desk = run.get("ours") if peer is None else run.get("peers", {}).get(peer)
    return _get(desk or {}, "sizes", str(size), "inbound", "rate")


def _rates(run: dict[str, Any]) -> Iterator[Goal]:
    for size, times, where in ((0, TIMES_EMPTY, "empty"), (20_000, TIMES_FILLED, "at 20 000 tickets")):
        ratio = _ratio(rate_of(run, size), rate_of(run, size, PEER))
        yield Goal(f"inbound, {where}: times {PEER}", ratio, times, "×")
    steady = _ratio(rate_of(run, MILLION), rate_of(run, 0))
    yield Goal("inbound at 1 000 000 tickets: part of the empty desk's rate", steady, STEADY, "×")


def _latencies(run: dict[str, Any]) -> Iterator[Goal]:
    for page in ("list", "ticket", "person"):
        reached = _get(run, "ours", "sizes", str(MILLION), "pages", page, "p95_ms")
        yield Goal(f"{page} page at 1 000 000 tickets, p95", reached, PAGE_MS, "ms", at_least=False)
    reached = _get(run, "ours", "sizes", str(MILLION), "search", "p95_ms")
    yield Goal("substring search over 1 000 000 persons, p95", reached, SEARCH_MS, "ms", at_least=False)


def _ratio(ours: float | None, other: float | None) -> float | None:
    return None if ours is None or not other else ours / other


def _get(found: Any, *path: str) -> Any:
    for step in path:
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    return found
