"""Pages of lists: ``limit`` and ``cursor`` in, ``items`` and ``next`` out."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core.database import LARGEST_ID
from core.errors import Refused
from core.i18n import N_

MOST = 200
Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(50, ge=1, description=f"How many at once; {MOST} at most are given, whatever is asked for.")
    cursor: Annotated[str, StringConstraints(max_length=600, pattern=r"^[A-Za-z0-9_-]*$")] = Field(
        "", description="What `next` of the page before said.")

    @property
    def most(self) -> int:
        """The limit that holds."""
        return min(self.limit, MOST)


class Listed(BaseModel, Generic[Item]):
    """One page: the items in order, and the cursor of what follows; null at the end."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    items: list[Item]
    next: str | None = None


def key_of(cursor: str) -> int | None:
    """The id a page of a list by id begins below. Raises Refused for a cursor that is none."""
    if not cursor:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        value = None
    if type(value) is not int or not 0 <= value <= LARGEST_ID:
        raise Refused(N_("This page of the list is not there any more. Start from the top."), {"cursor": "Unknown."})
    return value


def cut(rows: Sequence[Row], most: int, key: Callable[[Row], int]) -> tuple[Sequence[Row], str | None]:
    """A page from rows of which one more than a page was asked for, and the cursor of the next."""
    if len(rows) <= most:
        return rows, None
    return rows[:most], written(key(rows[most - 1]))


def written(key: int) -> str:
    """The cursor of a page that begins below this id."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
