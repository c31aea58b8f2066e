"""Evidence that leads to tickets which an agent does not see: for them it is not there, and proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.resembling import THRESHOLD, score
from desk.access import seen_tickets
from desk.tickets.ticket import Ticket

Candidate = dict[str, Any]


def unseen(db: Session, agent: Agent, candidates: Iterable[Candidate]) -> set[int]:
    """The numbers of tickets that the evidence for these names and the agent does not see: one question."""
    named = {number for one in candidates for clue in one["evidence"] if (number := _ticket(clue)) is not None}
    if not named:
        return set()
    return named - set(db.scalars(select(Ticket.id).where(Ticket.id.in_(named), *seen_tickets(db, agent))))


def as_seen(candidates: Sequence[Candidate], hidden: set[int]) -> list[Candidate]:
    """The candidates without what speaks of hidden tickets; whom little else speaks for is no candidate."""
    if not hidden:
        return list(candidates)
    return [found for one in candidates if (found := _without(one, hidden)) is not None]


def _without(one: Candidate, hidden: set[int]) -> Candidate | None:
    clues = [clue for clue in one["evidence"] if _ticket(clue) not in hidden]
    if len(clues) == len(one["evidence"]):
        return one
    points = sum(clue["points"] for clue in clues)
    return {**one, "evidence": clues, "score": score(points)} if points >= THRESHOLD else None


def _ticket(clue: dict[str, Any]) -> int | None:
    """The ticket that a clue leads to."""
    if clue.get("clue") != "thread":
        return None
    number = ((clue.get("sentence") or {}).get("with") or {}).get("number")
    return number if isinstance(number, int) else None
