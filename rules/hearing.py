"""What persons of a name are found by: every two of its words as they sound, and what lies near them in that order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from core.fold import fold
from rules.nicknames import others
from rules.sounds import sound

MOST_WORDS = 4
MOST_PAIRS = 3
NEAR = 0.75
#: Stand between names, before or behind them, and tell nobody apart.
_PARTICLES_WORDS = "von van der den de af av du la le dos da di del of y"
PARTICLES = frozenset(_PARTICLES_WORDS.split())
_TITLES_WORDS = "dr med mag ing dipl prof sir mr mrs ms fr hr herr fru frk froken advokat adv jr sr junior senior phd msc mba bsc"
TITLES = frozenset(_TITLES_WORDS.split())


def heard(name: str) -> tuple[str, ...]:
    """The words of a name as they sound, without titles and particles; those of a single name stay."""
    return _heard(name[:250])


@lru_cache(maxsize=16_384)
def _heard(name: str) -> tuple[str, ...]:
    told = re.findall(r"[^\W\d_]+", fold(name.replace("'", "").replace("’", "")))
    kept = [word for word in told if word not in PARTICLES and word not in TITLES] or told
    return tuple(sound(word) for word in kept)


@lru_cache(maxsize=16_384)
def keys(name: str) -> frozenset[str]:
    """What a name is found by: every two of its words, either way round.

    Of a long name the first two and the last two words count. A name of one word has no key: it names nobody.
    """
    found = set()
    for one, other in combinations(_ends(heard(name)), 2):
        if len(one) > 1 or len(other) > 1:
            found |= {f"{one} {other}", f"{other} {one}"}
    return frozenset(key[:120] for key in found)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for: keys of the name as it is, keys of its other forms, and stretches of keys (from, up to but not
    including) in which those are that are spelled nearly so."""

    same: tuple[str, ...]
    forms: tuple[str, ...]
    near: tuple[tuple[str, str], ...]


def asked(name: str) -> Asked:
    """How persons are found who may have this name."""
    same, forms, near = set(), set(), []
    for n, (one, other) in enumerate(combinations(_ends(heard(name)), 2)):
        same.add(f"{other} {one}"[:120])
        forms |= {f"{other} {given}" for given in (*others(one), one[:1])}
        forms |= {f"{one} {given}" for given in (*others(other), other[:1])}
        if n < MOST_PAIRS:
            near += [_stretch(other, one[:1]), _stretch(one, other[:2] if len(one) > 1 else other)]
    return Asked(tuple(sorted(same)), tuple(sorted(forms - same)), tuple(one for one in near if len(one[0]) > 4))


def in_local(local: str) -> Asked:
    """How persons are found of whose names a local part is made without anything between: ``olehansen``, ``ohansen``."""
    told = "".join(re.findall(r"[^\W\d_]+", fold(local)))[:40]
    cuts = range(3, len(told) - 2)
    near = [_stretch(sound(told[1:]), told[0])] if len(told) > 4 else []
    return Asked(tuple(sorted({f"{sound(told[at:])} {sound(told[:at])}" for at in cuts})), (), tuple(near))


def nearest(name: str, found: Iterable[tuple[str, int]], *, most: int = 25) -> list[int]:
    """Of keys with the persons who have them: the persons whose key is nearly one of this name's, the nearest first. What
    begins with an initial of the name is as near as that can be."""
    carriers: dict[str, list[int]] = {}
    for key, person in found:
        carriers.setdefault(key, []).append(person)
    told: dict[int, float] = {}
    for one in sorted(keys(name)):
        near = extract(one, carriers.keys(), scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=most)
        if one[-2:-1] == " ":
            near += [(key, NEAR, 0) for key in carriers if key.startswith(one)]
        for key, likeness, _at in near:
            for person in carriers[key]:
                told[person] = max(likeness, told.get(person, 0.0))
    return sorted(told, key=lambda person: (-told[person], person))[:most]


def _ends(told: Sequence[str]) -> Sequence[str]:
    return told if len(told) <= MOST_WORDS else (*told[:2], *told[-2:])


def _stretch(whole: str, beginning: str) -> tuple[str, str]:
    return f"{whole} {beginning}", f"{whole} {beginning}\U0010ffff"
