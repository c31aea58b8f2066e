"""Folding text for search: case, accents, and Nordic letters so that both spellings meet.

The same folding makes what is stored and what is asked, on both databases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

NORDIC = (("ø", "o"), ("œ", "o"), ("æ", "ae"), ("ä", "ae"), ("å", "a"), ("ö", "o"), ("ð", "d"), ("þ", "th"),
          ("ß", "ss"), ("đ", "d"), ("ł", "l"), ("ı", "i"))
_DOUBLES = (("aa", "a"), ("oe", "o"))
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def fold(text: str) -> str:
    """Lower case without accents; ø/ö/oe, å/aa and æ/ä/ae become one spelling each; white space is single."""
    text = bare(text.casefold(), NORDIC)
    for double, single in _DOUBLES:
        text = text.replace(double, single)
    return " ".join(text.replace("\0", " ").split())


def bare(text: str, letters: Sequence[tuple[str, str]]) -> str:
    """Without accents, and these letters spelt as is said."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        for letter, spelt in letters:           # many times faster than str.translate
            text = text.replace(letter, spelt)
        if not text.isascii():
            text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return text


def words(text: str, *, most: int = 20) -> list[str]:
    """The folded words of a query, at most ``most`` of them."""
    return re.findall(r"[^\W_]+", fold(text))[:most]
