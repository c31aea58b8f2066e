"""Who reads which ticket just now, and who is writing on it: forgotten after a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session, lazyload, load_only

from contacts.agent import Agent, RecentlySeen
from core.alphabet import in_order
from core.clock import now

READING = timedelta(seconds=60)
WRITING = timedelta(seconds=20)
#: A page that is looked at says so every few seconds; it is written down only this often.
OFTEN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Reader:
    """A colleague at a ticket."""

    agent: Agent
    writing: bool


def readers(db: Session, ticket_id: int, *, beside: Agent, at: datetime | None = None) -> list[Reader]:
    """The colleagues at this ticket, those who write first."""
    at = at or now()
    found = db.execute(select(Agent, RecentlySeen.writing_at).join(RecentlySeen, RecentlySeen.agent_id == Agent.id).where(
        RecentlySeen.ticket_id == ticket_id, RecentlySeen.at > at - READING, Agent.id != beside.id)
        .options(lazyload(Agent.addresses), load_only(Agent.uid, Agent.name)))
    return sorted((Reader(agent, _writes(writing, at)) for agent, writing in in_order(found, lambda row: row[0].name)), key=lambda r: not r.writing)


def writers(db: Session, ticket_ids: Sequence[int], *, beside: Agent, at: datetime | None = None) -> dict[int, str]:
    """Ticket → the name of a colleague who is writing on it."""
    at = at or now()
    found = db.execute(select(RecentlySeen.ticket_id, Agent.name).join(Agent, RecentlySeen.agent_id == Agent.id).where(
        RecentlySeen.ticket_id.in_(ticket_ids), RecentlySeen.writing_at > at - WRITING, Agent.id != beside.id))
    return dict(found.all())


def is_news(db: Session, ticket_id: int, agent: Agent, *, at: datetime | None = None) -> bool:
    """Whether it is worth a transaction to write down that the agent is (still) here."""
    last = db.scalar(select(RecentlySeen.at).where(
        RecentlySeen.agent_id == agent.id, RecentlySeen.ticket_id == ticket_id))
    return last is None or last < (at or now()) - OFTEN


def seen(db: Session, ticket_id: int, agent: Agent, *, writing: bool = False, at: datetime | None = None) -> None:
    """The agent is at this ticket, and perhaps writing; who was anywhere an hour ago is forgotten."""
    at = at or now()
    values = {"at": at, "writing_at": at} if writing else {"at": at}
    db.execute(delete(RecentlySeen).where(RecentlySeen.agent_id == agent.id, RecentlySeen.at < at - timedelta(hours=1)))
    db.connection().execute(_SEEN[db.get_bind().dialect.name].values(agent_id=agent.id, ticket_id=ticket_id, **values)
                            .on_conflict_do_update(index_elements=["agent_id", "ticket_id"], set_=values))


def stopped_writing(db: Session, ticket_id: int, agent: Agent) -> None:
    """What was written has been sent or thrown away."""
    db.execute(update(RecentlySeen).where(
        RecentlySeen.agent_id == agent.id, RecentlySeen.ticket_id == ticket_id).values(writing_at=None))


_SEEN: dict[str, Any] = {"sqlite": insert_sqlite(RecentlySeen), "postgresql": insert_postgresql(RecentlySeen)}


def _writes(writing: datetime | None, at: datetime) -> bool:
    return writing is not None and writing > at - WRITING
