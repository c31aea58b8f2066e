"""Finding one person in free text, and taking them out of it while the rest stays byte for byte (PRIVACY.md, section 4).

Three tiers. Addresses, phones and customer numbers (1) go by themselves everywhere; full names, postal addresses and companies of
their own (2) where the person takes part; a part of a name (3) only where they are greeted or sign. Everything else is for review.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from core.fold import words
from rules.aliases import Aliases, Spellings, spellings
from rules.exact_hits import ExactHits
from rules.held_names import HeldNames
from rules.hit import Hit
from rules.name_hits import NameHits
from rules.views import View, page, plain, units_of

__all__ = ["TOKEN", "Aliases", "Hit", "Matcher", "Spellings", "redact", "redact_html", "spellings"]

#: The same for everybody (PRIVACY.md, section 2): one of one's own would tell people apart.
TOKEN = "[erased person]"           # noqa: S105
#: Stands for what is taken out while a text is read again; no letter, like the brackets of the token.
_GONE = "\ufffc"
MOST_ROUNDS = 5


class Matcher:
    """Finds one person. Made once of their aliases, asked for every text; offsets are those of the text as it was given."""

    def __init__(self, aliases: Aliases) -> None:
        self._exact, self._names = ExactHits(aliases), NameHits(aliases)
        self._held = HeldNames(aliases, self._names)

    def find(self, text: str, *, near: bool = False, greeting: bool = False, others: Collection[str] = ()) -> list[Hit]:
        """Where a plain text names the person, in order.

        ``near``: they, or their company, take part in what the text belongs to. ``greeting``: the message is to them or from them.
        ``others``: names of others who take part; a name that is theirs too never goes by itself.
        """
        return self._found(plain(text), near, greeting, others)

    def find_html(self, markup: str, *, near: bool = False, greeting: bool = False, others: Collection[str] = ()) -> list[Hit]:
        """The same of HTML: in its text, across tags and entities, and in what its tags, comments, styles and scripts hold."""
        text, inside = page(markup)
        return sorted([*self._found(text, near, greeting, others), *self._found(inside, near, greeting, others)])

    def _found(self, view: View, near: bool, greeting: bool, others: Collection[str]) -> list[Hit]:
        """What goes by itself is taken out and the rest read again, until nothing more does: so no second reading finds more."""
        foreign = _words_of(frozenset(others))
        text = view.text.replace(TOKEN, _GONE * len(TOKEN)) if TOKEN in view.text else view.text
        kept: list[Hit] = []
        for _round in range(MOST_ROUNDS):
            found = self._once(text, near, greeting, foreign)
            kept += found
            gone = [hit for hit in found if hit.automatic]
            if not gone:
                break
            text = _without(text, gone)
        return sorted(hit._replace(start=start, end=end) for hit in _outermost(kept) for start, end in (view.back(hit.start, hit.end),))

    def _once(self, text: str, near: bool, greeting: bool, foreign: frozenset[str]) -> list[Hit]:
        exact = list(self._exact.find(text, near=near))
        own = [hit for hit in exact if hit.alias == "address" and hit.tier == 1]
        names = self._names.find(text, near=near, greeting=greeting, addresses=own, foreign=foreign)
        return list(_outermost([*exact, *names, *self._held.find(text, near=near, foreign=foreign)]))


@lru_cache(maxsize=4)
def _words_of(names: frozenset[str]) -> frozenset[str]:
    """The folded words of these names: the same few hundred for every text of a run."""
    return frozenset(word for name in names for word in words(name))


def redact(text: str, hits: Iterable[Hit], token: str = TOKEN) -> str:
    """The text without these stretches, the token in place of each; those that overlap are one."""
    pieces, at = [], 0
    for start, end in _merged((hit.start, hit.end) for hit in hits):
        pieces += [text[at:start], token]
        at = end
    return "".join([*pieces, text[at:]])


def redact_html(markup: str, hits: Iterable[Hit], token: str = TOKEN) -> str:
    """The same for HTML: tags within a stretch stay, and stand behind the token."""
    units = units_of(markup)
    begins, pieces = set(), []
    for hit in hits:
        for n, piece in enumerate(_between(units, hit.start, hit.end)):
            pieces.append(piece)
            if not n:
                begins.add(piece[0])
    told, at, order = [], 0, sorted(begins)
    for start, end in _merged(pieces):
        n = bisect_left(order, start)
        told += [markup[at:start], token if n < len(order) and order[n] < end else ""]
        at = end
    return "".join([*told, markup[at:]])


def _between(units: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of a stretch is no tag; all of it where it lies within one."""
    for n in range(max(0, bisect_left(units, (start, start)) - 1), len(units)):
        first, last = units[n]
        if first <= start and end <= last:
            yield start, end
            return
        if first >= end:
            break
        if last > start:
            if first > start:
                yield start, first
            start = last
    if start < end:
        yield start, end


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(text: str, hits: Iterable[Hit]) -> str:
    pieces, at = [], 0
    for start, end in _merged((hit.start, hit.end) for hit in hits):
        pieces += [text[at:start], _GONE * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _outermost(hits: list[Hit]) -> Iterator[Hit]:
    """Hits without those that lie within a surer one, or within a longer one that is as sure."""
    furthest = {True: -1, False: -1}
    for hit in sorted(hits, key=lambda one: (one.start, -one.end, not one.automatic, one.tier)):
        if hit.end <= furthest[True] or (not hit.automatic and hit.end <= furthest[False]):
            continue
        furthest[hit.automatic] = max(furthest[hit.automatic], hit.end)
        yield hit
