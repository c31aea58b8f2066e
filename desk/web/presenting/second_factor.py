"""What the profile shows of the second factor."""

from __future__ import annotations

from typing import Any

from flask import session, url_for

from contacts.agent import Agent
from core.tokens import unseal


def state(agent: Agent, *, starting: bool = False, codes: list[str] | None = None, error: str = "") -> dict[str, Any]:
    """On or off; while it is set up the secret and its picture; once the recovery codes."""
    shown: dict[str, Any] = {"on": bool(agent.totp), "since": "", "codes": codes, "error": error, "starting": starting}
    if starting:
        secret = unseal(session["totp"])
        shown |= {"secret": " ".join(secret[n:n + 4] for n in range(0, len(secret), 4)), "qr_url": url_for("totp.picture")}
    return shown
