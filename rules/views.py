"""A text as it is read, with the way back: escapes decoded, what nobody sees taken out, and for each letter where it stands in the original.

``Ole%20Hansen``, ``Han&shy;sen``, ``O<b>le</b> Hansen`` and letters with their accents apart are read as they look; :meth:`View.back` says which stretch of the original
they are. Nothing is changed by reading.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from unicodedata import normalize

#: Soft hyphen, zero width, direction, variation: in a text, but not in what is read.
UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
#: What stands where two parts of a document do not belong to one sentence.
APART = "\0"

_UNSEEN = re.compile(f"[{UNSEEN}]+")
_MARK = re.compile("[\u0300-\u036f]")
_COMBINED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_PERCENT = re.compile(r"%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}", re.IGNORECASE)
_LATIN_PERCENT = re.compile(r"%[c-f][0-9a-f]", re.IGNORECASE)
_JSON = re.compile(r"\\u[0-9a-f]{4}", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?[\w-]{3,20}\?[bq]\?[^?\s]{1,200}\?=(?:\s+=\?[\w-]{3,20}\?[bq]\?[^?\s]{1,200}\?=)*", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});?", re.IGNORECASE)

_BEGUN = re.compile(r"<[a-zA-Z/!?]")
#: A tag whose quoted values may hold a ``>``; and one where quotes do not come in pairs.
_TAG = re.compile(r"""<[a-zA-Z/!?](?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_LOOSE = re.compile(r"<[a-zA-Z/!?][^<>]*+>")
_VALUES = re.compile(r"""=\s*+("[^"]*+"|'[^']*+'|["'][^"']*|[^\s"'>]++)""")
_LINE = re.compile(r"(?<![ \t\r])[ \t\r]*+\n\s*+")
_NAME = re.compile(r"</?([a-zA-Z][\w:-]*)")
#: Elements within a line; any other begins another paragraph.
_INLINE_TAGS = """a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark o:p q s samp small span strike strong sub sup
time tt u var wbr"""
_INLINE = frozenset(_INLINE_TAGS.split())
_CELLS = frozenset(("td", "th"))
#: Some programs write each line as a division of its own: those that meet are one break.
_DIVISION = "\x1e"
_DIVIDED = re.compile(f"(?<! ) *+{_DIVISION}[ {_DIVISION}]*+")
#: What stands in these is no text of the page, but a name may stand in it.
_RAW = re.compile(r"<(script|style)\b", re.IGNORECASE)


class View:
    """A text that is read in place of another, and where each stretch of it comes from."""

    __slots__ = ("_from", "_starts", "_to", "_until", "above", "text")

    def __init__(self, text: str, above: View | None = None) -> None:
        self.text, self.above = text, above
        self._starts: list[int] = []       # where a stretch that reads otherwise begins here
        self._until: list[int] = []        # and ends here
        self._from: list[int] = []         # where it begins above
        self._to: list[int] = []           # and ends above

    def sub(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], str]) -> View:
        """What is read where each match of the pattern is read as what the function says of it."""
        return self.replaced([(*match.span(), read(match)) for match in pattern.finditer(self.text)])

    def replaced(self, others: Iterable[tuple[int, int, str]]) -> View:
        """What is read where each of these stretches, in order and apart, is read as another text."""
        found, pieces, at, here = View("", self), [], 0, 0
        for start, end, told in others:
            here += start - at
            pieces += [self.text[at:start], told]
            at = end
            found._starts.append(here)
            here += len(told)
            found._until.append(here)
            found._from.append(start)
            found._to.append(end)
        if not pieces:
            return self
        found.text = "".join(pieces) + self.text[at:]
        return found

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where this stretch, of at least one letter, stands in the text that was read first. What reads as one letter is whole."""
        view = self
        while view.above is not None:
            start, end = view._span(start)[0], view._span(end - 1)[1]
            view = view.above
        return start, end

    def _span(self, at: int) -> tuple[int, int]:
        n = bisect_right(self._starts, at) - 1
        if n < 0:
            return at, at + 1
        if at < self._until[n]:
            return self._from[n], self._to[n]
        above = self._to[n] + at - self._until[n]
        return above, above + 1


def plain(text: str) -> View:
    """Text as it is read."""
    return _seen(_decoded(View(text)))


def page(markup: str) -> tuple[View, View]:
    """The text of a page as it is read, and apart from it what stands in values of its tags, in comments, styles and scripts."""
    units = units_of(markup)
    text = View(markup).replaced(_lines(markup, units)).sub(_DIVIDED, lambda _: "\n")
    inside = View(markup).replaced(_around(_values(markup, units), len(markup)))
    return _seen(_decoded(_unescaped(text))), _seen(_decoded(_unescaped(inside)))


def units_of(markup: str) -> list[tuple[int, int]]:
    """Where tags, comments, scripts and styles stand, in order; what stands between them is text. Time goes by the length."""
    found, at, tag = [], 0, _TAG
    while begun := _BEGUN.search(markup, at):
        at = begun.start()
        if markup.startswith("<!--", at):
            end = markup.find("-->", at + 4)
            unit = (at, len(markup) if end < 0 else end + 3)
        elif whole := tag.match(markup, at):
            unit = whole.span()
        elif tag is _TAG:                   # quotes do not come in pairs: from here on no tag holds another's beginning
            tag = _LOOSE
            continue
        else:
            at += 1
            continue
        found.append(unit)
        at = unit[1]
        if (raw := _RAW.match(markup, unit[0])) and (end := _closing(markup, raw[1], at)) > at:
            found.append((at, end))
            at = end
    return found


def _closing(markup: str, name: str, at: int) -> int:
    closing = re.compile(rf"</{name}", re.IGNORECASE).search(markup, at)
    return closing.start() if closing else len(markup)


def _lines(markup: str, units: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """What tags are to the text; a line of the source is none of the page, unless something in it is set as it is written."""
    at, kept = 0, "<pre" in markup or "white-space:pre" in markup
    for start, end in (*units, (len(markup), len(markup))):
        if not kept and markup.find("\n", at, start) >= 0:
            yield from ((*line.span(), " ") for line in _LINE.finditer(markup, at, start))
        if end > start:
            yield start, end, _between(markup, start, end)
        at = end


def _between(markup: str, start: int, end: int) -> str:
    """What a tag is to who reads the text around it: nothing, another cell, another line or another paragraph."""
    name = _NAME.match(markup, start)
    if name is None:
        return "" if markup[start] == "<" else APART
    told = name[1].lower()
    return "" if told in _INLINE else "\n" if told == "br" else "\t" if told in _CELLS else _DIVISION if told == "div" else "\n\n"


def _values(markup: str, units: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in units:
        if markup[start] != "<" or not _NAME.match(markup, start):
            yield start, end
        elif markup.find("=", start, end) > 0:
            yield from (value.span(1) for value in _VALUES.finditer(markup, start, end))
        elif markup.find("@", start, end) > 0:
            yield start + 1, end - 1            # no tag: an address between brackets that nobody has escaped


def _around(kept: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int, str]]:
    at = 0
    for start, end in kept:
        if start > at:
            yield at, start, APART
        at = end
    if at < length:
        yield at, length, APART


def _unescaped(view: View) -> View:
    return view.sub(_ENTITY, lambda one: html.unescape(one[0])) if "&" in view.text else view


def _decoded(view: View) -> View:
    text = view.text
    if "=?" in text:
        view = view.sub(_ENCODED_WORD, lambda word: _header(word[0]))
    for _twice in range(2):                 # %2540 is a %40 that somebody escaped again
        if "%" in view.text:
            view = view.sub(_PERCENT, lambda found: _bytes(found[0]).decode("utf-8", "replace"))
            view = view.sub(_LATIN_PERCENT, lambda found: _bytes(found[0]).decode("latin-1"))
    if "\\u" in text:
        view = view.sub(_JSON, lambda found: chr(int(found[0][2:], 16)))
    return view


def _seen(view: View) -> View:
    if not view.text.isascii():
        view = view.sub(_UNSEEN, lambda _: "")
        if _MARK.search(view.text):
            view = view.sub(_COMBINED, lambda found: _MARK.sub("", normalize("NFC", found[0])))
    return view


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("%", ""))


def _header(word: str) -> str:
    try:
        return str(make_header(decode_header(word)))
    except (HeaderParseError, LookupError, ValueError):
        return word
