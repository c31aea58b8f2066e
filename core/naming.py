"""Names that people give to what stands in lists."""

from __future__ import annotations

import re

#: Signs that nobody sees and that mean nothing in a name.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")


def name_of(typed: str) -> str:
    """A name as it is kept: with single white space, without signs that nobody sees; empty where it has no letter and no digit."""
    name = " ".join(_UNSEEN.sub("", typed).split())
    return name if any(sign.isalnum() for sign in name) else ""
