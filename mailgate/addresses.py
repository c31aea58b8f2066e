"""Address fields → parties (RFC 5322 section 3.4), for fields as they come, not as they should be.

Encoded words are decoded last, because an encoded name may hold a comma or an ``@``. What holds no
address is skipped; a group gives its members; of ``Name <a@x> <b@y>`` the last address counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from desk.letter import Party
from mailgate.headers import decode_words, tidy

MOST = 500
#: The longest that any address can be (RFC 5321 section 4.5.3.1, with its @).
LONGEST_ADDRESS = 320
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[()<>,;:]|[^"()<>,;:]+|"', re.DOTALL)
BARE = re.compile(r"[^\s<>()\[\],;:\"\\@]+@(?:[^\s<>()\[\],;:\"\\@]+|\[[^\s\]]+\])")
QUOTED_LOCAL = re.compile(r'"(?:\\.|[^"\\@])+"@[^\s<>(),;:"@]+')


def parties(values: Iterable[str]) -> tuple[Party, ...]:
    """All parties of these unfolded fields, in order, each address once; at most 500."""
    found: dict[str, Party] = {}
    for value in values:
        for party in _read(value[:100_000]):
            known = found.get(party.address)
            if known is None or not known.name:
                found[party.address] = party
            if len(found) >= MOST:
                return tuple(found.values())
    return tuple(found.values())


def bare_addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Addresses only, for Delivered-To and its kin."""
    return tuple(party.address for party in parties(values))


def _read(value: str) -> list[Party]:
    out: list[Party] = []
    waiting = ""                     # "Doe, John <john@example.com>": a comma that nobody quoted
    for chunk in _chunks(value):
        party = _party(chunk)
        if party is None or len(party.address) > LONGEST_ADDRESS:
            waiting = _plain_name(chunk.name) and f"{waiting}{_plain_name(chunk.name)}, "
            continue
        if waiting and chunk.angles and chunk.name.strip() and not chunk.name.lstrip().startswith('"'):
            party = Party(party.address, tidy(waiting + party.name))
        waiting = ""
        out.append(party)
    return out


class _Chunk:
    """One mailbox as written: the words outside brackets, the bracketed addresses, the comments."""

    __slots__ = ("angles", "closed", "comment", "name")

    def __init__(self, name: str = "") -> None:
        self.name, self.comment = name, ""
        self.angles: list[str] = []
        self.closed = 0              # how long the name was when the last bracket closed

    @property
    def empty(self) -> bool:
        return not (self.name.strip() or self.angles or self.comment)

    def next(self) -> _Chunk | None:
        """The mailbox that begins at a new bracket, where words stand between two of them: the comma is missing."""
        words = self.name[self.closed:]
        if not (self.angles and "@" in self.angles[-1] and words.strip()):
            return None
        self.name = self.name[: self.closed]
        return _Chunk(words)


def _chunks(value: str) -> list[_Chunk]:
    """The mailboxes of a list, cut at commas, semicolons and the colons of groups (RFC 5322 section 3.4)."""
    chunks, chunk, depth, angle = [], _Chunk(), 0, False
    for mark in TOKEN.findall(value):
        if depth or (mark == "(" and not angle):
            depth += (mark == "(") - (mark == ")")
            chunk.comment += mark
        elif angle and (mark not in (
            ">", ",", ";", "<",
        ) or (mark == "," and chunk.angles[-1].lstrip().startswith("@"))):
            chunk.angles[-1] += mark                      # with the commas of an old source route: <@a,@b:user@c>
        elif mark == ">":
            angle, chunk.closed = False, len(chunk.name)
        elif mark == "<":
            if following := chunk.next():
                chunks.append(chunk)
                chunk = following
            chunk.angles.append("")
            angle = True
        elif mark in (",", ";"):
            chunks.append(chunk)
            chunk, angle = _Chunk(), False
        elif mark == ":" and not chunk.angles and "@" not in chunk.name and not _scheme(chunk.name):
            chunk = _Chunk()                              # the name of a group, or of a field written twice
        else:
            chunk.name += mark
    return [one for one in [*chunks, chunk] if not one.empty]


def _scheme(name: str) -> bool:
    return name.strip().lower() == "mailto"


def _party(chunk: _Chunk) -> Party | None:
    for angle in reversed(chunk.angles):
        address = _address(angle)
        if address:
            return Party(address, _name(chunk.name, chunk.comment, address))
    address = _address(chunk.name)
    if address:
        rest = _without(chunk.name, address)
        return Party(address, _name(rest, chunk.comment, address))
    return None


def _address(written: str) -> str:
    """The address in here, or nothing: no spaces, no trailing dot, no ``mailto:``, no source route."""
    written = decode_words(written).strip()
    if "@" not in written:
        return ""
    quoted = QUOTED_LOCAL.search(written)
    if quoted:
        return tidy(quoted[0])
    written = re.sub(r"\s*([@.])\s*", r"\1", re.sub(r"^@[^:]*:", "", written))
    found = BARE.findall(written.replace("mailto:", " "))
    return tidy(found[-1]).strip("'").rstrip(".") if found and _whole(found[-1]) else ""


def _whole(address: str) -> bool:
    local, _, domain = address.strip("'").rstrip(".").partition("@")
    return bool(tidy(local) and tidy(domain).strip("."))


def _without(name: str, address: str) -> str:
    if address in name:
        rest = name.replace(address, "", 1).replace("mailto:", "")
        return rest if rest.strip(" .") else ""
    return "" if "@" in name else name


def _name(written: str, comment: str, address: str) -> str:
    name = _plain_name(written)
    if not name and comment:
        name = _plain_name(comment.strip().removeprefix("(").removesuffix(")"))
    return "" if name.casefold() == address.casefold() else name


def _plain_name(written: str) -> str:
    """Quotes and backslashes gone, encoded words decoded, also where somebody quoted them."""
    name = re.sub(r'"((?:\\.|[^"\\])*)"', lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), written.strip())
    name = re.sub(r"\s+", " ", tidy(decode_words(name))).strip(" ,;")
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name.replace('"', "") if name.count('"') == 1 else name
