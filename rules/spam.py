"""What a spam filter before us said, read from its headers. Whether it is to be believed, the caller knows: a sender
may write such lines as well."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

FLAGS = ("x-spam-flag", "x-spam-status", "x-spam")
SCORES = ("x-spam-score", "x-spam-status")
_YES = re.compile(r"\s*(?:yes|true|spam)\b", re.IGNORECASE)
_NO = re.compile(r"\s*(?:no|false|ham)\b", re.IGNORECASE)
_ALONE = re.compile(r"\s*([+-]?\d{1,6}(?:\.\d{1,6})?)\s*(?:/\s*(\d{1,6}(?:\.\d{1,6})?))?")
_SCORE = re.compile(r"\bscore=([+-]?\d{1,6}(?:\.\d{1,6})?)")
_REQUIRED = re.compile(r"\brequired=(\d{1,6}(?:\.\d{1,6})?)")


def judge(headers: Mapping[str, Sequence[str]], *, limit: float) -> bool:
    """Whether the filter calls it spam: by its word (X-Spam-Flag, X-Spam-Status, X-Spam), else by its score.

    A score counts against the limit that the filter names beside it (``required=5.0``, ``7.1 / 6``), else against
    ``limit``; with 0 a score without a limit says nothing. A filter that says no is believed too.
    """
    words = [value for name in FLAGS for value in headers.get(name, ())]
    if any(_YES.match(value) for value in words):
        return True
    return not any(_NO.match(value) for value in words) and any(_over(value, limit) for name in SCORES for value in headers.get(name, ()))


def _over(value: str, limit: float) -> bool:
    alone, told, required = _ALONE.match(value), _SCORE.search(value), _REQUIRED.search(value)
    score = told[1] if told else alone[1] if alone else ""
    limit = float(required[1] if required else alone[2] if alone and alone[2] else limit)
    return bool(score) and limit > 0 and float(score) >= limit
