"""The tree of a message (RFC 2046), cut out of its bytes without copying them, whatever the bytes are.

A part is a range of the raw message. Missing blank lines, missing or wrong boundaries, CR-only line ends
and endless nesting are rescued or bounded, and every rescue leaves a word in ``Rescue.oddities``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from core.i18n import N_
from mailgate import headers, parameters

MOST_PARTS = 2000
DEEPEST = 40
LONGEST_HEADER = 16_000_000
MOST_FIELDS = 5_000                     # after these only the first of each well-known field is kept
FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
LINE = re.compile(rb"[^\n]*\n?")
BLANK = re.compile(rb"\r{0,3}\n")
DELIMITER = re.compile(rb"(?m)^--([^\s\0][^\0\r\n]{0,199}?)[ \t]*\r{0,3}\n(?=[Cc]ontent-|\r{0,3}\n)")
DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r{0,3}\n|\Z)")
KNOWN = re.compile(
    rb"(?i)(from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to"
    rb"|sender"
    rb"|references|in-reply-to|delivered-to|dkim-signature|list-[a-z-]+|x-[a-z-]+|arc-[a-z-]+)[ \t]*:"
)


WELL_KNOWN = re.compile(
    rb"(?i)(from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{1,40}|reply-to|references|in-reply-to"
    rb"|auto-submitted|precedence)[ \t]*:")


@dataclass
class Rescue:
    """What had to be rescued while reading one message, and how many parts it has so far."""

    oddities: list[str] = field(default_factory=list)
    parts: int = 0

    def note(self, oddity: str) -> None:
        if oddity not in self.oddities:
            self.oddities.append(oddity)


@dataclass
class Part:
    """One entity: its header fields as (lower-case name, raw bytes), where its body lies, its children."""

    raw: bytes
    fields: list[tuple[str, bytes]]
    start: int
    end: int
    depth: int
    default_type: str = "text/plain"
    children: list[Part] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return self.raw[self.start:self.end]

    def raw_values(self, name: str) -> list[bytes]:
        return [value for known, value in self.fields if known == name]

    def value(self, name: str) -> str:
        """The first non-empty value of this field, decoded, or ''."""
        return next((found for value in self.raw_values(name) if (found := headers.text(value))), "")

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        for value in self.raw_values("content-type"):
            main, named = parameters.read(value)
            if main or named:
                return main, named
        return "", {}

    @property
    def declared_type(self) -> str:
        return self._content_type[0]

    @property
    def type(self) -> str:
        """``text/plain`` where nothing usable is declared (RFC 2045 section 5.2)."""
        main = self.declared_type
        if re.fullmatch(r"[\w.+!#$&^-]+/[\w.+!#$&^*-]+", main):
            return main
        return {"text": "text/plain", "html": "text/html"}.get(main, self.default_type)

    @property
    def named(self) -> dict[str, str]:
        return self._content_type[1]

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition and its parameters (RFC 2183)."""
        return next((parameters.read(value) for value in self.raw_values("content-disposition")), ("", {}))

    @property
    def encoding(self) -> str:
        return re.sub(r"\([^)]*\)", "", self.value("content-transfer-encoding")).split(";")[0].strip(" \"'").lower()


def read(raw: bytes) -> tuple[Part, Rescue]:
    """The whole message as a tree, and what had to be rescued."""
    rescue = Rescue()
    head = raw[:65536]
    if b"\n" not in head and b"\r" in head:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        rescue.note(N_("Its lines end with CR only."))
    start = 0
    while (line := LINE.match(raw, start)) and line[0].strip(b" \t\r\n\0\xef\xbb\xbf") == b"" and line.end() > start:
        start = line.end()
    return _part(raw, start, len(raw), 0, "text/plain", rescue), rescue


def _part(raw: bytes, start: int, end: int, depth: int, default_type: str, rescue: Rescue) -> Part:
    rescue.parts += 1
    fields, body = _fields(raw, start, end, depth, rescue)
    part = Part(raw, fields, body, end, depth, default_type)
    if part.type.startswith("multipart/"):
        if depth >= DEEPEST or rescue.parts >= MOST_PARTS:
            rescue.note(N_("It has too many parts: the rest is not opened."))
        else:
            _split(part, rescue)
    return part


