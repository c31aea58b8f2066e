"""The order in which names stand in lists: a to z, then the letters that the Nordic alphabets have more: æ (ä), ø (ö), å.

One order for every reader, since an index has one: docs/decisions/nordic-order.md says why it is this one. A key is plain text, which
both databases compare letter by letter: what comes behind z in the alphabet is written with the characters behind z.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TypeVar

from core.fold import NORDIC, bare

Named = TypeVar("Named")
_AE, _OE, _AA = "{|}"
_LETTERS = (("æ", _AE), ("ä", _AE), ("ø", _OE), ("ö", _OE), ("ő", _OE), ("å", _AA), ("ü", "y"), ("ű", "y"), ("œ", "oe"),
            *((letter, spelt) for letter, spelt in NORDIC if letter not in "æäøöåœ"))
#: What a folded letter may be in a key.
_SPELT = {"a": ("a", _AA), "o": ("o", _OE, "oe", _OE + "e"), "u": ("u", "y")}


def order_key(text: str) -> str:
    """What a text is ordered by: case and accents are nothing, ä is as æ, ö as ø, aa as å and ü as y."""
    key = bare(text.casefold(), _LETTERS).replace("aa", _AA)
    return " ".join(key.replace("\0", " ").split())


def in_order(rows: Iterable[Named], name: Callable[[Named], str] = attrgetter("name")) -> list[Named]:
    """A short list as people read it, by ``name`` in the order of the alphabet; names that stand at one place as their letters do."""
    return sorted(rows, key=lambda row: (order_key(name(row)), name(row)))


def beginnings(folded: str) -> list[str]:
    """How the keys of those begin whose folded text begins like this: with o stand those with o and, far away, those with ø. None
    begins like another."""
    found = sorted(set(_beginnings(folded)))
    return [one for one in found if not any(one != other and one.startswith(other) for other in found)]


def _beginnings(folded: str) -> list[str]:
    if not folded:
        return [""]
    first, rest = folded[0], folded[1:]
    found = [spelt + more for spelt in _SPELT.get(first, (first,)) for more in _beginnings(rest)]
    return found + ([_AE + more for more in _beginnings(rest[1:])] if first == "a" and rest[:1] in ("", "e") else [])
