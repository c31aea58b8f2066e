"""Signatures of what comes in (DKIM, RFC 6376): whether one of the sender's own domain holds.

Others are not looked at, for they prove nothing about the sender. What dkimpy would take long for is put into another
form first, or refused: the mail and the key are a stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from core.i18n import N_
from mailgate.dns import Asking, Away
from rules.checked import Finding

SIGNED = re.compile(rb"^dkim-signature[ \t]*:", re.IGNORECASE | re.MULTILINE)
EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
BLANKS = re.compile(rb"\s{100}")
END = b"\r\n\r\n"
MOST_SIGNATURES, MOST_FIELDS = 5, 50
MOST_HEAD, MOST_LINES = 256_000, 3000
LONGEST_FIELD = 20_000
#: Bytes of a record with a key of 4096 bits. With a larger one, or an exponent as long, a stranger would keep us busy for minutes.
MOST_KEY = 1000

UNSIGNED = N_("It bears no signature of %(domain)s (DKIM).")
VALID = N_("The signature of %(signer)s is valid (DKIM).")
INVALID = N_("The signature of %(signer)s is not valid: the mail was changed, or somebody else wrote it (DKIM).")
LATER = N_("The key of %(signer)s could not be fetched (DKIM).")


def is_signed(raw: bytes) -> bool:
    """Whether anybody signed this mail."""
    return SIGNED.search(_head(raw)) is not None


def verify(raw: bytes, address: str, domain: str, is_its_own: Callable[[str], bool], asking: Asking) -> Finding:
    """What the signatures prove about ``address``, at ``domain``; ``is_its_own`` tells whether a signer speaks for that.
    Never raises."""
    own = [(n, tags) for n, tags in enumerate(_signatures(raw)) if is_its_own(_text(tags.get(b"d", b"")))]
    found = Finding("none", UNSIGNED, {"domain": domain})
    for number, tags in own[:MOST_SIGNATURES]:
        found = _verdict(raw, address, number, tags, asking)
        if found.result == "pass":
            break
    return found


def _verdict(raw: bytes, address: str, number: int, tags: dict[bytes, bytes], asking: Asking) -> Finding:
    values = {"signer": _text(tags[b"d"])}
    try:
        holds = _is_strong(tags) and _covers_all(tags) and _names(raw, address) and _mail(raw, tags).verify(number, dnsfunc=partial(_key, asking))
    except Away:
        return Finding("later", LATER, values)
    except Exception:  # noqa: BLE001 - dkimpy stumbles over malformed keys and signatures in many ways: none of them holds
        holds = False
    return Finding("pass", VALID, values) if holds else Finding("fail", INVALID, values)


def _is_strong(tags: dict[bytes, bytes]) -> bool:
    """Whether the method still proves anything: SHA-1 does not (RFC 8301 section 3.1)."""
    return not tags.get(b"a", b"").strip().lower().endswith(b"-sha1")


def _covers_all(tags: dict[bytes, bytes]) -> bool:
    """Whether nobody could have put another sender or more text to what was signed."""
    return b"l" not in tags and b"from" in re.split(rb"\s*:\s*", tags.get(b"h", b"").strip().lower())


def _names(raw: bytes, address: str) -> bool:
    """Whether the one From that the signature is about is the one that we read."""
    values = [value for name, value in dkim.DKIM(_head(raw) + END).headers if name.lower() == b"from"]
    return len(values) == 1 and address.casefold() in re.sub(r"\s", "", values[0].decode("utf-8", "replace")).casefold()


def _mail(raw: bytes, tags: dict[bytes, bytes]) -> Any:
    """The mail as dkimpy wants it. Runs of blanks, for which it would take time by their square, are put together first
    where the signature says that they make no difference."""
    mail = dkim.DKIM(raw, minkey=1024)
    if tags.get(b"c", b"").partition(b"/")[2].strip() == b"relaxed":
        mail.body = re.sub(rb"[\t ]+", b" ", mail.body)
    return mail


def _key(asking: Asking, name: bytes, timeout: float = 0) -> bytes | None:
    """The key that a signature names; None where there is none that could be used."""
    return next((text for text in asking.texts(_text(name)) if b"p=" in text and len(text) <= MOST_KEY), None)


def _signatures(raw: bytes) -> list[dict[bytes, bytes]]:
    """The tags of each signature, in the order of the head; of one that cannot be read, none."""
    head = _head(raw)
    if not SIGNED.search(head) or len(head) > MOST_HEAD or head.count(b"\n") > MOST_LINES:
        return []
    try:
        fields = dkim.DKIM(head + END).headers
    except (dkim.DKIMException, IndexError):
        return []
    return [_tags(value) for name, value in fields if name.lower() == b"dkim-signature"][:MOST_FIELDS]


def _tags(value: bytes) -> dict[bytes, bytes]:
    """None of a field that only somebody up to mischief would write: dkimpy's patterns would take hours for it."""
    if len(value) > LONGEST_FIELD or BLANKS.search(value):
        return {}
    try:
        return dict(parse_tag_value(value))
    except InvalidTagValueList:
        return {}


def _head(raw: bytes) -> bytes:
    """Everything above the first empty line, as far as a head may reach."""
    found = EMPTY_LINE.search(raw, 0, MOST_HEAD + 2)
    return raw[:found.start()] if found else raw[:MOST_HEAD + 1]


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace").strip().lower()
