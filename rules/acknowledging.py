"""Whether a new request is acknowledged: a table of reasons not to; the first that holds is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.i18n import N_


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a new ticket and of its first message."""

    wanted: bool                 # the option desk.acknowledge
    channel: str = "mail"
    direction: str = "in"
    quiet: bool = False          # by a machine, or imported
    held: bool = False
    archive: bool = False
    state: str = "new"
    trust: str = "none"
    automatic: str = ""
    forwarded: bool = False      # an agent passed it on: its sender did not write to us
    address: str = ""            # where the acknowledgement would go
    bouncing: bool = False
    blocked: bool = False
    ours: bool = False           # the address is one of our own
    agent: bool = False          # or an agent's
    nobody: bool = False         # noreply@ and the like: nobody reads it


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no acknowledgement."""

    holds: Callable[[Clues], bool]
    why: str


REASONS = (
    Reason(lambda c: not c.wanted, N_("Acknowledgements are switched off.")),
    Reason(lambda c: c.channel != "mail" or c.direction != "in", N_("The ticket was not begun by a mail to us.")),
    Reason(lambda c: c.archive, N_("It was imported from an archive.")),
    Reason(lambda c: c.quiet or bool(c.automatic), N_("A machine wrote it.")),
    Reason(lambda c: c.forwarded, N_("An agent forwarded it: its sender has not written to us, and hears from the agent.")),
    Reason(lambda c: c.held, N_("It is held: nothing is answered before somebody decided who wrote.")),
    Reason(lambda c: c.state not in ("new", "open"), N_("It is closed, or spam.")),
    Reason(lambda c: c.trust == "fail", N_("The sender's address is forged.")),
    Reason(lambda c: not c.address, N_("It names no address to answer to.")),
    Reason(lambda c: c.ours, N_("It came from an address of ours.")),
    Reason(lambda c: c.agent, N_("An agent wrote it.")),
    Reason(lambda c: c.nobody, N_("Nobody reads mail to that address.")),
    Reason(lambda c: c.blocked, N_("The address is blocked.")),
    Reason(lambda c: c.bouncing, N_("Mail to that address comes back.")),
)


def why_not(clues: Clues) -> str:
    """The first reason not to acknowledge, as a message for gettext; empty where there is none."""
    return next((reason.why for reason in REASONS if reason.holds(clues)), "")
