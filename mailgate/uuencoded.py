"""Files written into the text with uuencode (POSIX), as old mailers still do."""

from __future__ import annotations

import binascii
import re

BEGIN = re.compile(r"(?m)^begin(?:-base64)? [0-7]{3,4} (\S[^\n]{0,250})\n(?=[ -`]{1,62}[^\S\n]*\n|`?\n?end)")
END = re.compile(r"(?m)^end[^\S\n]*$")


def cut_out(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its uuencoded files, and these as (name, bytes). Text has ``\\n`` line ends."""
    files: list[tuple[str, bytes]] = []
    kept, position = [], 0
    while begin := BEGIN.search(text, position):
        end = END.search(text, begin.end())
        if end is None:
            break
        content = decode(text[begin.end():end.start()].encode("ascii", "replace"))
        if content:
            files.append((begin[1].strip(), content))
            kept.append(text[position:begin.start()])
        else:
            kept.append(text[position:end.end()])
        position = end.end()
    return "".join([*kept, text[position:]]), files


def decode(content: bytes) -> bytes:
    """The bytes of uuencoded lines; begin and end lines are skipped, damaged lines give what they can."""
    return b"".join(_line(line) for line in content.splitlines() if not line.startswith((b"begin ", b"end")))


def _line(line: bytes) -> bytes:
    line = line.rstrip(b"\r\n")
    if not line or not 33 <= line[0] <= 96:
        return b""
    length = (line[0] - 32) & 63
    padded = (line[1:] + b" " * 84)[: (length + 2) // 3 * 4]
    try:
        return binascii.a2b_uu(line[:1] + padded)
    except binascii.Error:
        return b""
