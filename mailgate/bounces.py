"""Delivery reports read: who was not reached, why, for good or for now, and which mail of ours it was.

First the machine-readable part (RFC 3464, RFC 6522), field by field and forgiving; what it does not tell comes
from the prose (``bounce_prose``), as many servers write nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from desk.letter import Bounce, Failure
from mailgate import bounce_json, headers
from mailgate.addresses import bare_addresses
from mailgate.bodies import content
from mailgate.bounce_prose import Report
from mailgate.charsets import decode
from mailgate.parts import Part, Rescue

MOST_FAILURES = 100
LARGEST = 400_000
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
RETURNED_TYPES = (
    "message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global",
    "message/global-headers", "message/partial",
)
NO_BOUNCES = ("message/feedback-report", "message/disposition-notification")
RECIPIENT_FIELDS = frozenset({"original-recipient", "final-recipient", "x-actual-recipient"})
FAILING = ("failed", "failure", "fail", "delayed", "delay", "deferred", "undeliverable", "expired", "error", "")
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
MESSAGE_ID = re.compile(r"(?im)^[>\s|]{0,4}message-id[ \t]*:\s{0,4}(<[^<>\n]{3,300}>)")


def read(root: Part, told: Report) -> Bounce | None:
    """What this mail reports; None when it reports nothing of the kind.

    Reports of success (``delivered``, ``relayed``, ``expanded``), receipts and complaints are no bounces, nor
    are reports that a person passes on.
    """
    leaves = list(_leaves(root))
    if any(part.type in NO_BOUNCES for part in leaves):
        return None
    reports = [part for part in leaves if part.type in STATUS_TYPES]
    failures = list(islice(_named([_text_of(part) for part in reports], told), MOST_FAILURES))
    if reports and (not told.by_a_robot or (not failures and _only_success(reports))):
        return None
    if (from_amazon := bounce_json.read(told.text, told.sender)) is not None:
        return from_amazon
    returned = [_text_of(part) for part in leaves if part.type in RETURNED_TYPES]
    if not failures:
        if not (reports or told.is_bounce(bool(returned))):
            return None
        failures = list(islice(_named([told.text], told), MOST_FAILURES)) or told.failures(returned)
    return Bounce(tuple(failures[:MOST_FAILURES]), _original_ids(returned or [told.returned]))


def _leaves(part: Part) -> Iterator[Part]:
    if not part.children:
        yield part
    for child in part.children:
        yield from _leaves(child)


def _text_of(part: Part) -> str:
    inside = content(part, Rescue())[:LARGEST]
    return decode(inside, part.named.get("charset")).replace("\r\n", "\n").replace("\r", "\n")


def _named(reports: list[str], told: Report) -> Iterator[Failure]:
    """One failure for each recipient that was not reached (RFC 3464 section 2.3)."""
    seen: set[str] = set()
    for fields in (fields for report in reports for fields in _recipients(report)):
        action = re.split(r"[\s;(]", fields.get("action", "").lower())[0]
        address = _address(fields)
        if action not in FAILING or not address or address.lower() in seen:
            continue
        seen.add(address.lower())
        status = _status(fields) or told.status_for(address)
        yield Failure(address, status, _hard(status, action), _diagnostic(fields))


def _recipients(report: str) -> Iterator[dict[str, str]]:
    """The per-recipient groups: the message's own fields, and groups without a recipient, are left out."""
    report = re.sub(r"\n[ \t]+(?=\S)", " ", report)
    group: dict[str, str] = {}
    for line in [*report.split("\n"), ""]:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        begins_next = name in ("final-recipient", "original-recipient") and name in group
        if (not line.strip() or begins_next) and not RECIPIENT_FIELDS.isdisjoint(group):
            yield group
            group = {}
        if colon and re.fullmatch(r"[\w-]+", name):
            group.setdefault(name, value.strip())


def _address(fields: dict[str, str]) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = re.sub(r"^[\w.-]+\s*;", "", fields.get(name, ""))
        found = bare_addresses([headers.decode_words(value)])
        if found and not found[0].lower().startswith("mailer-daemon@"):
            return found[0]
    return ""


def _status(fields: dict[str, str]) -> str:
    """The Status field, or a more telling one in the diagnostic (``5.0.0`` and ``5.5.0`` say little)."""
    status = STATUS.search(fields.get("status", ""))
    remote = STATUS.search(fields.get("diagnostic-code", ""))
    if status and remote and status[1].endswith(".0.0") and remote[1][0] == status[1][0]:
        return remote[1]
    if status or remote:
        return (status or remote)[1]  # type: ignore[index]
    code = re.search(r"(?<!\d)([45])\d\d(?!\d)", fields.get("diagnostic-code", ""))
    return f"{code[1]}.0.0" if code else ""


def _hard(status: str, action: str) -> bool:
    return not status.startswith("4") and action not in ("delayed", "delay", "deferred")


def _diagnostic(fields: dict[str, str]) -> str:
    return headers.tidy(re.sub(r"^\s*[\w-]+\s*;\s*", "", fields.get("diagnostic-code", "")))[:500]


def _only_success(reports: list[Part]) -> bool:
    actions = re.findall(r"(?im)^action[ \t]*:[ \t]*(\w+)", "\n".join(_text_of(part) for part in reports))
    return bool(actions) and all(action.lower() in (
        "delivered", "deliverable", "relayed", "expanded",
    ) for action in actions)


def _original_ids(returned: list[str]) -> tuple[str, ...]:
    found = [one for text in returned for one in MESSAGE_ID.findall(text[:LARGEST])]
    return tuple(headers.message_ids(found)[:20])
