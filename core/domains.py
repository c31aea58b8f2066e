"""Domains as name servers know them."""

from __future__ import annotations

import idna


def as_asked(domain: str) -> str:
    """The domain in ASCII and lower case, without its last dot; empty where it is none."""
    plain = domain.strip().rstrip(".")
    try:
        return idna.encode(plain, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        plain = plain.lower()
        return plain if plain.isascii() and all(0 < len(label) < 64 for label in plain.split(".")) and " " not in plain else ""
