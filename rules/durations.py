"""Durations counted in buckets, so that medians can be told after the tickets they came from have gone.

A bucket is an eighth of a doubling wide: a median or percentile read from counts is at most nine per cent off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

#: Buckets in a doubling.
STEPS = 8
#: The last bucket, of about five years and everything above.
LAST = 170


def bucket(minutes: float) -> int:
    """The bucket of a duration; the first is of less than a minute."""
    return 0 if minutes < 1 else min(LAST, 1 + math.floor(STEPS * math.log2(minutes) + 1e-9))


def bounds(number: int) -> tuple[float, float]:
    """From how many minutes a bucket is, and up to how many."""
    return (0.0, 1.0) if number <= 0 else (2 ** ((number - 1) / STEPS), 2 ** (number / STEPS))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The minutes within which this share of the durations lies (0.5: the median); None where there are none.

    ``counts``: bucket → how many.
    """
    total = sum(counts.values())
    if total <= 0:
        return None
    rank, before = share * total, 0
    for number in sorted(counts):
        if counts[number] and before + counts[number] >= rank:
            low, high = bounds(number)
            return low + (high - low) * (rank - before) / counts[number]
        before += counts[number]
    return bounds(max(counts))[1]
