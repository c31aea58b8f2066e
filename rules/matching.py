"""How alike two names are, and how much that proves: the same name, however it is spelled, shortened or turned round.

Names are compared by how their words sound (:mod:`rules.sounds`). What it proves depends on how many persons of the
register carry the name: one Sigbjørn Utvær is somebody, one of two hundred Ole Hansens is nobody in particular.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from core.fold import fold
from core.i18n import N_
from rules.nicknames import others
from rules.sounds import sound

#: Points of the same name where nobody else has it.
FULL = 38
#: Persons of one name up to which it is rare.
RARE = 2
MOST_WORDS = 4
MOST_PAIRS = 3
NEAR = 0.75
#: Stand between names, before or behind them, and tell nobody apart.
_PARTICLES_WORDS = "von van der den de af av du la le dos da di del of y"
PARTICLES = frozenset(_PARTICLES_WORDS.split())
_TITLES_WORDS = "dr med mag ing dipl prof sir mr mrs ms fr hr herr fru frk froken advokat adv jr sr junior senior phd msc mba bsc"
TITLES = frozenset(_TITLES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Alike:
    """What two names have in common: points, and the words for it. ``same`` where nothing speaks against one human,
    ``another`` where the names are those of two; points are negative then."""

    points: int
    message: str
    same: bool = False
    another: bool = False


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


def makes(local: str, known: str) -> bool:
    """Whether a local part is made of a name: ``ole.hansen``, ``hansenole``, ``ohansen``, ``oleh``; figures do not count."""
    told = "".join(re.findall(r"[^\W\d_]+", fold(local)))
    names = [fold(word) for word in re.findall(r"[^\W\d_]+", known)]
    if len(names) < 2 or len(told) < 4:
        return False
    first, last = names[0], names[-1]
    return told in {first + last, last + first, first[0] + last, first + last[0], "".join(names)}


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


def compare(stranger: str, known: str, carriers: int = 1) -> Alike:
    """What speaks for, or against, the stranger being the person of the other name, which so many persons carry."""
    mine, theirs = heard(stranger), heard(known)
    if len(mine) < 2 or len(theirs) < 2:
        return _one_word(mine, theirs)
    worth = weight(carriers)
    straight, turned = _fit(mine, theirs), _fit((*mine[1:], mine[0]), theirs)
    if turned.share > straight.share and turned.share > 0.6:
        return Alike(round(FULL * worth * turned.share * 0.9), N_("First and last name swapped"), same=True)
    if straight.share <= 0:
        return Alike(straight.against, straight.message, another=straight.against < PARTLY)
    message, share = straight.message, straight.share
    if message == SAME:
        message = SAME_RARE if carriers <= RARE else SAME if carriers <= 20 else SAME_COMMON
        if _spelt(stranger) != _spelt(known):
            message, share = SPELT, share if _folded(stranger) == _folded(known) else share * HEARD
    return Alike(round(FULL * worth * share), message, same=share > 0.3)


#: Points against somebody who has the first name and another last name: they may have married.
PARTLY = -4
#: Shares of the points: heard alike but spelled another way, more names on one side, another name more on either side.
HEARD, MORE, OTHERS = 0.93, 0.92, 0.6


def weight(carriers: int) -> float:
    """What a name is worth that so many persons carry: 1 for one, two fifths for fifty."""
    return 1 / (1 + 0.35 * math.log(max(1, carriers)))


SAME = N_("Same name")
SAME_RARE = N_("Same name, rare in the register")
SAME_COMMON = N_("Same name, but many have it")
SPELT = N_("Same name, spelled another way")
ALIKE = N_("Name is alike")


@dataclass(frozen=True, slots=True)
class _Fit:
    share: float
    message: str
    against: int = 0


def _fit(mine: Sequence[str], theirs: Sequence[str]) -> _Fit:
    """How the first names and the last names of two fit, each told by where it stands."""
    given, given_how = _best(mine[:1], theirs[:-1], nicknames=True)
    if given < 1 and len(mine) > 2:
        middle, how = _best(mine[1:-1], theirs[:1], nicknames=True)
        given, given_how = max((given, given_how), (0.9 * middle, how))
    if given < 0.9:         # Anne Marie, Annemarie, Anne-Marie
        joined = max(_likeness("".join(mine[:2]), theirs[0])[0] if len(mine) > 2 else 0,
                     _likeness(mine[0], "".join(theirs[:2]))[0] if len(theirs) > 2 else 0)
        given, given_how = max((given, given_how), (joined, "same") if joined > 0.9 else (0.0, ""))
    last, last_how = _best(mine[-1:], theirs[-1:])
    if last < 1:
        some, how = _best(mine[1:], theirs[1:])
        last, last_how = max((last, last_how), (0.82 * some, "one" if how == "same" else how))
    if not given:
        return _Fit(0, N_("Another first name") if last else N_("Another name"), -8 if last else -16)
    if not last:
        if given_how in ("same", "short") and given > 0.8:
            return _Fit(0, N_("Same first name, another last name"), PARTLY)
        return _Fit(0, N_("Another name"), -16)
    return _Fit(given * last * _more(mine, theirs), _words(given_how, last_how, len(mine), len(theirs)))


def _more(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """Less where one has names that the other has not, least where both have."""
    left, right = set(mine) - set(theirs), set(theirs) - set(mine)
    if len(mine) == len(theirs) == 2 or not (left or right):
        return 1.0
    if len(mine) > 2 and len(theirs) > 2 and left and right:
        return OTHERS
    return MORE if len(mine) != len(theirs) else 1.0


def _words(given: str, last: str, mine: int, theirs: int) -> str:
    if "near" in (given, last):
        return ALIKE
    if given == "initial":
        return N_("Same last name, first name begins alike")
    if last == "one":
        return N_("Same first name, one last name in common")
    if given == "short":
        return N_("Another form of the same name")
    return SAME if mine == theirs else N_("Same name, one has more of it")


def _best(mine: Sequence[str], theirs: Sequence[str], *, nicknames: bool = False) -> tuple[float, str]:
    return max((_likeness(a, b, nicknames=nicknames) for a in mine for b in theirs), default=(0.0, ""))


def _likeness(one: str, other: str, *, nicknames: bool = False) -> tuple[float, str]:
    if one == other:
        return (1.0, "same") if len(one) > 1 else (0.5, "initial")
    if min(len(one), len(other)) == 1:
        return (0.55, "initial") if nicknames and one[0] == other[0] else (0.0, "")
    if nicknames and other in others(one):
        return 0.9, "short"
    near = OSA.normalized_similarity(one, other)
    return (0.85 * near, "near") if near >= NEAR and min(len(one), len(other)) > 3 else (0.0, "")


def _one_word(mine: Sequence[str], theirs: Sequence[str]) -> Alike:
    """Where one of them has a single name: it may be either."""
    if not mine or not theirs:
        return Alike(0, "")
    first, how = _best(mine[:1], theirs[:1], nicknames=True)
    if first >= 0.9:
        return Alike(round(10 * first), N_("Same first name"))
    last, how = _best(mine[-1:], theirs[-1:])
    return Alike(8, N_("Same last name")) if how == "same" and last == 1 else Alike(0, "")


def _ends(told: Sequence[str]) -> Sequence[str]:
    return told if len(told) <= MOST_WORDS else (*told[:2], *told[-2:])


def _stretch(whole: str, beginning: str) -> tuple[str, str]:
    return f"{whole} {beginning}", f"{whole} {beginning}\U0010ffff"


def _folded(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(name))


def _spelt(name: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", name.casefold()))
