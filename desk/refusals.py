"""What a relay's refusal says about an address: one that does not exist is marked, at once and without a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, normalise_email
from contacts.facts import AddressHealth
from core.history import record

#: Enhanced codes that speak of the address itself, not of us, the mail or the weather (RFC 3463 section 3.2, RFC 7505).
NOBODY_THERE = re.compile(r"\b5\.1\.(?:0|1|2|3|6|10)\b|\b5\.2\.1\b")


def mark_refused(db: Session, refused: Mapping[str, str], at: datetime) -> None:
    """Mark the addresses that the relay says do not exist; ``refused`` maps an address to the relay's answer."""
    for address, answer in refused.items():
        row = db.scalar(select(Address).where(
            Address.kind == "email", Address.normalised == normalise_email(address))) if _nobody(answer) else None
        if row is not None and row.health != "bouncing":
            row.health, row.health_at = "bouncing", at
            record(db, AddressHealth(row.uid, "bouncing"), at=at)


def _nobody(answer: str) -> bool:
    return NOBODY_THERE.search(answer) is not None
