"""Who may want a copy of an answer: the assistant of whoever it goes to, the deputy of whoever is on leave. Proposed, never added."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.covering import Helper, helpers
from desk.tickets.recipients import Recipient

#: Helpers are looked for of so many recipients.
MOST = 20


def copies(db: Session, to: Sequence[Recipient], cc: Sequence[Recipient]) -> list[Helper]:
    """The helpers of those who are written to, who are not written to themselves; each once."""
    written = {normalise_email(one.address) for one in (*to, *cc)}
    found: dict[str, Helper] = {}
    for helper in helpers(db, {normalise_email(one.address) for one in to[:MOST]}):
        if normalise_email(helper.address) not in written:
            found.setdefault(helper.address, helper)
    return list(found.values())


def add_copy(db: Session, to: Sequence[Recipient], cc: Sequence[Recipient], address: str) -> list[Recipient]:
    """An agent chose it: those in copy, and this helper. An address that was not proposed is not added."""
    return [*cc, *(Recipient(one.address, one.name) for one in copies(db, to, cc) if one.address == address)]
