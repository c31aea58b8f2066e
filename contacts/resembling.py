"""Who a stranger may be: persons who resemble them, the likeliest first, each with the evidence for and against.

Nothing here ties anybody to anything: an impostor resembles whom they imitate. An agent decides.
"""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy.orm import Session

from contacts.identifying import MOST_CANDIDATES
from contacts.likeness import clues_of
from contacts.lookalikes import lookalikes
from contacts.stranger import Known, Stranger, Surroundings

#: Points below which nobody is named: what a name proves that a hundred have.
THRESHOLD = 15


def candidates(db: Session, stranger: Stranger) -> list[dict[str, Any]]:
    """Living persons who may be the stranger, as in API.md: at most five, the likeliest first. Those of whom an agent has said that it
    is not them are left out."""
    found, around = lookalikes(db, stranger)
    told = sorted(filter(None, (_told(stranger, one, around) for one in found)), key=lambda pair: pair[0])
    return [shown for _order, shown in told[:MOST_CANDIDATES]]


def _told(stranger: Stranger, one: Known, around: Surroundings) -> tuple[Any, dict[str, Any]] | None:
    clues = sorted(clues_of(stranger, one, around), key=lambda clue: -int(clue["points"]))
    points = sum(clue["points"] for clue in clues)
    if points < THRESHOLD:
        return None
    return (-points, one.status != "active", one.name, one.id), {
        "person_id": one.uid, "name": one.name, "score": score(points), "evidence": clues}


def score(points: int) -> float:
    """Points as a share of certainty: a half at forty-five, nearly one at a hundred."""
    return round(1 / (1 + math.exp((45 - points) / 14)), 2)
