"""Texts, markup and nested values read for the words that name a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ahocorasick_rs import AhoCorasick

from rules.redaction import TOKEN, Aliases, Hit, Matcher, redact, redact_html

_ID = re.compile(r"[^\s<>]+")
#: How much is shown on either side of a word.
AROUND = 40
#: Characters of a text, and how many such texts, of which it is remembered that nobody is named there.
SHORT, MOST = 60, 50_000
#: Characters of a text, and how many such texts, of which it is remembered what was found: what is read to be shown is read again to be written,
#: and much of a message stands in two of its columns.
LONG, LATELY = 20_000, 2_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its context (from where to where, ``at``), and the context without it; ``review``: it may be somebody or something else."""

    before: str
    after: str
    at: tuple[int, int]
    review: bool


class Reader:
    """Reads for one person."""

    def __init__(self, aliases: Aliases, others: Collection[str] = ()) -> None:
        """``others``: names of colleagues and of who else takes part; what is theirs too never goes by itself."""
        self.matcher, self.others = Matcher(aliases), others
        self.addresses = frozenset(one.lower() for one in aliases.addresses)
        self._within = AhoCorasick(list(self.addresses))
        self.own = frozenset(aliases.numbers)
        self._nothing: set[tuple[str, bool]] = set()
        self._lately: dict[tuple[str, bool, bool], list[Hit]] = {}

    def read(self, value: Any, *, near: bool, markup: bool = False, ids: bool = False) -> Iterator[Word]:
        """The words in a text, or in every text of a nested value, where an object that holds their uid is about them, however far they are (``near``).
        ``ids``: the text is Message-IDs, which mail programs make of addresses."""
        for text, close in self._strings(value, near):
            for hit in self._hits(text, near=close, markup=markup, ids=ids):
                start, end = max(0, hit.start - AROUND), hit.end + AROUND
                yield Word(text[start:end], text[start:hit.start] + TOKEN + text[hit.end:end],
                          (hit.start - start, hit.end - start), not hit.automatic)

    def without(self, value: Any, *, near: bool, everything: bool, markup: bool = False, ids: bool = False) -> Any:
        """The same value without the certain words; without the uncertain ones too where ``everything`` is to go. Pairs of name and address
        go whole."""
        if isinstance(value, str):
            return self._without(value, near=near, everything=everything, markup=markup, ids=ids)
        if isinstance(value, list):
            kept = (self.without(one, near=near, everything=everything) for one in value if not self.is_theirs(one))
            return list(kept)
        if isinstance(value, dict):
            near = near or self._about(value)
            return {self._without(key, near=near, everything=everything, markup=False): self.without(one, near=near, everything=everything)
                    for key, one in value.items()}
        return value

    def _about(self, value: dict[str, Any]) -> bool:
        """Whether an object is of the person, as a candidate is whom the desk proposed for a stranger."""
        return any(isinstance(one, str) and one in self.own for one in value.values())

    def _strings(self, value: Any, near: bool) -> Iterator[tuple[str, bool]]:
        """Every text in a nested value, the names of its parts too, and whether the person is near."""
        if isinstance(value, str):
            yield value, near
        elif isinstance(value, list):
            for one in value:
                yield from self._strings(one, near)
        elif isinstance(value, dict):
            near = near or self._about(value)
            for key, one in value.items():
                yield key, near
                yield from self._strings(one, near)

    def _hits(self, text: str, *, near: bool, markup: bool, ids: bool = False) -> list[Hit]:
        """Short texts are mostly names of fields and words of ours, the same in every row: those that held nothing are remembered."""
        found = [] if (text, near) in self._nothing else self._found(text, near=near, markup=markup)
        return sorted([*found, *self._made_of(text)]) if ids else found

    def _found(self, text: str, *, near: bool, markup: bool) -> list[Hit]:
        if (text, near, markup) in self._lately:
            return self._lately[text, near, markup]
        find = self.matcher.find_html if markup else self.matcher.find
        found = find(text, near=near, greeting=near, others=self.others)
        if not found and len(text) <= SHORT and not markup:
            if len(self._nothing) >= MOST:      # what every row says is learnt again at once; what one row says is not met again
                self._nothing.clear()
            self._nothing.add((text, near))
        elif len(text) <= LONG:
            if len(self._lately) >= LATELY:
                self._lately.clear()
            self._lately[text, near, markup] = found
        return found

    def _made_of(self, text: str) -> Iterator[Hit]:
        """Message-IDs that hold an address of theirs."""
        for one in _ID.finditer(text):
            if self._within.find_matches_as_indexes(one[0].lower()):
                yield Hit(*one.span(), 1, "automatic", "address")

    def _without(self, text: str, *, near: bool, everything: bool, markup: bool, ids: bool = False) -> str:
        hits = [hit for hit in self._hits(text, near=near, markup=markup, ids=ids) if everything or hit.automatic]
        return (redact_html if markup else redact)(text, hits, TOKEN) if hits else text

    def is_theirs(self, pair: Any) -> bool:
        """Whether a pair of name and address, or a bare address, is the person's."""
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair):
            pair = pair[1]
        return isinstance(pair, str) and "@" in pair and pair.strip("<> ").lower() in self.addresses
