"""What a word of a text is to the names of a person: a first name, a last name, an initial, another form of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from core.fold import fold
from rules.aliases import Aliases
from rules.nicknames import others
from rules.ordinary_words import ORDINARY
from rules.sounds import sound
from rules.spelt import plainly, spelt, written

#: A word, with an ending of the genitive that an apostrophe sets apart.
WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)?(?:['’ʼ`´]s?(?![^\W_]))?")
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_GENITIVE = re.compile(r"(?:['’ʼ`´:]s|['’ʼ`´]|(?<=..)s)$", re.IGNORECASE)
_PLURAL = re.compile(r"(?<=...)(?:ene|erne|arna)$")
MOST_REMEMBERED = 200_000
_PARTICLES_WORDS = "von van der den de af av du la le dos da di del al el bin zu zum"
_PARTICLES = frozenset(_PARTICLES_WORDS.split())


class Sense(NamedTuple):
    """Bits, one for each full name held, of which this word is the first name, another first name, the last word of the last name,
    another word of it; or may be one: as an initial, a short form, misspelt. ``unsure`` where it is not as it is spelled."""

    first: int = 0
    middle: int = 0
    last: int = 0
    part: int = 0
    called: int = 0
    first_initial: int = 0
    other_initial: int = 0
    short: int = 0
    heard_first: int = 0
    heard_last: int = 0
    particle: int = 0
    unsure: bool = False
    genitive: bool = False
    ordinary: bool = False
    capital: bool = False

    @property
    def given(self) -> int:
        """Names of which this may be the first name, however surely."""
        return self.first | self.middle | self.called | self.first_initial | self.short | self.heard_first

    @property
    def family(self) -> int:
        """Names of which this may be the last name."""
        return self.last | self.part | self.heard_last

    @property
    def alone(self) -> bool:
        """Whether it says something by itself."""
        return bool(self.first | self.middle | self.last | self.part | self.called | self.short)


class NameWords:
    """Reads words for one person's names, and remembers each that it has read."""

    def __init__(self, aliases: Aliases) -> None:
        self._held: dict[str, Sense] = {}         # as it is written → what it is
        self._folded: dict[str, Sense] = {}
        self._shorts: dict[str, int] = {}
        self._firsts: dict[str, int] = {}
        self._lasts: dict[str, int] = {}
        self._read: dict[str, Sense | None] = {}
        self.whole: dict[str, int] = {}           # olehansen, written in one
        for n, (first, last) in enumerate(aliases.names):
            self._hold(first, last, 1 << n)
        for called in aliases.called:
            self._add(_words(called), "called", (1 << max(1, len(aliases.names))) - 1)

    def read(self, word: str) -> Sense | None:
        """What a word is; None for what is nothing to these names."""
        try:
            return self._read[word]
        except KeyError:
            if len(self._read) > MOST_REMEMBERED:
                self._read.clear()
            found = self._read[word] = self._sense(word)
            return found

    def is_whole(self, word: str) -> bool:
        """Whether a word is a full name written in one: OleHansen, hansenole."""
        return len(word) > 5 and written(word) in self.whole

    def _hold(self, first: str, last: str, bit: int) -> None:
        given, family = _words(first), [word for word in _words(last) if word.casefold() not in _PARTICLES] or _words(last)
        self._add(given[:1], "first", bit)
        self._add(given[1:], "middle", bit)
        self._add(family[-1:], "last", bit)
        self._add(family[:-1], "part", bit)
        self._add([word for word in _words(f"{first} {last}") if word.casefold() in _PARTICLES], "particle", bit)
        for joined, what in ((given, "first"), (family, "last")):
            if len(joined) > 1:                 # Anne Marie, Annemarie
                self._add(["".join(joined)], what, bit)
        for n, word in enumerate(given):
            self._add([word[:1]], "other_initial" if n else "first_initial", bit)
        for word in family:
            self._add([word[:1]], "other_initial", bit)
        if given:
            heard = sound(fold(given[0]))
            self._firsts[heard] = self._firsts.get(heard, 0) | bit
            for other in others(heard):
                self._shorts[other] = self._shorts.get(other, 0) | bit
        if family:
            heard = sound(fold(family[-1]))
            self._lasts[heard] = self._lasts.get(heard, 0) | bit
        if given and family:
            for one in (given[0], "".join(given)):
                for other in (family[-1], "".join(family)):
                    self.whole |= {told: bit for pair in (one + other, other + one) for told in spelt(pair)}

    def _add(self, words: Iterable[str], what: str, bit: int) -> None:
        for word in words:
            for told in spelt(word):
                held = self._held.get(told, Sense())
                self._held[told] = held._replace(**{what: getattr(held, what) | bit})
            if len(word) > 1:
                held = self._folded.get(fold(word), Sense(unsure=True))
                self._folded[fold(word)] = held._replace(**{what: getattr(held, what) | bit})

    def _sense(self, word: str) -> Sense | None:
        found, genitive = self._plain(word), False
        if found is None and (cut := _GENITIVE.sub("", word)) != word and len(cut) > 1 and (held := self._plain(cut)) is not None:
            found, genitive = held._replace(unsure=held.unsure or (word.isalpha() and _is_a_name(word))), True
        if found is None and (cut := _PLURAL.sub("", word)) != word and (held := self._plain(cut)) is not None and held.last:
            found = held._replace(unsure=True)
        if found is None:
            heard = sound(fold(_APOSTROPHES.sub("", word)))
            found = Sense(short=self._shorts.get(heard, 0), heard_first=self._firsts.get(heard, 0), heard_last=self._lasts.get(heard, 0), unsure=True)
            if not (found.short or found.heard_first or found.heard_last) or len(word) < 2:
                return None
        if len(word) == 1 and not word.isupper():
            return None
        return found._replace(genitive=genitive, ordinary=fold(word) in ORDINARY, capital=word[:1].isupper())

    def _plain(self, word: str) -> Sense | None:
        told = _APOSTROPHES.sub("", word)
        return self._held.get(written(told)) or self._held.get(plainly(told)) or (self._folded.get(fold(told)) if len(told) > 1 else None)


def _is_a_name(word: str) -> bool:
    """Whether a word that ends with an s is a first name of its own: Hans is hardly Han's."""
    return bool(others(sound(fold(word))))


def _words(name: str) -> list[str]:
    return [_APOSTROPHES.sub("", word) for word in re.findall(r"[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*", name)]
