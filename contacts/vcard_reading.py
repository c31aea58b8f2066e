"""Address books as rows: vCard 2.1, 3 and 4, one card or many (RFC 2426, RFC 6350)."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Mapping

from contacts.importing_files import written
from core.errors import Refused
from core.i18n import N_

#: Column → how many of it; the import knows them by these names in any language.
COLUMNS = (("First name", 1), ("Last name", 1), ("Name", 1), ("E-mail", 4), ("Phone", 4), ("URL", 2), ("Company", 1), ("Job title", 1), ("Language", 1))
MOST = 100_000
_UNESCAPED = re.compile(r"\\([\\,;nN:])")
_PARTS = re.compile(r"(?<!\\);")


def is_vcards(raw: bytes) -> bool:
    """Whether a file is an address book."""
    return raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:11].upper() == b"BEGIN:VCARD"


def as_table(raw: bytes) -> bytes:
    """The cards as the rows of a file with columns. Raises Refused where there is none, or too many."""
    rows = [[name for name, many in COLUMNS for _n in range(many)]]
    for card in cards(raw):
        if len(rows) > MOST:
            raise Refused(N_("There are too many cards in this file."))
        rows.append([value for name, many in COLUMNS for value in (card.get(name, []) + [""] * many)[:many]])
    if len(rows) == 1:
        raise Refused(N_("There is no card in this file."))
    return written(rows).encode()


def cards(raw: bytes) -> Iterator[dict[str, list[str]]]:
    """Each card: column → values."""
    card: dict[str, list[str]] | None = None
    for name, options, value in _lines(raw):
        if name == "BEGIN":
            card = {}
        elif name == "END" and card is not None:
            yield _settled(card)
            card = None
        elif card is not None:
            _take(card, name, options, value)


def _take(card: dict[str, list[str]], name: str, options: Mapping[str, str], value: str) -> None:
    if name == "N":
        last, first = [*(_plain(part) for part in _PARTS.split(value)), "", ""][:2]
        card["Last name"], card["First name"] = [last], [first]
    elif name == "ORG":
        card["Company"] = [_plain(_PARTS.split(value)[0])]
    elif name == "TEL":
        _add(card, "Phone", _plain(value).removeprefix("tel:"), options)
    elif name in ("EMAIL", "URL"):
        _add(card, {"EMAIL": "E-mail"}.get(name, name), _plain(value).removeprefix("mailto:"), options)
    elif name in ("FN", "TITLE", "ROLE", "LANG"):
        card.setdefault({"FN": "Name", "LANG": "Language"}.get(name, "Job title"), [_plain(value)[:2] if name == "LANG" else _plain(value)])


def _add(card: dict[str, list[str]], name: str, value: str, options: Mapping[str, str]) -> None:
    """The preferred one first."""
    kept = card.setdefault(name, [])
    preferred = "PREF" in options or "PREF" in options.get("TYPE", "").upper().split(",")
    kept.insert(0, value) if preferred else kept.append(value)


def _settled(card: dict[str, list[str]]) -> dict[str, list[str]]:
    """The whole name is asked for only where there are no parts."""
    if any(card.get("First name", [])) or any(card.get("Last name", [])):
        card.pop("Name", None)
    return card


def _lines(raw: bytes) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, options and value of each line, unfolded; a group before the name is left out."""
    try:
        text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    for line in re.sub(r"\n[ \t]", "", _joined(text)).split("\n"):
        head, colon, value = _cut(line)
        if colon:
            name, *options = head.split(";")
            known = dict(_option(one) for one in options)
            yield name.rpartition(".")[2].strip().upper(), known, _decoded(value, known)


def _joined(text: str) -> str:
    """Quoted-printable values (2.1) go on after an equals sign at a line's end."""
    found: list[str] = []
    for line in text.splitlines():
        if found and found[-1].endswith("=") and "QUOTED-PRINTABLE" in found[-1].upper():
            found[-1] = found[-1][:-1] + line.lstrip()
        else:
            found.append(line)
    return "\n".join(found)


def _cut(line: str) -> tuple[str, str, str]:
    """At the first colon that is not within quotes."""
    quoted = False
    for n, sign in enumerate(line):
        quoted ^= sign == '"'
        if sign == ":" and not quoted:
            return line[:n], ":", line[n + 1:]
    return line, "", ""


def _option(text: str) -> tuple[str, str]:
    name, _equals, value = text.partition("=")
    return name.strip().upper(), value.strip('" ')


def _decoded(value: str, options: Mapping[str, str]) -> str:
    if options.get("ENCODING", "").upper() != "QUOTED-PRINTABLE" and "QUOTED-PRINTABLE" not in options:
        return value
    try:
        return quopri.decodestring(value.encode("latin-1", "replace")).decode(options.get("CHARSET", "utf-8"), "replace")
    except LookupError:
        return value


def _plain(value: str) -> str:
    return " ".join(_UNESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value).split())
