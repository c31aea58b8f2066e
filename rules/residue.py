"""What erasing left: an independent search of any bytes for everything a person is called (PRIVACY.md, section 4.7).

Shares no code with the eraser, and works another way: thousands of byte strings are looked for at once, as they are. What is compressed
(zlib in jobs, zip in documents) is for the caller to open first. Nothing found is ever repeated: only what it is, and where.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from ahocorasick_rs import BytesAhoCorasick, Implementation

from rules.needles import Needle, exact, phone_before, phone_tail, plain

__all__ = ["Found", "Needles"]

CHUNK = 8 * 1024 * 1024
#: Needles, as several persons have.
MANY = 10_000
#: Bytes between the two words of a name, at most.
FARTHEST = 60
_LINE_END = re.compile(rb"[\r\n]+")
_SOFT_END = re.compile(rb"=\r?\n")
#: Lines of base64 as mails hold them.
_BLOCK = re.compile(rb"\n(?:[A-Za-z0-9+/]{60,80}\r?\n)+(?:[A-Za-z0-9+/]{4,80}={0,2}(?![A-Za-z0-9+/=]))?")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNSEEN = {n: None for n in range(0x2100) if unicodedata.category(chr(n)) == "Cf"} | {0xFEFF: None, 0x034F: None} | dict.fromkeys(range(0xFE00, 0xFE10))
#: What ends before a name without being a letter of it.
_ESCAPE = re.compile(r"%(?:25)*[0-9a-f]{2}|=[0-9a-f]{2}|\\+[nrt]|\\+u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#?\w{2,8};", re.IGNORECASE)
_ESCAPE_END = re.compile(rf"(?:{_ESCAPE.pattern})$", re.IGNORECASE)
#: What may stand between two words of a name.
_ESCAPES = re.compile(rf"{_ESCAPE.pattern}|=\r?\n|</?[a-z][^<>]*>", re.IGNORECASE)
_GENITIVE = re.compile(r"['’]?s(?![^\W_])", re.IGNORECASE)
_BETWEEN_FIGURES = rb"[\s.()/_+>\x80-\xff-]{0,4}"


class Found(NamedTuple):
    """``kind`` is ``residue`` for what is theirs alone, ``review`` for what may be anybody's; ``position`` counts from the beginning;
    ``alias`` says which sort of name or number, ``encoding`` how it was written."""

    kind: str
    position: int
    alias: str
    encoding: str


_Word = tuple[int, int, Needle]


class Needles:
    """Everything that one person is called, ready to be looked for; made of what ``Aliases.as_json`` gives, or that as JSON."""

    def __init__(self, aliases_json: Mapping[str, Any] | str | bytes) -> None:
        told = json.loads(aliases_json) if isinstance(aliases_json, str | bytes) else aliases_json
        self._plain, self._exact = _unique(plain(told)), _unique(exact(told))
        self._finds = _machine(self._plain)
        self._finds_exact = _machine(self._exact)
        self._phones = [_figures(phone) for phone in told.get("phones") or () if len(phone_tail(phone)) >= 6]
        self.longest = max((len(one.sought) for one in (*self._plain, *self._exact)), default=0)

    def scan_bytes(self, data: bytes) -> list[Found]:
        """All that is found in bytes of any kind, in order; base64 and quoted-printable also across their lines."""
        found = list(self._whole(data))
        if _SOFT_END.search(data):
            joined = _SOFT_END.sub(b"", data)
            found += _placed(self._in_plain(joined), data, _SOFT_END)
        for block in _BLOCK.finditer(data):
            found += self._in_block(block)
        joined = data.translate(None, b"\r\n")
        exactly = self._in_exact(joined)
        found += _placed(exactly, data, _LINE_END) if len(joined) < len(data) else exactly
        return _strongest(found)

    def scan_text(self, text: str) -> list[Found]:
        """All that is found in a text; also what hidden signs, tags or escapes divide. Positions are of the text, near what was found
        where tags and escapes had to go first."""
        found = self._in_text(text)
        read = unquote(html.unescape(_TAG.sub("", text))) if any(sign in text for sign in "<&%") else text
        read = read.translate(_UNSEEN)
        if read != text:
            known = {one.alias for one in found if one.kind == "residue"}
            for one in self._in_text(read):
                if one.alias not in known or one.kind == "residue":
                    found.append(one._replace(position=min(len(text), one.position + (len(text) - len(read)) * one.position // max(1, len(read)))))
        return _strongest(found)

    def scan_file(self, path: Path) -> list[Found]:
        """All that is found in a file of any size, read a piece at a time; each piece begins a stretch before the last one ends, and what
        lies in the half of that stretch where it is cut off is the other's."""
        half = self.longest + 2 * FARTHEST
        found: set[Found] = set()
        with path.open("rb") as file:
            data, at = file.read(CHUNK), 0
            while data:
                following = file.read(CHUNK)
                first, last = (half - FARTHEST) if at else 0, len(data) - half + FARTHEST if following else len(data)
                found |= {one._replace(position=one.position + at) for one in self.scan_bytes(data) if first <= one.position < last}
                at += max(0, len(data) - 2 * half)
                data = data[-2 * half:] + following if following else b""
        return _strongest(found)

    def _in_text(self, text: str) -> list[Found]:
        data = text.encode("utf-8", "surrogatepass")
        found = self.scan_bytes(data)
        if text.isascii():
            return found
        return [one._replace(position=len(data[:one.position].decode("utf-8", "ignore"))) for one in found]

    def _whole(self, data: bytes) -> Iterator[Found]:
        yield from self._in_plain(data)
        for phone, before in self._phones:
            for match in phone.finditer(data):
                start, end = match.span()
                if not data[end:end + 1].isdigit() and _may_begin(_ESCAPE.sub(" ", data[max(0, start - 24):start].decode("ascii", "ignore")), before):
                    yield Found("residue", start, "phone", "figures")

    def _in_block(self, block: re.Match[bytes]) -> Iterator[Found]:
        """Of lines of base64 what they hold, at about its place."""
        lines = block[0].translate(None, b"\r\n=")
        for one in self._whole(b64decode(lines + b"A=="[len(lines) % 4 - 1:] if len(lines) % 4 else lines)):
            yield one._replace(position=block.start() + one.position * len(block[0]) // len(lines) * 4 // 3, encoding=f"{one.encoding} in base64")

    def _in_plain(self, data: bytes) -> list[Found]:
        low, found = data.lower(), []
        words: list[_Word] = []
        within: list[_Word] = []
        for n, start, end in _matches(self._finds, low):
            one = self._plain[n]
            if one.names:           # most by far are nothing but letters of longer words
                (within if low[start - 1:start].isalpha() and low[end:end + 1].isalpha() else words).append((start, end, one))
            elif (hit := _found(one, low, start, end)) is not None:
                found.append(hit)
        if within:
            ends, starts = {word[1] for word in (*words, *within)}, {word[0] for word in (*words, *within)}
            words += [word for word in within if word[0] in ends or word[1] in starts]
        return found + list(_names(sorted(words, key=lambda word: (word[0], -word[1])), low))

    def _in_exact(self, data: bytes) -> list[Found]:
        found = []
        for n, start, end in _matches(self._finds_exact, data):
            one = self._exact[n]
            if (hit := _found_in_base64(one, data, start, end)) is not None:
                found.append(hit)
        return found


def _names(words: list[_Word], data: bytes) -> Iterator[Found]:
    """Words of a name in order, as what they are: with the other half beside them the whole name, else one for review where it is a whole word."""
    whole = -1
    for n, (start, end, one) in enumerate(words):
        for after, until, other in words[n + 1:n + 12]:
            if after - end > FARTHEST:
                break
            if after >= end and one.alias != other.alias and one.names & other.names and _beside(data[end:after]):
                hit = _found(Needle("residue", "name", one.encoding, b""), data, start, until)
                if hit is not None:
                    yield hit
                    whole = max(whole, until)
        if end > whole and (hit := _found(one, data, start, end)) is not None:
            yield hit


def _beside(between: bytes) -> bool:
    """Whether nothing but signs, tags, escapes and one initial stands between two words."""
    if len(between) < 2 and not between.isalnum():
        return True
    told = _ESCAPES.sub(" ", between.replace(b"\0", b"").decode("utf-8", "ignore"))
    return re.fullmatch(r"[\W_]*(?:[^\W\d_]\.?[\W_]+)?", told) is not None and len(told.split()) <= 3


def _unique(needles: Iterable[Needle]) -> list[Needle]:
    """One needle for the same bytes, that which says most."""
    found: dict[bytes, Needle] = {}
    for one in needles:
        if one.sought and (one.sought not in found or (found[one.sought].kind == "review" and one.kind == "residue")):
            found[one.sought] = one
    return list(found.values())


def _machine(needles: list[Needle]) -> BytesAhoCorasick | None:
    """The quickest for one person; of many the table of every step would take gigabytes."""
    told = [one.sought for one in needles]
    return BytesAhoCorasick(told, implementation=Implementation.DFA if len(told) < MANY else Implementation.ContiguousNFA) if told else None


def _matches(machine: BytesAhoCorasick | None, data: bytes) -> list[tuple[int, int, int]]:
    return machine.find_matches_as_indexes(data, overlapping=True) if machine and data else []


def _found(one: Needle, data: bytes, start: int, end: int) -> Found | None:
    """Part of a longer word is no name, and perhaps another's address: a whole name within one is for review."""
    before, after = _around(data, start, end, one.encoding)
    if one.alias == "phone":
        glued = after[:1].isdigit() or not _may_begin(_ESCAPE.sub(" ", before), one.before)
    elif one.alias in ("number", "address"):
        glued = before[-1:].isalnum() or after[:1].isalnum()
    else:
        glued = before[-1:].isalpha() or (after[:1].isalpha() and not _GENITIVE.match(after))
    if not glued:
        return Found(one.kind, start, one.alias, one.encoding)
    return Found("review", start, one.alias, one.encoding) if one.alias in ("name", "address") and one.kind == "residue" else None


def _around(data: bytes, start: int, end: int, encoding: str) -> tuple[str, str]:
    """What is read right before and right behind, as far as it tells where words end: of UTF-16 only what is a Latin letter or a figure."""
    before, after = data[max(0, start - 16):start], data[end:end + 16]
    if encoding.startswith("utf-16"):
        high = 0 if encoding.endswith("be") else 1
        before = before if before[-2 + high:][:1] == b"\0" else b""
        after = after if after[high:high + 1] == b"\0" else b""
        return before.replace(b"\0", b"").decode("ascii", "ignore"), after.replace(b"\0", b"").decode("ascii", "ignore")
    told = before.decode("utf-8", "ignore")
    return " " if _ESCAPE_END.search(told) else told, after.decode("utf-8", "ignore")


def _found_in_base64(one: Needle, data: bytes, start: int, end: int) -> Found | None:
    """Decoded with what stands around it, to see whether it is a word of its own."""
    begins = start - (0, 2, 3)[one.shift]
    first = begins - 4 * min(3, begins // 4)
    around = _NO_BASE64.split(data[first:begins][::-1])[0][::-1]
    behind = _NO_BASE64.split(data[begins:end + 16])[0]
    told = around[len(around) % 4:] + behind[:len(behind) - (len(behind) % 4 == 1)]
    told += b"=" * (-len(told) % 4)
    at = len(around) // 4 * 3 + one.shift
    try:
        clear = b64decode(told)
    except ValueError:
        return Found(one.kind, start, one.alias, one.encoding)
    if len(clear) >= at + one.length and clear[at:at + one.length] != one.clear:
        return None
    codec = one.encoding.removeprefix("base64 of ")
    sure = _found(one._replace(encoding=codec), clear.lower(), at, min(len(clear), at + one.length))
    return sure._replace(position=start, encoding=one.encoding) if sure else None


def _figures(phone: str) -> tuple[re.Pattern[bytes], str]:
    return re.compile(_BETWEEN_FIGURES.join(figure.encode() for figure in phone_tail(phone))), phone_before(phone)


def _may_begin(told: str, before: str) -> bool:
    """Whether the figures that stand right before those of a number are its own: of its country, of a way out, none."""
    figures = re.search(r"\d*$", told)
    own = figures[0] if figures else ""
    return before.endswith(own) or own == "0" or (own.endswith("0") and before.endswith(own[:-1]))


def _placed(found: list[Found], data: bytes, gone: re.Pattern[bytes]) -> Iterator[Found]:
    """Where in the data what was found lies, after these stretches were taken out of it."""
    stretches, taken, next_ = gone.finditer(data), 0, None
    for one in sorted(found, key=lambda each: each.position):
        while True:
            next_ = next_ or next(stretches, None)
            if next_ is None or next_.start() - taken > one.position:
                break
            taken += next_.end() - next_.start()
            next_ = None
        yield one._replace(position=one.position + taken)


def _strongest(found: Iterable[Found]) -> list[Found]:
    """In order; at one place what is theirs alone rather than what may be anybody's, and each sort once."""
    kept: dict[tuple[int, str], Found] = {}
    for one in sorted(found, key=lambda each: (each.position, each.kind, each.alias, each.encoding)):
        kept.setdefault((one.position, one.alias), one)
    sure = {one.position for one in kept.values() if one.kind == "residue"}
    return [one for one in kept.values() if one.kind == "residue" or one.position not in sure]
