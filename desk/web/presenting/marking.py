"""Marking what was searched for where it stands."""

from __future__ import annotations

import re

from markupsafe import Markup, escape


def marked(text: str, query: str) -> Markup:
    """The text, escaped, with the words of the query in ``<mark>``; upper and lower case are the same."""
    words = "|".join(re.escape(word) for word in sorted(query.split(), key=len, reverse=True))
    if not words:
        return escape(text)
    parts = re.split(f"({words})", text, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts))
