"""The names of one person in a text: whole, turned round, shortened, or a part of one alone; and what speaks against it being theirs.

``Ole Hansen`` · ``OLE HANSEN`` · ``Hansen, Ole`` · ``Ole P. Hansen`` · ``O. Hansen`` · ``Ole\\n> Hansens`` · ``ole_hansen`` · ``Hei Ole,``. Another
name right beside (``Per Ole Hansen``, ``Ole Hansen Berg``, ``Ole Hansen AS``, ``Ole Hansens gate``) makes it somebody else's, or something's: then
somebody is to look. Works on text that is read already (:mod:`rules.views`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from core.fold import fold
from rules.aliases import Aliases
from rules.hit import Alias, Hit
from rules.letter_places import greeted, signed
from rules.name_words import WORD, NameWords, Sense
from rules.nicknames import others
from rules.ordinary_words import AFTER, BEFORE, ORDINARY, PLACES
from rules.role_words import COMPANIES
from rules.sounds import sound

#: What stands between the words of one name: white space, one break of a line with marks of a quote, a hyphen, a comma.
_GAP = re.compile(r"[^\S\n]{1,4}|[-‐‑–._+/]|[,.]?[^\S\n]*\n[^\S\n]*(?:[>|][^\S\n]?)*|,[^\S\n]{0,3}|\.[^\S\n]{0,2}")
_STOP = re.compile(r"\.(?:[^\S\n]{1,2}|[^\S\n]*\n.*)", re.DOTALL)
_MIDDLE = re.compile(r"[^\S\n](?:[A-ZÆØÅÄÖÉÜÞÐ][\w'’-]*\.?[^\S\n]){1,2}")
_BREAK = r"[^\S\n]*\n[^\S\n]*(?:[>|][^\S\n]?)*"
_WORD_BEFORE = re.compile(rf"([^\W\d_]+(?:['’][^\W\d_]+)?)(\.?[^\S\n]{{1,2}}|[-‐‑]|{_BREAK})$")
_WORD_AFTER = re.compile(rf"([^\S\n]{{1,2}}|[-‐‑]|{_BREAK})([^\W\d_]+)")
_LISTED_BEFORE = re.compile(r"(?:[A-ZÆØÅÄÖ][\w-]*,|\s(?:og|och|and|&))[^\S\n]+$")
_LISTED_AFTER = re.compile(r"(?:,[^\S\n]+[A-ZÆØÅÄÖ]|[^\S\n]+(?:og|och|and|&)\s)")
_OWN_ADDRESS = re.compile(r"""["'’”\s]{0,3}[<(\[]?(?:mailto:)?\s?""")
MOST_WORDS = 7
FARTHEST = 40
#: A line is broken by a program rather than by who wrote it where it has so many words.
LONG_LINE = 5


class _Word(NamedTuple):
    start: int
    end: int
    sense: Sense
    gap: str            # before it; empty where the word before is none of these, or too far


class _Name(NamedTuple):
    """So many words that are a name, with what it is worth."""

    words: int
    tier: int
    alias: Alias
    sure: bool = True


class _Around(NamedTuple):
    """What is known of the message: whether the person takes part, whether it is to or from them, where their own addresses begin
    in it, and the folded words of the names of others who take part."""

    near: bool
    greeting: bool
    own: frozenset[int]
    foreign: frozenset[str]


class NameHits:
    """Finds one person's names. Made once, asked often."""

    def __init__(self, aliases: Aliases) -> None:
        self._words = NameWords(aliases)
        self._none = not (aliases.names or aliases.called)
        whole = [told for told in self._words.whole if told]
        self._whole = AhoCorasick(whole) if whole else None

    def find(self, text: str, *, near: bool, greeting: bool, addresses: Iterable[Hit], foreign: frozenset[str]) -> Iterator[Hit]:
        """Hits in this text. ``addresses`` are the person's own in it, which vouch for the name right before; ``foreign`` are the
        folded words of names of others who take part: what is theirs too does not go alone."""
        if self._none:
            return
        around = _Around(near, greeting, frozenset(hit.start for hit in addresses), foreign)
        words, at = list(self._sensed(text)), 0
        while at < len(words):
            run = _run(words, at)
            name = _name(run)
            if name is not None and (hit := _judged(text, run[:name.words], name, around)) is not None:
                yield hit
            at += name.words if name is not None else 1
        yield from self._written_in_one(text, near=near)

    def _sensed(self, text: str) -> Iterator[_Word]:
        read, last = self._words.read, -100
        for match in WORD.finditer(text):
            if (sense := read(match[0])) is not None:
                start, end = match.span()
                yield _Word(start, end, sense, text[last:start] if start - last <= FARTHEST else "")
                last = end

    def _written_in_one(self, text: str, *, near: bool) -> Iterator[Hit]:
        if self._whole is not None and self._whole.find_matches_as_indexes(text.lower()):
            for match in WORD.finditer(text):
                if self._words.is_whole(match[0]):
                    yield Hit(*match.span(), 2, "automatic" if near and not _in_address(text, *match.span()) else "review", "name")


