"""What is chosen in the list of a form, as the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.errors import Refused
from core.i18n import N_
from desk.web.forms import posted
from desk.web.requests import db


def chosen(kind: Any, field: str) -> Any:
    """The record whose uid was posted, or none where nothing was chosen. Raises Refused for one that is not there (any more): what stood
    in the field is not emptied for it."""
    if not posted(field):
        return None
    found = db().scalar(select(kind).where(kind.uid == posted(field)))
    if found is None:
        raise Refused(N_("Some fields cannot be saved like this."), {field: N_("Choose one of those offered.")})
    return found


def chosen_id(kind: Any, field: str) -> int | None:
    """The same, its id alone."""
    found = chosen(kind, field)
    return found.id if found is not None else None
