"""Folds texts for search as the desk does, remembering the paragraphs that come again and again in a fill."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from core.fold import fold
from core.search import LONGEST

SHORT, REMEMBERED = 20, 90
"""Greetings are shorter, paragraphs of the pool longer than this: worth remembering."""


def folded(parts: Iterable[str | None]) -> str:
    """``fold`` of the parts joined by line breaks, cut as the index cuts; folded line by line."""
    whole = "\n".join(part for part in parts if part)
    if len(whole) > LONGEST:
        return fold(whole[:LONGEST])
    return " ".join(filter(None, map(_line, whole.splitlines())))


def _line(line: str) -> str:
    told = line.lstrip("> ")
    marks = line[: len(line) - len(told)].strip()
    known = _remembered(told) if len(told) > REMEMBERED or len(told) < SHORT else fold(told)
    return f"{marks} {known}".strip()


@lru_cache(maxsize=100_000)
def _remembered(line: str) -> str:
    return fold(line)
