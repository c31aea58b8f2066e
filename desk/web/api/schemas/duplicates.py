"""Persons who may be one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from desk.web.api.paging import Page
from desk.web.api.schemas.common import Shape, Uid


class DuplicatesAsked(Page):
    """Whose duplicates: of everybody, or of one person."""

    person: Uid | None = Field(None, description="The id of a person.")


class Alike(Shape):
    """One of the two."""

    id: str
    name: str


class Clue(Shape):
    """One thing that speaks for it, or with negative points against."""

    clue: str
    points: int
    words: str = Field(description="In English.")


class Duplicate(Shape):
    """Two persons who may be one. `points` are those of the evidence together, `score` is the same from 0 to 1. A pair of the
    `rule` was saved although the company's own rule says that they are the same."""

    id: str
    persons: list[Alike] = Field(description="Two of them.")
    points: int
    score: float
    evidence: list[Clue]
    origin: Literal["scan", "rule"]
    state: Literal["open", "two"]
    found_at: datetime