def _fields(raw: bytes, start: int, end: int, depth: int, rescue: Rescue) -> tuple[list[tuple[str, bytes]], int]:
    """Header fields (RFC 5322 section 2.2) and where the body begins."""
    fields: list[tuple[str, bytes]] = []
    late: set[bytes] = set()
    position, limit = start, min(end, start + LONGEST_HEADER)
    while position < limit:
        line = LINE.match(raw, position, end)
        if line is None:
            break
        if blank := BLANK.match(raw, position, end):
            position = blank.end()
            break
        found = FIELD.match(raw, position, line.end())
        if raw[position:position + 1] in b" \t" and fields:
            _continue(fields, line[0])
        elif found and not (position == start and raw.startswith(b"From ", position)):
            if len(fields) < MOST_FIELDS or _is_first(found[0], late):
                fields.append((found[1].decode("ascii").lower(), raw[found.end():line.end()]))
        elif not _more_fields(raw, line.end(), limit) and not (position == start and line[0].startswith(b"From ")):
            if depth == 0:
                rescue.note(N_("It has no blank line between header and text."))
            break
        elif not line[0].startswith((b"From ", b">From ")):
            rescue.note(N_("A line of its header is no header field."))
        position = line.end()
    return [(name, value.replace(b"\0", b"")) for name, value in fields], min(position, end)


def _is_first(name: bytes, late: set[bytes]) -> bool:
    if not WELL_KNOWN.match(name) or name.lower() in late:
        return False
    late.add(name.lower())
    return True


def _continue(fields: list[tuple[str, bytes]], line: bytes) -> None:
    name, value = fields[-1]
    if len(value) < 100_000:
        fields[-1] = (name, value + line)


def _more_fields(raw: bytes, position: int, limit: int) -> bool:
    """Whether a well-known field follows before the blank line: then the odd line is a slip, not the text."""
    for _ in range(20):
        line = LINE.match(raw, position, limit)
        if line is None or line.end() == position or BLANK.match(raw, position, limit):
            return False
        if KNOWN.match(raw, position, limit):
            return True
        position = line.end()
    return False


def _split(part: Part, rescue: Rescue) -> None:
    """The children between the delimiters (RFC 2046 section 5.1.1)."""
    marks = _marks(part, part.named.get("boundary", "").encode("utf-8", "replace"))
    if not marks and (guess := DELIMITER.search(part.raw, part.start, part.end)):
        marks = _marks(part, guess[1])
        rescue.note(N_("Its boundary is missing or wrong."))
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for (begin, closing), (stop, _) in zip(marks, [*marks[1:], ((part.end, part.end), True)], strict=False):
        if closing:
            _epilogue(part, begin[1], rescue)
            break
        if rescue.parts >= MOST_PARTS:
            rescue.note(N_("It has too many parts: the rest is not opened."))
            break
        part.children.append(_part(part.raw, begin[1], max(begin[1], stop[0]), part.depth + 1, default, rescue))


def _marks(part: Part, boundary: bytes) -> list[tuple[tuple[int, int], bool]]:
    """Where the delimiter lines are ((from, to), closing); the line end before one belongs to it."""
    if not boundary:
        return []
    raw, needle = part.raw, b"--" + boundary
    marks: list[tuple[tuple[int, int], bool]] = []
    position = raw.find(needle, part.start, part.end)
    while position >= 0 and len(marks) <= MOST_PARTS:
        tail = DELIMITER_END.match(raw, position + len(needle), part.end)
        begins_line = position == part.start or raw[position - 1:position] == b"\n"
        if tail and begins_line:
            marks.append(((_before_line_end(part, position), tail.end()), bool(tail[1])))
        position = raw.find(needle, tail.end() if tail else position + 2, part.end)
    return marks


def _before_line_end(part: Part, position: int) -> int:
    for ending in (b"\r\n", b"\n"):
        if part.raw.endswith(ending, part.start, position):
            return position - len(ending)
    return position


def _epilogue(part: Part, position: int, rescue: Rescue) -> None:
    if part.end - position > 200 and part.raw[position:part.end].strip():
        rescue.note(N_("There is text after its last part."))
