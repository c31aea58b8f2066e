"""Figures of few tickets are shown together, so that a figure never speaks of one person.

A value (a company, a language, a service level) with fewer than so many tickets is part of the others; and where the others would then be
few themselves, the smallest that is shown joins them, because they could be reckoned from the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

#: measure, bucket → how many
Counts = Counter[tuple[str, int]]


class Cell(NamedTuple):
    """A line of a breakdown: a value, or (``others``) several of them; ``hidden``: they are too few to be told."""

    value: str
    counts: Counts
    others: int = 0
    hidden: bool = False


def size(counts: Counts) -> int:
    """Tickets of the period: those that came or those that were solved, whichever are more."""
    came, solved = (sum(n for (measure, _bucket), n in counts.items() if measure == name) for name in ("in", "solved"))
    return max(came, solved)


def cells(found: Mapping[str, Counts], named: Collection[str], *, least: int, most: int) -> list[Cell]:
    """The largest values that have a name, ``most`` of them, then all others as one. ``least``: tickets that a line tells of."""
    ordered = sorted((value for value in found if value in named and size(found[value]) >= least), key=lambda value: (-size(found[value]), value))
    shown = ordered[:most]
    rest = [value for value in found if value not in shown]
    others: Counts = Counter()
    for value in rest:
        others.update(found[value])
    while rest and size(others) < least and shown:
        rest.append(shown.pop())
        others.update(found[rest[-1]])
    lines = [Cell(value, found[value]) for value in shown]
    return [*lines, Cell("", others, len(rest), size(others) < least)] if rest else lines
