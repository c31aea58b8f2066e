"""``ETag`` and ``If-Match``: nobody overwrites what has moved on since they read it (RFC 9110 section 13.1.1)."""

from __future__ import annotations

import re

from flask import request

from core.errors import Stale
from core.i18n import N_

_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')


def unmoved(version: int) -> None:
    """Raises Stale where ``If-Match`` names other versions than this one."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return
    if str(version) not in (found[1] for tag in given.split(",") if (found := _TAG.fullmatch(tag.strip()))):
        raise Stale(N_("This has been changed since you read it. Read it again, then repeat your change."), version=version)


def tag(version: int) -> str:
    """A version as an entity tag."""
    return f'"{version}"'