def _judged(text: str, words: list[_Word], name: _Name, around: _Around) -> Hit | None:
    """The name as a hit; None for what is not worth a look."""
    start, last = words[0].start, words[-1]
    end = _without_quote(text, start, last.end)
    if len(words) > 1 and end - last.start == 1 and text[end:end + 1] == ".":
        end += 1                        # Ole H.
    if not _worth_a_look(text, words, name.tier, near=around.near):
        return None
    told = [fold(text[word.start:word.end]) for word in words if word.end - word.start > 1]
    sure = name.sure and not _in_address(text, start, end) and not around.foreign.issuperset(told)
    return Hit(start, end, name.tier, "automatic" if sure and _automatic(text, start, end, words, name.tier, around) else "review", name.alias)


def _automatic(text: str, start: int, end: int, words: list[_Word], tier: int, around: _Around) -> bool:
    """Whether what stands around a name, spelled as it is held, says that it is theirs."""
    own = _OWN_ADDRESS.match(text, end)
    vouched = own is not None and own.end() in around.own
    if tier == 2:
        return (vouched or around.near) and not _somebody_elses(text, start, end, words)
    if vouched:
        return True
    return around.near and around.greeting and not _followed(text, end) and (greeted(text, start, end) or signed(text, start, end))


def _run(words: list[_Word], at: int) -> list[_Word]:
    """The words from here on that may be one name."""
    run = [words[at]]
    for word in words[at + 1:at + MOST_WORDS]:
        if len(run) == 1 and _MIDDLE.fullmatch(word.gap) and run[0].sense.given & word.sense.last:
            return [*run, word]
        if not word.gap or not _GAP.fullmatch(word.gap) or (_STOP.fullmatch(word.gap) and run[-1].end - run[-1].start > 1):
            break
        run.append(word)
    return run


def _name(run: list[_Word]) -> _Name | None:
    """What name begins with the first word of a run; the longest."""
    return _straight(run) or _turned(run) or _part(run)


def _straight(run: list[_Word]) -> _Name | None:
    """First name, perhaps others, last name."""
    first = run[0].sense
    if not first.given:
        return None
    found = None
    for n in range(1, len(run)):
        if "," in run[n].gap or (found and run[n - 1].sense.last and ("\n" in run[n].gap or run[n].sense.first)):
            break
        said = [word.sense for word in run[:n + 1]]
        pairs = first.given & said[-1].family
        if pairs:
            found = _full(run[:n + 1], first, said[-1], pairs)
        elif not (said[-1].given or said[-1].other_initial or said[-1].particle):
            break
    return found


def _full(words: list[_Word], given: Sense, family: Sense, pairs: int) -> _Name:
    spelled = pairs & (given.first | given.called) & family.last
    whole = bool(spelled) and not any(_MIDDLE.fullmatch(word.gap) for word in words[1:]) and not (given.unsure or family.unsure) and all(not word.sense.unsure for word in words)
    initials = not (given.first | given.middle | given.called | given.short | given.heard_first) & pairs
    plain = all(word.sense.ordinary for word in words) and not all(word.sense.capital for word in words)
    return _Name(len(words), 2, "initials" if initials else "name", whole and not plain)


def _turned(run: list[_Word]) -> _Name | None:
    """Last name, with a comma or on the same line the first name, perhaps others."""
    at = 0
    while at < len(run) and (run[at].sense.family or run[at].sense.particle) and (at == 0 or "," not in run[at].gap) and not (at and run[at].sense.given and not run[at].sense.part):
        at += 1
    if not at or at >= len(run) or ("\n" in run[at].gap and "," not in run[at].gap):
        return None
    family, given = run[at - 1].sense, run[at].sense
    pairs = family.family & given.given
    if not pairs:
        return None
    comma, n = "," in run[at].gap, at + 1
    while n < len(run) and "," not in run[n].gap and (run[n].sense.middle | run[n].sense.other_initial) & pairs:
        n += 1
    if not comma and n < len(run) and "," not in run[n].gap and run[n].sense.family & pairs:
        return None                     # ... Hansen Ole Hansen: the second is the name
    name = _full(run[:n], given, family, pairs)
    return name._replace(sure=name.sure and not all(word.sense.ordinary for word in run[:n]))


