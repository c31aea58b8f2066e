"""How alike two names are, and how much that proves: the same name, however it is spelled, shortened or turned round.

Names are compared by how their words sound (:mod:`rules.sounds`). What it proves depends on how many persons of the
register carry the name: one Sigbjørn Utvær is somebody, one of two hundred Ole Hansens is nobody in particular.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from core.fold import fold
from core.i18n import N_
from rules.hearing import NEAR, heard
from rules.nicknames import others

#: Points of the same name where nobody else has it.
FULL = 38
#: Persons of one name up to which it is rare.
RARE = 2


@dataclass(frozen=True, slots=True)
class Alike:
    """What two names have in common: points, and the words for it. ``same`` where nothing speaks against one human,
    ``another`` where the names are those of two; points are negative then."""

    points: int
    message: str
    same: bool = False
    another: bool = False


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


def makes(local: str, known: str) -> bool:
    """Whether a local part is made of a name: ``ole.hansen``, ``hansenole``, ``ohansen``, ``oleh``; figures do not count."""
    told = "".join(re.findall(r"[^\W\d_]+", fold(local)))
    names = [fold(word) for word in re.findall(r"[^\W\d_]+", known)]
    if len(names) < 2 or len(told) < 4:
        return False
    first, last = names[0], names[-1]
    return told in {first + last, last + first, first[0] + last, first + last[0], "".join(names)}


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


def _folded(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(name))


def _spelt(name: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", name.casefold()))
