"""Names of uploaded files."""

from __future__ import annotations

from core.i18n import gettext as _

#: Signs that turn the direction of writing, with which ``exe.pdf`` can be made of ``fdp.exe``.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe_name(given: str) -> str:
    """The base name, at most 150 characters, without signs that hide what the file is."""
    base = given.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in base if c.isprintable() and c not in TURNING).strip(" .")[:150] or _("file")
