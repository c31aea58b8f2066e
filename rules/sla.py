"""What a service level promises: priority, and when the first and each further answer is due (S79b).

The clock of an answer runs from when somebody asked. While an answer is owed it is not set anew, however often they
write; a machine's mail (out of office, a receipt, a bounce) asks nothing and never moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.hours import Hours, due


@dataclass(frozen=True, slots=True)
class Level:
    """A service level: minutes to the first and to each further answer (None: no promise), of business hours or of all."""

    first: int | None
    next: int | None
    business_hours: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wrote: when, whether a machine did, whether we have answered on this ticket before, and what is due already."""

    at: datetime
    automatic: bool = False
    answered: bool = False
    due_at: datetime | None = None


def due_after(asked: Asked, level: Level | None, hours: Hours) -> datetime | None:
    """When an answer is due after what was asked: as before where one is owed already, or a machine wrote."""
    if asked.due_at is not None or asked.automatic or level is None:
        return asked.due_at
    minutes = level.next if asked.answered else level.first
    return due(asked.at, minutes, hours if level.business_hours else None) if minutes else None
