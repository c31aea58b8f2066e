"""Bytes and what their label claims → text; never raises, never guesses wildly.

Valid non-ASCII UTF-8 beats a declared single-byte charset; then the label; then Windows-1252. Detectors
are wrong on short Nordic mails, so there is none. (RFC 2045-2047 say what a label means; mailers do not.)
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

ALIASES = {
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "ansi_x3.110-1983": "ascii", "646": "ascii",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "ansi": "cp1252", "iso-8859-1-windows-3.1-latin-1": "cp1252", "x-ansi": "cp1252",
    "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "iso-8859-9": "cp1254",
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "ks_c_5601": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "windows-31j": "cp932", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs",
    "iso-2022-jp-ms": "iso-2022-jp", "cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp", "cp50222": "iso-2022-jp",
    "iso-2022-jp-kddi": "iso-2022-jp", "iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-2": "iso-2022-jp",
    "csiso2022jp": "iso-2022-jp", "windows-874": "cp874", "tis-620": "cp874", "iso-8859-11": "cp874",
    "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "utf-8mb4": "utf-8",
    "x-utf-8": "utf-8", "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2", "x-mac-greek": "mac_greek", "x-mac-turkish": "mac_turkish", "koi": "koi8_r",
    "x-euc-jp": "euc_jp", "x-cp1252": "cp1252", "x-windows-1252": "cp1252", "cyrillic-windows": "cp1251",
}
STATEFUL = frozenset({"iso2022_jp", "utf-7", "hz", "iso2022_kr"})
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
MULTIBYTE = frozenset({"gb18030", "cp949", "cp932", "big5hkscs", "big5", "euc_jp", "johab"})
NOT_CHARSETS = frozenset({
    "idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "mbcs", "oem",
})
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
JAPANESE_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BJI])")


def decode(content: bytes, label: str | None = None) -> str:
    """The text of ``content``, labelled ``label`` by whoever wrote it (DESIGN.md section 5, charsets)."""
    for mark, marked in BOMS:
        if content.startswith(mark):
            return content[len(mark):].decode(marked, "replace")
    charset = canonical(label)
    if charset in WIDE and (b"\0" in content or not content.isascii()):     # else somebody converted it and kept the label
        return content.decode(charset, "replace")
    if charset == "iso2022_jp" or (charset not in STATEFUL and JAPANESE_ESCAPE.search(content, 0, 4000)):
        return _iso_2022_jp(content)
    if charset in STATEFUL:
        return content.decode(charset or "ascii", "replace")
    if content.isascii():
        return content.decode("ascii")
    return _eight_bit(content, charset)


@lru_cache(maxsize=500)
def canonical(label: str | None) -> str | None:
    """Python's name of a labelled charset, None for one that nobody knows."""
    name = re.sub(r"[\s\"'<>]", "", label or "").lower()[:60]
    name = re.split(r"[;,$]", name.removeprefix("_").removeprefix("charset="))[0]
    name = ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError, TypeError):
        return None
    return None if found in NOT_CHARSETS else found


def _eight_bit(content: bytes, charset: str | None) -> str:
    candidates = [charset, "utf-8"] if charset in MULTIBYTE else ["utf-8", charset]
    for candidate in candidates:
        if candidate and candidate != "ascii":
            try:
                return content.decode(candidate)
            except (UnicodeError, ValueError):
                continue
    if charset in MULTIBYTE:
        return content.decode(str(charset), "replace")
    return _damaged(content, charset)


def _damaged(content: bytes, charset: str | None) -> str:
    """UTF-8 with a few broken bytes stays UTF-8; another single-byte charset keeps its table; else cp1252."""
    if charset == "utf-8":
        rescued = content.decode("utf-8", "replace")
        broken = rescued.count("�")
        if sum(1 for letter in rescued if letter > "\x7f") > 2 * broken:
            return rescued
    elif charset and charset not in ("ascii", "cp1252"):
        return content.decode(charset, "replace")
    return "".join(_cp1252(piece) for piece in re.split(rb"([\x81\x8d\x8f\x90\x9d])", content))


def _cp1252(piece: bytes) -> str:
    return piece.decode("latin-1" if piece in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d") else "cp1252", "replace")


def _iso_2022_jp(content: bytes) -> str:
    """ISO-2022-JP as Windows writes it: NEC and IBM rows included, which Python's codec refuses (RFC 1468)."""
    out, mode, end = [], b"(B", 0
    for escape in JAPANESE_ESCAPE.finditer(content):
        out.append(_japanese(content[end:escape.start()], mode))
        mode, end = escape.group(1), escape.end()
    out.append(_japanese(content[end:], mode))
    return "".join(out)


def _japanese(run: bytes, mode: bytes) -> str:
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
    if mode == b"$(D":
        return (b"\x1b$(D" + run + b"\x1b(B").decode("iso2022_jp_2", "replace")
    if not mode.startswith(b"$"):
        return run.decode("ascii") if run.isascii() else _mislabelled(run)
    return b"".join(_shift_jis(pair) for pair in _pairs(run)).decode("cp932", "replace")


def _mislabelled(run: bytes) -> str:
    """Shift-JIS that claims to be ISO-2022-JP; a lone foreign byte is only damage."""
    text = run.decode("cp932", "replace")
    japanese = [letter for letter in text if letter > "\u3000" and letter != "\ufffd"]
    return text if len(japanese) > 1 else run.decode("ascii", "replace")


def _pairs(run: bytes) -> list[bytes]:
    """Two-byte characters; a line end inside leaves the two-byte set for that byte (RFC 1468)."""
    return re.findall(rb"[\x00-\x20]|[\x21-\x7e]{2}|[\x80-\xff]+|.", run, re.DOTALL)


def _shift_jis(pair: bytes) -> bytes:
    """A JIS X 0208 pair as Shift-JIS: the rows fold two by two."""
    if len(pair) != 2 or pair[0] > 0x7E:
        return pair
    row, cell = pair
    lead = (row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1)
    trail = cell + (0x7E if row % 2 == 0 else 0x1F + (cell >= 0x60))
    return bytes((lead, trail))
