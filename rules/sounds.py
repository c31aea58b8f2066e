"""How a word of a name is heard, whichever way it is spelled: Kristiansen is Christiansen, Hansson is Hanssen is Hansen.

Works on text that is folded already (:mod:`core.fold`), so that ø is o and å is a.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ENDINGS = (
    (re.compile(r"s?d[oa]t+[eiy]r$"), "sdatter"),
    (re.compile(r"(?<=..)s?s[eo]n$"), "sen"),
    (re.compile(r"(?<=..)sohn$"), "sen"),
)
_SPELLINGS = (
    (re.compile(r"sch"), "sk"), (re.compile(r"ph"), "f"), (re.compile(r"ck"), "k"), (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ch|c|q"), "k"), (re.compile(r"ku(?=[aeiy])|kw"), "kv"), (re.compile(r"(?<=[dgkrt])h"), ""),
    (re.compile(r"dt$"), "t"), (re.compile(r"x"), "ks"), (re.compile(r"w"), "v"), (re.compile(r"z"), "s"),
    (re.compile(r"ae"), "e"), (re.compile(r"ie(?!$)"), "i"), (re.compile(r"[jy]"), "i"), (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """The one spelling that stands for all that are heard alike. A single letter stays what it is."""
    if len(word) < 3:
        return _letter(word)
    for pattern, spelt in _SPELLINGS[:-1]:
        word = pattern.sub(spelt, word)
    for pattern, spelt in _ENDINGS:
        word = pattern.sub(spelt, word)
    return _SPELLINGS[-1][0].sub(r"\1", word)


def _letter(word: str) -> str:
    return word.translate(_LETTERS)


_LETTERS = str.maketrans("cqwzyj", "kkvsii")
