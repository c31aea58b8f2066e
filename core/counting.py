"""Counting what several questions find, each to a limit, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ScalarSelect, SelectBase, func, select
from sqlalchemy.orm import Session

#: More are not counted.
MOST = 1000


def upto(found: SelectBase, most: int = MOST) -> ScalarSelect[int]:
    """How many rows a question finds, counted to ``most``; the question itself has no limit."""
    limited: Any = found
    return select(func.count()).select_from(limited.limit(most).subquery()).scalar_subquery()


def counted(db: Session, questions: Mapping[str, SelectBase], most: int = MOST) -> dict[str, int]:
    """How many rows each question finds, counted to ``most``; all in one statement."""
    if not questions:
        return {}
    return dict(zip(questions, db.execute(select(*(upto(one, most) for one in questions.values()))).one(), strict=True))


def told(number: int, most: int = MOST) -> str:
    """As it is shown: ``1000+`` where there may be more."""
    return f"{number}+" if number >= most else str(number)
