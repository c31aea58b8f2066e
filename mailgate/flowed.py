"""Paragraphs of format=flowed text put together again (RFC 3676)."""

from __future__ import annotations

import re

LONGEST = 20_000


def joined(text: str, *, delete_space: bool = False) -> str:
    """Lines that end with a space go on in the next line of the same quote depth; ``-- `` never does."""
    out: list[str] = []
    flows, depth = False, 0
    for line in text.split("\n"):
        quotes, words = _split(line)
        if flows and quotes == depth and words != "-- " and len(out[-1]) < LONGEST:
            out[-1] = (out[-1][:-1] if delete_space else out[-1]) + words
        else:
            out.append(">" * quotes + (" " if quotes and words else "") + words)
        flows, depth = words.endswith(" ") and words != "-- " and bool(words.strip()), quotes
    return "\n".join(out)


def _split(line: str) -> tuple[int, str]:
    quotes = re.match(r">*", line)
    count = quotes.end() if quotes else 0
    words = line[count:]
    return count, words[1:] if words.startswith(" ") else words
