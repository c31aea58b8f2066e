"""A person as a vCard: 4.0 (RFC 6350), or 3.0 (RFC 2426) for programs that know no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contacts.address import Holding
from contacts.person import Person

VERSIONS = ("4.0", "3.0")


def vcard(person: Person, holdings: Sequence[Holding], version: str = "4.0") -> str:
    """The card: names, what the person holds now, where they work; lines end with CRLF, folded at 75 octets."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(person, holdings, version))


def _lines(person: Person, holdings: Sequence[Holding], version: str) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield f"UID:{person.uid}"
    yield f"FN:{_escaped(person.name)}"
    yield f"N:{_escaped(person.last_name)};{_escaped(person.first_name)};;;"
    job = person.employment
    if job is not None:
        yield f"ORG:{_escaped(job.company.called)}"
    if title := (job.position if job is not None and job.position else person.title):
        yield f"TITLE:{_escaped(title)}"
    if person.preferred_language and version == "4.0":
        yield f"LANG:{person.preferred_language}"
    for holding in holdings:
        yield from _address(holding) if version == "4.0" else _address_3(holding)
    yield "END:VCARD"


def _address(holding: Holding) -> Iterator[str]:
    row, first = holding.address, ";PREF=1" if holding.primary else ""
    if row.kind == "email":
        yield f"EMAIL{first}:{_escaped(row.value)}"
    elif row.kind == "phone":
        yield f"TEL;VALUE=text{first}:{_escaped(row.value)}"
    elif row.kind == "link":
        yield f"URL{first}:{''.join(row.value.split())}"
    else:
        yield f"X-CHAT{first}:{_escaped(row.value)}"


def _address_3(holding: Holding) -> Iterator[str]:
    """RFC 2426 sections 3.3 and 3.6.8: kinds and preference are types."""
    row, first = holding.address, ",PREF" if holding.primary else ""
    if row.kind == "email":
        yield f"EMAIL;TYPE=INTERNET{first}:{_escaped(row.value)}"
    elif row.kind == "phone":
        yield f"TEL;TYPE=VOICE{first}:{_escaped(row.value)}"
    elif row.kind == "link":
        yield f"URL:{''.join(row.value.split())}"
    else:
        yield f"X-CHAT:{_escaped(row.value)}"


def _escaped(text: str) -> str:
    """Section 3.4: backslash, comma, semicolon and line ends."""
    for sign, instead in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(sign, instead)
    return text


def _folded(line: str) -> str:
    """Section 3.2: no line longer than 75 octets; what follows begins with a space. Characters stay whole."""
    found, length = [], 0
    for sign in line:
        octets = len(sign.encode())
        if length + octets > 75:
            found.append("\r\n ")
            length = 1
        found.append(sign)
        length += octets
    return "".join(found)