def _part(run: list[_Word]) -> _Name | None:
    """A first name or a last name alone, also with other first names or an initial behind it; or both initials."""
    sense, names = run[0].sense, 1
    while sense.first and names < len(run) and run[names].sense.middle & sense.first and not set(run[names].gap) & {",", "\n"}:
        names += 1
    if names > 1:
        return _Name(names, 3, "first", not any(word.sense.unsure for word in run[:names]))
    following = run[1] if len(run) > 1 else None
    if following and following.end - following.start == 1 and following.sense.other_initial and "\n" not in following.gap:
        if sense.first_initial & following.sense.other_initial and run[0].end - run[0].start == 1 and following.gap.strip() == ".":
            return _Name(2, 3, "initials", sure=False)
        if (sense.first | sense.called) & following.sense.other_initial and following.gap == " ":
            return _Name(2, 3, "first", not sense.unsure)
    if not sense.alone or run[0].end - run[0].start == 1:
        return None
    if sense.first | sense.called:
        return _Name(1, 3, "first" if sense.first else "called", not sense.unsure)
    if sense.last | sense.part | sense.middle:
        return _Name(1, 3, "last" if sense.last | sense.part else "first", not sense.unsure)
    return _Name(1, 3, "called", sure=False)


def _worth_a_look(text: str, words: list[_Word], tier: int, *, near: bool) -> bool:
    """A word of every day counts with a capital letter; a short form and initials only where the person takes part."""
    if tier == 2:
        return any(not word.sense.ordinary or word.sense.capital for word in words) or all(
            word.gap.isspace() and "\n" not in word.gap for word in words[1:])
    sense = words[0].sense
    if sense.ordinary and not sense.capital:
        return False
    if not (sense.first | sense.middle | sense.last | sense.part | sense.called):
        return near and sense.capital
    return not (sense.unsure and not sense.capital) and not text[words[-1].end:words[-1].end + 1].isdigit()


def _somebody_elses(text: str, start: int, end: int, words: list[_Word]) -> bool:
    """Whether another name stands right beside, the name is a place's, or it is one of a list of last names and first names."""
    before, after = _WORD_BEFORE.search(text, max(0, start - 60), start), _WORD_AFTER.match(text, end)
    if before and _is_a_name(before[1], small=not words[0].sense.capital, glued=before[2] in "-‐‑", stopped=before[2][0] == "." and len(before[1]) > 1):
        return "\n" not in before[2] or _is_long(text, before.end(1))
    if after and words[-1].sense.genitive and fold(after[2]) in PLACES:
        return True
    if after and after[2][:1].isupper() and fold(after[2]) not in AFTER:
        return "\n" not in after[1] or after[2].casefold() in COMPANIES or _is_long(text, end)
    turned = any("," in word.gap for word in words[1:])
    return turned and bool(_LISTED_BEFORE.search(text, max(0, start - 40), start) or _LISTED_AFTER.match(text, end))


def _is_long(text: str, end: int) -> bool:
    return len(text[max(text.rfind("\n", 0, end) + 1, end - 200):end].strip(" \t>|").split()) >= LONG_LINE


def _is_a_name(word: str, *, small: bool, glued: bool, stopped: bool) -> bool:
    """Whether the word before a name belongs to it: another first name, or anything with a capital letter that is no usual beginning."""
    if not glued and (fold(word) in BEFORE or stopped):
        return False
    if word[:1].isupper():
        return True
    return small and fold(word) not in ORDINARY and bool(others(sound(fold(word))))


def _followed(text: str, end: int) -> bool:
    after = _WORD_AFTER.match(text, end)
    return bool(after and "\n" not in after[1] and after[2][:1].isupper())


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether the name is part of an address, which then is not one of those held, or of a path."""
    return text[end:end + 1] in ("@", "＠") or text[max(0, start - 1):start] in ("@", "＠") or (
        text[end:end + 1] == "." and text[end + 1:end + 2].isalnum() and "@" in text[max(0, start - 40):start].rpartition(" ")[2])


def _without_quote(text: str, start: int, end: int) -> int:
    """The end of a name without the mark of a quote that closes behind it: ``'Ole Hansen'``, but ``Hans' hus``."""
    if text[end - 1] in "'’`´ʼ" and (text[end - 2] not in "sxzSXZ" or text[max(0, start - 1):start] in ("'", "‘", "`", "’")):
        return end - 1
    return end
