"""Names that are no words of letters with a space between, found as they are held: particles before two surnames, brackets, names without spaces.

:mod:`rules.name_hits` knows how Nordic names are written and shortened. What it does not find whole in the name itself is looked for here,
in this order and turned round, with whatever stands between its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.fold import fold
from rules.aliases import Aliases
from rules.hit import Hit
from rules.name_hits import NameHits
from rules.spelt import pattern

_WORD = re.compile(r"[^\W_]+")
#: What may stand between two words of such a name.
_GAP = r"[\s,.()\[\]'’\"«»\-‐‑–_/>|]{0,8}"
_BEFORE, _BEHIND = r"(?<![^\W_])", r"(?:['’]?s)?(?![^\W_])"
#: Writing that puts no space between words: what stands beside a name is no part of it.
_CLOSE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff]")


class HeldNames:
    """Finds one person's names of this sort. Made once, asked often."""

    def __init__(self, aliases: Aliases, names: NameHits) -> None:
        self._sought = [found for first, last in dict.fromkeys(aliases.names) for found in _odd(first, last, names)]

    def find(self, text: str, *, near: bool, foreign: frozenset[str]) -> Iterator[Hit]:
        """Hits in this text. Where the person takes no part, and where somebody else who does has all of these words in their name, somebody is to look."""
        for words, found in self._sought:
            sure = near and not words <= foreign
            yield from (Hit(*match.span(), 2, "automatic" if sure else "review", "name") for match in found.finditer(text))


def _odd(first: str, last: str, names: NameHits) -> Iterator[tuple[frozenset[str], re.Pattern[str]]]:
    whole = f"{first} {last}".strip()
    parts = [_WORD.findall(one) for one in (first, last) if _WORD.search(one)]
    words = [word for part in parts for word in part]
    if len(words) < 2 or any(hit.tier == 2 and whole[:hit.start].strip() == whole[hit.end:].strip() == ""
                             for hit in names.find(whole, near=True, greeting=False, addresses=(), foreign=frozenset())):
        return
    begins, ends = ("", "") if _CLOSE.search(whole) else (_BEFORE, _BEHIND)
    for order in ([words, [word for part in reversed(parts) for word in part]] if len(parts) > 1 else [words]):
        yield frozenset(fold(word) for word in words), re.compile(
            begins + _GAP.join(pattern(word, "") for word in order) + ends, re.IGNORECASE)
