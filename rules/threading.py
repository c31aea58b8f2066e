"""Which ticket a mail belongs to: the strongest sign first, and the weakest only for those who take part."""

from __future__ import annotations

import re
from dataclasses import dataclass

ORDER = ("reply_address", "in_reply_to", "references", "subject")
_TOKEN = re.compile(r"\[#(\d{1,9})\]")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that a mail belongs to a ticket: how it was found, and whether the sender takes part there."""

    how: str
    ticket_id: int
    participant: bool = False


def choose(signs: list[Sign], *, trust: str) -> Sign | None:
    """The sign that counts. A token in the subject counts for a participant alone, and never on trust *fail*."""
    usable = [s for s in signs if s.how != "subject" or (s.participant and trust != "fail")]
    return min(usable, key=lambda s: ORDER.index(s.how), default=None)


def tokens(subject: str) -> list[int]:
    """Ticket numbers in a subject, ``Re: [#4821] Login``, at most five; no ticket has more than nine digits."""
    return [int(n) for n in _TOKEN.findall(subject)[:5]]


def token(number: int) -> str:
    """What we put into the subject of a ticket's mail."""
    return f"[#{number}]"


def bare(subject: str) -> str:
    """The subject without tokens and without ``Re:``, ``Sv:``, ``Vs:``, ``Fwd:`` in front."""
    return _PREFIX.sub("", _TOKEN.sub("", subject)).strip()


_PREFIX = re.compile(r"^(?:\s*(?:re|sv|vs|svar|aw|antw|fw|fwd|vb|vl|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
