"""A field in which a day is written, like 2026-11-28: of a year that people live in, so that a day before and after it can be reckoned."""

from __future__ import annotations

import re
from datetime import date

from core.errors import Refused
from core.i18n import N_

_WRITTEN = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")


def read_day(text: str) -> date:
    """The day of the years 1900 to 2199 that a text is. Raises ValueError."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def typed_day(text: str, field: str) -> date | None:
    """The day that was typed into this field, None where nothing was. Raises Refused."""
    try:
        return read_day(text) if text else None
    except ValueError as error:
        raise Refused(N_("Some fields cannot be saved like this."), {field: N_("Write a day like 2026-11-28.")}) from error
