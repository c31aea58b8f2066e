"""The one place that asks what time it is. Moments are aware datetimes in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, UTC, to the microsecond."""
    return datetime.now(UTC)
