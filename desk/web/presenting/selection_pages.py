"""Where a page of selections begins: a cursor of the last name before, the same on the page and in the API."""

from __future__ import annotations

import base64
import json

from contacts.selection import Selection
from core.database import LARGEST_ID
from core.errors import Refused
from core.i18n import N_


def written(last: Selection) -> str:
    """The cursor of a page that begins behind this one."""
    return base64.urlsafe_b64encode(json.dumps([last.order_key, last.id]).encode()).decode().rstrip("=")


def after(cursor: str) -> tuple[str, int] | None:
    """What it says; none for the first page. Raises Refused for a cursor that is none."""
    if not cursor:
        return None
    try:
        name, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        name, last = None, None
    if not isinstance(name, str) or type(last) is not int or not 0 < last <= LARGEST_ID or "\0" in name:
        raise Refused(N_("This page of the list is not there any more. Start from the top."), {"cursor": "Unknown."})
    return name, last
