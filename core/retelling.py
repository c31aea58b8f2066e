"""Sentences that were kept in English, said again in the language in force.

Ledgers, alerts and operations keep what happened as English prose. Its messages are in the catalogues, so the
message a sentence was made from is found by its fixed words, and what it was filled with is filled in again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.i18n import catalogue, gettext, language

_PLACE = re.compile(r"%\((\w+)\)s")
_END = re.compile(r"[.?!)](?=\s)")
_START = re.compile(r" (?=[A-Z])")
#: A pattern with fewer fixed letters fits too much.
FIXED = 8


class Shape(NamedTuple):
    """A message with places in it, and what finds them in a text."""

    message: str
    fits: re.Pattern[str]


def retell(text: str, depth: int = 3) -> str:
    """The text in the language in force, sentence by sentence; what nobody has words for stays as it is."""
    if not text or language() == "en":
        return text
    whole = _retold(text, language(), depth)
    if whole is not None:
        return whole
    for end in reversed([found.end() for found in _END.finditer(text[:2000])]):
        first = _retold(text[:end], language(), depth)
        if first is not None:
            return f"{first} {retell(text[end:].lstrip(), depth)}"
    return _last_retold(text, depth)


def _last_retold(text: str, depth: int) -> str:
    """A sentence of ours behind words of others that did not end in a full stop, as servers' answers do not."""
    for start in [found.end() for found in _START.finditer(text[-300:])]:
        last = text[-300:][start:]
        told = _retold(last, language(), depth) if last.endswith(".") else None
        if told is not None:
            return text[:len(text) - len(last)] + told
    return text


@lru_cache(maxsize=2048)
def _retold(text: str, tongue: str, depth: int) -> str | None:
    """One sentence said again; ``tongue`` is the language in force, named for the cache."""
    said = gettext(text)
    if said != text:
        return said
    for message, fits in _shapes(tongue):
        found = fits.fullmatch(text)
        if found:
            values = {name: retell(value, depth - 1) if depth else value for name, value in found.groupdict().items()}
            return gettext(message, **values)
    return None


@lru_cache(maxsize=4)
def _shapes(tongue: str) -> tuple[Shape, ...]:
    """The messages with places, those with the most fixed words first."""
    known = getattr(catalogue(tongue), "_catalog", {})
    messages = {message for message in known if isinstance(message, str) and _PLACE.search(message)}
    fixed = {message: len(re.sub(r"\W", "", _PLACE.sub("", message))) for message in messages}
    ordered = sorted((m for m in messages if fixed[m] >= FIXED), key=lambda m: (-fixed[m], m))
    return tuple(Shape(message, _pattern(message)) for message in ordered)


def _pattern(message: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def place(found: re.Match[str]) -> str:
        name = found[1]
        again = name in seen
        seen.add(name)
        return f"(?P={name})" if again else f"(?P<{name}>.{{1,500}}?)"

    parts = re.split(r"(%\(\w+\)s)", message)
    return re.compile("".join(
        place(found) if (found := _PLACE.fullmatch(part)) else re.escape(part.replace("%%", "%")) for part in parts),
        re.DOTALL)
