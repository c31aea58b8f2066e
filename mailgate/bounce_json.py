"""What Amazon SES tells about a mail that it could not deliver: a mail whose text is JSON (SNS by e-mail)."""

from __future__ import annotations

import json
from typing import Any

from desk.letter import Bounce, Failure

MOST = 100
LARGEST = 200_000


def read(text: str, sender: str) -> Bounce | None:
    """The bounce that this text tells of, or None where it is none, or not from Amazon."""
    if not sender.endswith("amazonaws.com") or not text.lstrip().startswith("{") or len(text) > LARGEST:
        return None
    try:                                                 # relays break its long line; below it stands how to unsubscribe
        told, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        told = json.loads(told["Message"]) if isinstance(told.get("Message"), str) else told
        return _bounce(told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _bounce(told: dict[str, Any]) -> Bounce | None:
    if "Bounce" not in (told.get("notificationType"), told.get("eventType")):
        return None
    bounce = told["bounce"]
    final = bounce.get("bounceType") == "Permanent"
    failures = tuple(_failure(one, final=final) for one in bounce["bouncedRecipients"][:MOST] if "@" in str(one.get("emailAddress", "")))
    original = told.get("mail", {}).get("commonHeaders", {}).get("messageId", "")
    return Bounce(failures, (str(original).strip("<> "),) if original else ())


def _failure(one: dict[str, Any], *, final: bool) -> Failure:
    status = str(one.get("status", "") or ("5.0.0" if final else "4.0.0"))
    return Failure(str(one["emailAddress"]).strip(" <>"), status[:20], final and not status.startswith("4"), str(one.get("diagnosticCode", ""))[:500])
