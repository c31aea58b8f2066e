"""Parameters of Content-Type and Content-Disposition: RFC 2045 section 5.1, RFC 2231, and what mailers write instead."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mailgate.charsets import decode
from mailgate.headers import decode_words, tidy, unfold

MOST = 100
PARAMETER = re.compile(
    r""";?\s*([^\s=;"*()<>@,:\\/\[\]?]+)(\*(\d{1,3}))?(\*)?\s*=\s*"""
    r"""("(?:\\.|[^"\\])*"|"[^"]*$|=\?[^?]+\?[bBqQ]\?[^?]*\?=(?:\s*=\?[^?]+\?[bBqQ]\?[^?]*\?=)*|[^;]*)""",
    re.DOTALL,
)


def read(value: bytes, charset: str | None = None) -> tuple[str, dict[str, str]]:
    """The main value in lower case, and its parameters by lower-case name, decoded."""
    whole = unfold(value[:50_000]).decode("latin-1")
    main, _, rest = whole.partition(";")
    if "=" in main:                                       # text/plain charset=utf-8: somebody forgot the semicolon
        first, _, others = whole.strip().partition(" ")
        main, rest = ("", whole) if "=" in first else (first, others)
    return _main(main), _parameters(rest, charset)


def _main(value: str) -> str:
    value = re.sub(r"\([^)]*\)", "", value)
    return re.sub(r"[\s\"';]", "", value).lower()[:100]


def _parameters(rest: str, charset: str | None) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for found in list(PARAMETER.finditer(rest))[:MOST]:
        name, number, encoded = found[1].lower(), found[3], bool(found[4])
        value = _unquoted(found[5])
        if number is None and not encoded:
            plain.setdefault(name, _plain(value, charset))
        else:
            pieces.setdefault(name, {}).setdefault(int(number or 0), (encoded, value.encode("latin-1")))
    for name, numbered in pieces.items():
        plain[name] = _extended(numbered, charset) or plain.get(name, "")
    return plain


def _unquoted(value: str) -> str:
    """Backslashes only escape quotes and themselves: some mailers send whole Windows paths."""
    value = value.strip()
    if value.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", value[1:].removesuffix('"'))
    return value.strip("'") if value.count("'") == 2 and value[0] == value[-1] == "'" else value


def _plain(value: str, charset: str | None) -> str:
    return tidy(decode_words(_text(value.encode("latin-1"), charset)))


def _text(value: bytes, charset: str | None) -> str:
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode(value, charset)


def _extended(numbered: dict[int, tuple[bool, bytes]], charset: str | None) -> str:
    """RFC 2231 sections 3 and 4: pieces in the order of their numbers, one charset for all of them."""
    joined, label = b"", charset
    for number in sorted(numbered):
        encoded, value = numbered[number]
        if encoded and not joined and value.count(b"'") >= 2:
            declared, _, value = value.split(b"'", 2)
            label = declared.decode("latin-1") or charset
        joined += unquote_to_bytes(value) if encoded else value
    return tidy(decode_words(_text(joined, label)))
