"""Whether a mail that passes another on is filed as from who wrote that other: an agent's word for it is enough.

Only an agent is believed, and no more than a mail of theirs is: where authentication fails, nobody passes
anything on, and where it proves nothing, what is written above the mail is nobody's word.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clues:
    """``agent``: it came from an address of an agent. ``named``: whom the mail inside names as its sender: somebody,
    own (an address of ours) or empty (none with an address)."""

    agent: bool
    trust: str = "none"
    named: str = "somebody"


def judge(c: Clues) -> str:
    """*original*: its sender is who wrote the mail inside. *lost*: that cannot be told. Empty: it passes nothing on."""
    if not c.agent or c.trust == "fail":
        return ""
    return "original" if c.named == "somebody" else "lost"
