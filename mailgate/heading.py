"""Writing the header lines of a mail: folded, in ASCII, and never more lines than meant.

Written here and not by the library's policies, because these fold long Message-IDs into encoded words and lose
the quotes of names (CPython issues 80222 and 121284; Python 3.11 and 3.12 of many distributions still do).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email.header import Header

import idna

Pair = tuple[str, str]       # display name (may be empty) and address

LONGEST_NAME = 120
MOST_REFERENCES = 900        # bytes; some relays refuse header fields above 4 096, others above 998
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]*", re.ASCII)


def words(name: str, value: str) -> str:
    """A line of prose (Subject): folded, non-ASCII as encoded words (RFC 2047)."""
    value = clean(value)
    plain = value.isascii() and "=?" not in value and max(map(len, value.split()), default=0) < 70
    return f"{name}: {_encoded(value, 'us-ascii' if plain else 'utf-8', name)}\r\n"


def people(name: str, pairs: Sequence[Pair]) -> str:
    """A line of addresses (From, To, Cc), one to a line; nothing where there are none."""
    return f"{name}: " + ",\r\n ".join(_person(*pair) for pair in pairs) + "\r\n" if pairs else ""


def uris(name: str, value: str) -> str:
    """A line of addresses in angle brackets (List-Unsubscribe), one to a line, never encoded (RFC 2369, RFC 8058)."""
    return f"{name}: " + ",\r\n ".join(_CONTROLS.sub("", one).strip() for one in value.split(", ")) + "\r\n"


def ids(name: str, message_ids: Iterable[str]) -> str:
    """A line of Message-IDs (In-Reply-To, References), one to a line; nothing where there are none."""
    written = [f"<{i}>" for i in message_ids]
    return f"{name}: " + "\r\n ".join(written) + "\r\n" if written else ""


def trimmed(message_ids: Iterable[str], most: int = MOST_REFERENCES) -> list[str]:
    """The first id and as many of the last as fit into ``most`` bytes, in order (RFC 5322 section 3.6.4).

    Ids that cannot be written into a header (spaces, brackets, non-ASCII, too long) are left out.
    """
    usable = list(dict.fromkeys(i for i in message_ids if usable_id(i)))
    if not usable:
        return []
    room = most - len(usable[0]) - 3
    last: list[str] = []
    for known in reversed(usable[1:]):
        room -= len(known) + 3
        if room < 0:
            break
        last.append(known)
    return [usable[0], *reversed(last)]


def usable_id(message_id: str) -> bool:
    """Whether a Message-ID of somebody else's may stand in a header of ours."""
    return bool(re.fullmatch(r"[!-;=?-~]{1,400}", message_id)) and "@" in message_id


def clean(value: str) -> str:
    """A value on one line: what would end the line becomes a space."""
    return _CONTROLS.sub(" ", value).strip()


def wire_address(address: str) -> str:
    """An address as it goes over the wire: the domain in ASCII (IDNA); the local part as it is."""
    local, _, domain = clean(address).rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def needs_utf8(address: str) -> bool:
    """Whether only SMTPUTF8 can carry this address (RFC 6531): its local part is not ASCII."""
    return not wire_address(address).isascii()


def _person(name: str, address: str) -> str:
    address = wire_address(address)
    name = clean(name)[:LONGEST_NAME]
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name, 'utf-8', 'Resent-Reply-To')} <{address}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{quoted} <{address}>"


def _encoded(value: str, charset: str, name: str) -> str:
    value = value.encode("utf-8", "replace").decode()
    return Header(value, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
