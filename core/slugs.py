"""Names in addresses and of files: plain letters, Nordic ones as they are commonly written without."""

from __future__ import annotations

from slugify import slugify

_NORDIC = (("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("Æ", "ae"), ("Ø", "oe"), ("Å", "aa"), ("ä", "ae"), ("ö", "oe"), ("Ä", "ae"), ("Ö", "oe"))


def slug(name: str, most: int = 70) -> str:
    """``Mads Kjær`` → ``mads-kjaer``; empty where no letter has a plain form."""
    return str(slugify(name, replacements=_NORDIC, max_length=most))
