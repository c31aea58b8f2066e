"""Agents who are away, and who stands in for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import AgentChanged
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_

#: So many deputies in a row are asked; then nobody is.
LONGEST_CHAIN = 4


def is_away(agent: Agent, at: datetime | None = None) -> bool:
    """Whether this day, where the agent is, lies in their absence."""
    if agent.away_from is None or agent.away_until is None:
        return False
    return agent.away_from <= (at or now()).astimezone(ZoneInfo(agent.timezone)).date() <= agent.away_until


def who_serves(
    db: Session, agent: Agent, may: Callable[[Agent], bool], *, at: datetime | None = None,
) -> tuple[Agent | None, list[Agent]]:
    """Who takes what is this agent's: they themselves, else the first deputy who is there and ``may`` have it; and those
    who were passed over, in order. None where the chain ends, or leads in a circle."""
    passed: list[Agent] = []
    for one in _chain(db, agent):
        if one.active and not is_away(one, at) and may(one):
            return one, passed
        passed.append(one)
    return None, passed


def set_absence(
    db: Session, agent: Agent, *, begin: date | None, end: date | None, deputy: Agent | None, by: Agent,
    version: int | None = None,
) -> None:
    """An agent is away from one day to another, both included, and has a deputy; without days they are here.

    Raises Conflict when somebody was faster, Refused for days in the wrong order and for a deputy who cannot be one.
    """
    if version is not None and agent.version != version:
        raise Conflict(N_("Somebody else has changed this agent in the meantime. Look at it again, then repeat your change."))
    errors = _wrong_days(begin, end)
    if deputy is not None and (wrong := _wrong_deputy(db, agent, deputy, begin, end)):
        errors["deputy"] = wrong
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    wanted = (begin, end, deputy.id if deputy else None)
    if wanted == (agent.away_from, agent.away_until, agent.deputy_id):
        return
    agent.away_from, agent.away_until, agent.deputy_id = wanted
    agent.version += 1
    record(db, AgentChanged(agent.uid, "absence"), by=by.uid)
    db.flush()


def _wrong_days(begin: date | None, end: date | None) -> dict[str, str]:
    if (begin is None) != (end is None):
        missing = "away_from" if begin is None else "away_until"
        return {missing: N_("Give the first and the last day, or neither.")}
    if begin is not None and end is not None and end < begin:
        return {"away_until": N_("The last day is before the first.")}
    return {}


def _wrong_deputy(db: Session, agent: Agent, deputy: Agent, begin: date | None, end: date | None) -> str:
    if deputy.id == agent.id:
        return N_("Nobody stands in for themselves.")
    if not deputy.active:
        return N_("This agent has left. Choose somebody else.")
    if begin is not None and end is not None and _leads_back(db, agent, deputy, begin, end):
        return N_("The two would stand in for each other. Choose somebody else.")
    return ""


def _leads_back(db: Session, agent: Agent, deputy: Agent, begin: date, end: date) -> bool:
    """Whether on one of these days all deputies in a row are away, the agent the last of them. Two who are away by turns may
    stand in for each other."""
    for one in _chain(db, deputy):
        if one.id == agent.id:
            return True
        if one.away_from is None or one.away_until is None:
            return False
        begin, end = max(begin, one.away_from), min(end, one.away_until)
        if end < begin:
            return False
    return False


def _chain(db: Session, agent: Agent | None) -> Iterator[Agent]:
    """The agent and their deputies, each once."""
    seen: set[int] = set()
    while agent is not None and agent.id not in seen and len(seen) <= LONGEST_CHAIN:
        seen.add(agent.id)
        yield agent
        agent = db.get(Agent, agent.deputy_id) if agent.deputy_id is not None else None
