"""A glance at the head of a mail that could not be read: who wrote it about what, so that a person can tell it.

No parsing: two lines are looked for in the first 64 kB, as they stand.
"""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import NamedTuple

HEAD = 65_536
LONGEST = 1000
_FIELD = rb"^%s:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,20})"
_FROM = re.compile(_FIELD % b"from", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(_FIELD % b"subject", re.IGNORECASE | re.MULTILINE)


class Glance(NamedTuple):
    """What stands in From and Subject; empty where nothing is found."""

    sender: str
    subject: str


def glance(raw: bytes) -> Glance:
    """Sender's address (at most 320 characters) and decoded subject (300) of a mail. Never raises."""
    head = head_of(raw)
    return Glance(_address(_line(_FROM, head))[:320], _decoded(_line(_SUBJECT, head))[:300])


def head_of(raw: bytes) -> bytes:
    """The lines up to the first empty one, within the first 64 kB."""
    return raw[:HEAD].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]


def _line(field: re.Pattern[bytes], head: bytes) -> str:
    found = field.search(head)
    return " ".join(found[1][:LONGEST].decode("utf-8", "replace").split()) if found else ""


def _address(line: str) -> str:
    try:
        address = parseaddr(line)[1]
    except Exception:       # noqa: BLE001 - this mail broke a better parser: whatever it does to this one is no news
        address = ""
    return _clean(address) if "@" in address else ""


def _decoded(line: str) -> str:
    try:
        return _clean(str(make_header(decode_header(line))))
    except Exception:       # noqa: BLE001 - a header of hostile bytes may raise anything: then the line is shown as it stands
        return _clean(line)


def _clean(text: str) -> str:
    return "".join(c for c in text.encode("utf-8", "replace").decode() if c.isprintable()).strip()
