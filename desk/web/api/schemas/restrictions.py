"""Restrictions of persons, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Shape


class Restriction(Shape):
    """Why a person is stored and not used, since when; and how they were told when it ended."""

    ground: str
    reason: str
    at: datetime
    by: str | None
    lifted_at: datetime | None
    told: str
    how: str


class NewRestriction(Asked):
    """Ground (Art. 18(1)) and reason."""

    ground: Literal["accuracy", "unlawful", "claims", "objection"]
    reason: str = Field(min_length=1, max_length=2000)


class Lifting(Asked):
    """How the person was told, where no mail reaches them."""

    how: str = Field(default="", max_length=2000)
