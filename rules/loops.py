"""The loop breaker: a budget of automatic mails for each correspondent and ticket, whatever the headers say.

Two robots that hide what they are would answer each other for ever (freescout issue 4806: 5 000 mails). Headers
are read elsewhere (:mod:`rules.automatic`); here only what was sent is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.i18n import N_

WINDOW = timedelta(hours=3)
AGENTS_SHARE = 10            # agents are told of many tickets: their whole budget is this many times a customer's


@dataclass(frozen=True, slots=True)
class Spent:
    """Automatic mails to one correspondent: when. And on the ticket at hand: those to this agent, else those to all
    customers together, for a loop may change its address. ``limit`` is the option."""

    to_correspondent: Sequence[datetime]
    on_ticket: Sequence[datetime]
    limit: int
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """One way in which the budget is used up; ``why`` is a message for gettext with ``%(limit)s``."""

    holds: Callable[[Spent, datetime], bool]
    scope: str
    why: str


def ticket_is_used_up(spent: Spent, at: datetime) -> bool:
    """As many automatic mails went out on this one ticket."""
    return recent(spent.on_ticket, at) >= spent.limit


def correspondent_is_used_up(spent: Spent, at: datetime) -> bool:
    """As many went to this correspondent on all tickets together."""
    return recent(spent.to_correspondent, at) >= spent.limit * (AGENTS_SHARE if spent.agent else 1)


BREAKERS = (
    Breaker(ticket_is_used_up, "ticket",
            N_("Automatic mail is held back: %(limit)s went out on this ticket within three hours, which looks like "
               "a loop.")),
    Breaker(correspondent_is_used_up, "correspondent",
            N_("Automatic mail is held back: %(limit)s went to this correspondent within three hours, which looks "
               "like a loop.")),
)


def judge(spent: Spent, at: datetime) -> Breaker | None:
    """The breaker that opens instead of one more automatic mail; None while there is budget left."""
    return next((breaker for breaker in BREAKERS if breaker.holds(spent, at)), None)


def recent(moments: Sequence[datetime], at: datetime) -> int:
    """How many of these lie within the window; what is older has been earned back."""
    return sum(at - moment < WINDOW for moment in moments)
