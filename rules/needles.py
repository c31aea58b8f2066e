"""What one person is called, as the bytes in which it may lie anywhere: spelled in every way, encoded in every way.

Knows nothing of how the eraser reads (:mod:`rules.redaction`): tables, spellings and encodings are its own, so that a mistake there is none here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html.entities import codepoint2name
from itertools import product
from typing import Any, NamedTuple
from unicodedata import combining, normalize
from urllib.parse import quote

#: How letters are typed without them, and what neighbours write for them.
WAYS: tuple[dict[str, str], ...] = (
    {"ø": "o", "å": "a", "æ": "ae", "ö": "o", "ä": "a", "ü": "u", "ð": "d", "þ": "th", "ß": "ss", "đ": "d", "ł": "l"},
    {"ø": "oe", "å": "aa", "æ": "ae", "ö": "oe", "ä": "ae", "ü": "ue", "ð": "d", "þ": "th", "ß": "ss", "đ": "d", "ł": "l"},
    {"ø": "oe", "å": "a", "æ": "ae", "ö": "o", "ä": "ae", "ü": "u", "ð": "dh", "þ": "th", "ß": "ss"},
    {"ø": "o", "å": "aa", "æ": "e", "ö": "oe", "ä": "a", "ü": "y"},
    {"ø": "ö", "æ": "ä"}, {"ö": "ø", "ä": "æ"}, {"aa": "å", "oe": "ø", "ae": "æ"}, {"aa": "å", "oe": "ö", "ae": "ä"},
)
#: Between the words of a name in base64, where words alone are too short to be found.
BETWEEN = (" ", "\xa0", ".", "_", "-", "", "\n", "\r\n", "\r\n> ", "\n> ")
_AT = (" (at) ", "(at)", " [at] ", "[at]", " at ", " @ ")
#: Characters of base64 below which a needle is found by chance.
FEWEST = 6


class Needle(NamedTuple):
    """Bytes that are looked for; of what, how written, and whether they are theirs alone (``residue``) or may be anybody's (``review``).

    ``shift`` is for base64: how many bytes of its first group of three stand before, and of how many
    bytes it is. ``names`` are bits, one for each full name, of
    which a word is part: a first and a last word of one name, beside each other, are that name. ``before`` are figures that may stand
    before those of a phone number; ``clear`` is what the base64 was made of, whose ends it shares with what stands beside.
    """

    kind: str
    alias: str
    encoding: str
    sought: bytes
    shift: int = 0
    length: int = 0
    names: int = 0
    before: str = ""
    clear: bytes = b""


def plain(told: Mapping[str, Any]) -> Iterator[Needle]:
    """Needles in which capital letters count as small ones: both needle and haystack are lowered byte by byte."""
    for kind, alias, text, names, before in _sought(told):
        for spelled in _spelled(text):
            for encoding, encode in _ENCODINGS.items():
                for sought in encode(spelled):
                    yield Needle(kind, alias, encoding, sought.lower(), names=names, before=before)


def exact(told: Mapping[str, Any]) -> Iterator[Needle]:
    """Needles of base64, at each of the three places in which a stretch of bytes may begin there; names are whole."""
    whole = (("residue", "name", text, 0, "") for first, last in told.get("names") or () for text in _whole_names(first.split(), last.split()))
    for kind, alias, text, _names, figures in (*whole, *_sought(told)):
        for spelled, codec in product(_spelled(text), ("utf-8", "latin-1", "utf-16-le")):
            if codec == "utf-16-le" and "\n" in text:
                continue
            with suppress(UnicodeEncodeError):
                for shift, sought in enumerate(_base64(spelled.encode(codec))):
                    if len(sought) >= FEWEST + 2 * (kind == "review"):
                        yield Needle(kind, alias, f"base64 of {codec}", sought, shift, len(spelled.encode(codec)), before=figures, clear=spelled.encode(codec))


def _sought(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str, int, str]]:
    """Kind, which alias, the text, of which names it is a word, and what figures may stand before."""
    for n, (first, last) in enumerate(told.get("names") or ()):
        for alias, words in (("first", first.split()), ("last", last.split())):
            yield from (("review", alias, part, 1 << n, "") for word in words for part in {word, *word.split("-")} if part)
    yield from (("review", "called", one, 0, "") for one in told.get("called") or ())
    for address in told.get("addresses") or ():
        yield from ((*one, 0, "") for one in _address(address.strip()))
    for number in told.get("numbers") or ():
        sure = len(number) >= 6 or (len(number) >= 4 and not number.isdigit() and not number.isalpha())
        for form in {number, re.sub(r"[\s.-]", "", number)}:
            yield "residue" if sure and not (number.isalpha() and len(number) < 8) else "review", "number", form, 0, ""
    for phone in told.get("phones") or ():
        yield from (("residue", "phone", form, 0, phone_before(phone)) for form in phone_forms(phone))
    for line in {part.strip() for place in told.get("places") or () for part in (place, *re.split(r"[,;\n]", place))} - {""}:
        yield "residue" if re.search(r"[^\W\d]", line[:1]) and re.search(r"\d", line) else "review", "place", line, 0, ""
    for company in told.get("companies") or ():
        yield "residue" if " " in company.strip() else "review", "company", company, 0, ""


def _whole_names(given: list[str], family: list[str]) -> Iterator[str]:
    if given and family:
        for one, other in product(dict.fromkeys((" ".join(given), given[0])), dict.fromkeys((" ".join(family), family[-1]))):
            yield from (f"{one}{between}{other}" for between in BETWEEN)
            yield from (f"{other}{between}{one}" for between in (", ", " ", ","))


def _address(address: str) -> Iterator[tuple[str, str, str]]:
    local, _, domain = address.rpartition("@")
    domains = {domain}
    with suppress(UnicodeError):
        domains.add(domain.encode("idna").decode())
    with suppress(UnicodeError):
        domains.add(domain.encode("ascii").decode("idna"))
    bare = local.partition("+")[0]
    for one, where in product({local, bare}, domains):
        yield "residue", "address", f"{one}@{where}"
        yield "residue", "address", f"{one}={where}"
        yield "residue", "address", f"{where}={one}"
        yield from (("residue", "address", f"{one}{at}{where}") for at in _AT)
        yield "residue", "address", f"{one} [at] {where.replace('.', ' [dot] ')}"
        yield "residue", "address", f"{one} at {where.replace('.', ' dot ')}"
    if re.search(r"[\d._-]", bare) or len(bare) >= 8:
        yield "review", "address", bare


def phone_forms(phone: str) -> set[str]:
    """The last eight figures as they are grouped, for encodings that keep no bytes of their own for what stands between."""
    tail = phone_tail(phone)
    if len(tail) < 6:
        return set()
    cuts = ((2, 2, 2, 2), (3, 2, 3), (4, 4), (3, 3, 2), (1, 3, 2, 2), (2, 3, 3), (8,))
    groups = {tuple(part for part in _cut(tail, cut) if part) for cut in cuts}
    return {between.join(group) for group in groups for between in (" ", "\xa0", ".", "-")}


def phone_before(phone: str) -> str:
    """The figures that may stand before these."""
    return "00" + re.sub(r"\D", "", phone).removeprefix("00")[:-8]


def phone_tail(phone: str) -> str:
    """Of a number the figures that every spelling ends with."""
    return re.sub(r"\D", "", phone)[-8:]


def _cut(text: str, sizes: Iterable[int]) -> Iterator[str]:
    for size in sizes:
        yield text[:size]
        text = text[size:]


def _spelled(text: str) -> set[str]:
    """Every way the text is spelled, each in small, in capital letters and with capitals at the beginnings."""
    found = {text, normalize("NFD", text), _without_marks(text)}
    for way in WAYS:
        small = text.casefold()
        for letter, other in way.items():
            small = small.replace(letter, other)
        found |= {small, _without_marks(small)}
    return {form for one in found for form in (one, one.lower(), one.upper(), one.title()) if form}


def _without_marks(text: str) -> str:
    apart = (letter if letter in "øåæöäØÅÆÖÄ" else "".join(one for one in normalize("NFD", letter) if not combining(one)) for letter in text)
    return "".join(apart)


def _raw(codec: str) -> Any:
    def encode(text: str) -> Iterator[bytes]:
        with suppress(UnicodeEncodeError):
            yield text.encode(codec)
    return encode


def _percent(text: str) -> Iterator[bytes]:
    for codec in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            once = quote(text, safe="", encoding=codec)
            yield from (told.encode() for told in (once, once.replace("%20", "+"), once.replace(".", "%2E"), quote(once, safe=""),
                                                   once.replace("%40", "@").replace("%2B", "+")))


def _printable(text: str) -> Iterator[bytes]:
    """Quoted-printable of bodies and of headers (RFC 2047, Q)."""
    for codec in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            data = text.encode(codec)
            for kept, space in ((rb"[^\x21-\x3c\x3e-\x7e \t]", b" "), (rb"[^\x21-\x3c\x3e-\x7e]", b"_"), (rb"[^A-Za-z0-9!*+/-]", b"_"), (rb"[^A-Za-z0-9]", b"=20")):
                told = re.sub(kept, lambda found: b"=%02X" % found[0][0], data.replace(b" ", b"\0"))
                yield told.replace(b"=00", space)


def _entities(text: str) -> Iterator[bytes]:
    def named(letter: str) -> str:
        return f"&{codepoint2name[ord(letter)]};" if ord(letter) in codepoint2name else letter
    plainly = re.compile(r"[^\x20-\x7e]|@")
    far = re.compile(r"[^\x20-\x7e]")
    yield from (told.encode() for told in (
        far.sub(lambda one: named(one[0]), text), far.sub(lambda one: named(one[0]), text).replace(" ", "&nbsp;").replace("@", "&commat;"),
        plainly.sub(lambda one: f"&#{ord(one[0])};", text), plainly.sub(lambda one: f"&#x{ord(one[0]):x};", text),
        plainly.sub(lambda one: f"&#{ord(one[0])};", text.replace(" ", "\xa0")), "".join(f"&#{ord(letter)};" for letter in text),
        "".join(f"&#x{ord(letter):x};" for letter in text), far.sub(lambda one: f"&#{ord(one[0])};", text), far.sub(lambda one: f"&#x{ord(one[0]):x};", text),
    ))


def _escaped(text: str) -> Iterator[bytes]:
    for slashes in ("\\", "\\\\"):
        yield re.sub(r"[^\x00-\x7e]", lambda one: f"{slashes}u{ord(one[0]):04x}", text).encode("utf-8", "replace")       # noqa: B023
    yield re.sub(r"[^\x00-\x7e]", lambda one: f"\\x{ord(one[0]):02x}", text).encode("utf-8", "replace")


def _base64(data: bytes) -> Iterator[bytes]:
    """The characters that are the same whatever stands before and behind, for each of the three beginnings."""
    for before in range(3):
        told = b64encode(b"\0" * before + data)
        begins, ends = (0, 2, 3)[before], (before + len(data)) * 8 // 6
        yield told[begins:ends]


_ENCODINGS: dict[str, Any] = {
    "utf-8": _raw("utf-8"), "latin-1": _raw("latin-1"), "utf-16-le": _raw("utf-16-le"), "utf-16-be": _raw("utf-16-be"), "utf-7": _raw("utf-7"),
    "percent": _percent, "quoted-printable": _printable, "html": _entities, "escaped": _escaped,
}
