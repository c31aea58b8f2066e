"""In which ways one word is written: with the letters of the north, of its neighbours, or without them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from core.fold import bare

#: How else a letter, or two that stand for one, is written; the first is itself.
LETTERS = {
    "ø": ("ø", "ö", "oe", "o"), "ö": ("ö", "ø", "oe", "o"), "æ": ("æ", "ä", "ae"), "ä": ("ä", "æ", "ae", "a"), "å": ("å", "aa", "a"),
    "ü": ("ü", "ue", "u", "y"), "ð": ("ð", "d", "dh"), "þ": ("þ", "th"), "ß": ("ß", "ss"), "đ": ("đ", "d"), "ł": ("ł", "l"), "ı": ("ı", "i"),
    "œ": ("œ", "oe"), "oe": ("oe", "ø", "ö"), "aa": ("aa", "å"), "ae": ("ae", "æ", "ä"),
}
_PIECES = re.compile("oe|aa|ae|.", re.DOTALL)
#: Letters for which there is a plain one: what is typed with them may be what is held without.
_PLAIN = (("ø", "o"), ("ö", "o"), ("å", "a"), ("æ", "ae"), ("ä", "a"), ("ð", "d"), ("þ", "th"), ("ß", "ss"), ("đ", "d"), ("ł", "l"), ("ı", "i"))
MOST = 256


@lru_cache(maxsize=4096)
def spelt(word: str) -> frozenset[str]:
    """Every way this word is written, in small letters and without accents that no northern letter has; at most :data:`MOST` and itself."""
    pieces = [LETTERS.get(piece, (without_accents(piece),)) for piece in _PIECES.findall(word.casefold())]
    ways = 1
    for n, piece in enumerate(pieces):
        ways *= len(piece)
        if ways > MOST:
            pieces[n], ways = piece[:1], ways // len(piece)
    return frozenset("".join(told) for told in product(*pieces)) | {written(word), plainly(word)}


@lru_cache(maxsize=4096)
def written(word: str) -> str:
    """A word as it is looked up: in small letters, without accents that no northern letter has."""
    return "".join(letter if letter in LETTERS else without_accents(letter) for letter in word.casefold())


def plainly(word: str) -> str:
    """A word without any letter that a keyboard may lack, each as its plain one."""
    return bare(word.casefold(), _PLAIN)


def without_accents(letter: str) -> str:
    """A letter as it is without its accent."""
    return letter if letter.isascii() else bare(letter, ())


def pattern(text: str, between: str) -> str:
    """A regular expression, for any case, of a text in every spelling; what is neither letter nor digit is ``between``."""
    pieces = re.findall(r"[^\W_]+", text)
    return between.join("".join(_class(piece) for piece in _PIECES.findall(word.casefold())) for word in pieces)


def _class(piece: str) -> str:
    ways = LETTERS.get(piece) or tuple(dict.fromkeys((piece, without_accents(piece))))
    told = [re.escape(way) for way in ways]
    return told[0] if len(told) == 1 else f"(?:{'|'.join(told)})"
