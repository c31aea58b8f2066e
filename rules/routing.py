"""Where a new ticket goes: the first rule whose conditions all hold decides team, assignee, priority, tags.

A rule without conditions holds for everything: it belongs at the end. What made it match is told with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from core.fold import fold

LONGEST_TEXT = 100_000


@dataclass(frozen=True)
class Clues:
    """What rules may look at. Records go by their uids; ``companies`` maps those of the sender to their names. ``trust`` is
    pass, none or fail."""

    mailbox: str = ""
    person: str = ""
    companies: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    language: str = ""
    trust: str = "none"
    subject: str = ""
    text: str = ""

    @cached_property
    def folded(self) -> str:
        """Subject and text, folded as for search: only where a rule asks for words."""
        return fold(f"{self.subject} | {self.text[:LONGEST_TEXT]}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the book: its number there, what names it, and what has to hold. Of each list one has to be met; of
    ``words`` one, or all with ``all_words``. An empty list asks nothing."""

    number: int
    key: Any = None
    mailboxes: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    trust: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    all_words: bool = False


class Match(NamedTuple):
    """The rule that decides, and what made it: pairs of a condition and what met it."""

    rule: Rule
    because: tuple[tuple[str, str], ...]


def first(rules: Iterable[Rule], clues: Clues) -> Match | None:
    """The first rule that holds; None where none does."""
    for rule in rules:
        because = _holds(rule, clues)
        if because is not None:
            return Match(rule, because)
    return None


def finds(word: str, folded: str) -> bool:
    """Whether a folded text has a word or several in a row, whole; ``faktura*`` also what begins with it."""
    plain, pattern = _pattern(word)
    return bool(plain) and plain in folded and pattern.search(folded) is not None       # looking for it is quicker than for a word


def _holds(rule: Rule, c: Clues) -> tuple[tuple[str, str], ...] | None:
    met: list[tuple[str, str]] = []
    for name, ask in ASKED:
        if getattr(rule, name):
            found = ask(rule, c)
            if not found:
                return None
            met.append((name, found))
    return tuple(met)


def _one(wanted: frozenset[str], value: str) -> str:
    return value if value in wanted else ""


def _company(rule: Rule, c: Clues) -> str:
    return next((name or uid for uid, name in c.companies.items() if uid in rule.companies), "")


def _words(rule: Rule, c: Clues) -> str:
    found: Sequence[str] = [word for word in rule.words if finds(word, c.folded)]
    return ", ".join(found) if len(found) == len(rule.words) or (found and not rule.all_words) else ""


#: The cheap ones first: a text is folded only where everything else holds.
ASKED: tuple[tuple[str, Callable[[Rule, Clues], str]], ...] = (
    ("mailboxes", lambda rule, c: _one(rule.mailboxes, c.mailbox)),
    ("languages", lambda rule, c: _one(rule.languages, c.language)),
    ("trust", lambda rule, c: _one(rule.trust, c.trust)),
    ("persons", lambda rule, c: _one(rule.persons, c.person)),
    ("categories", lambda rule, c: _one(rule.categories, c.category)),
    ("companies", _company),
    ("words", _words),
)


@lru_cache(maxsize=2000)
def _pattern(word: str) -> tuple[str, re.Pattern[str]]:
    plain, end = fold(word.rstrip("* ")), "" if word.rstrip().endswith("*") else r"(?!\w)"
    return plain, re.compile(r"(?<!\w)" + re.escape(plain) + end)
