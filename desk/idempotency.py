"""A repeated request gets the first answer: what was answered under which ``Idempotency-Key``, kept for a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Mapped, Session

from contacts.agent import Agent
from core.clock import now
from core.database import Base, personal, plain
from core.errors import Refused
from core.i18n import N_
from core.tokens import digest

KEPT = timedelta(days=1)


class IdempotentAnswer(Base):
    """What one agent was answered under a key; key and request only as keyed digests. Status 0: not answered yet."""

    __tablename__ = "idempotent_answers"
    id: Mapped[int] = plain(primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"))
    key: Mapped[str] = plain(String(32), kept="session")
    request: Mapped[str] = plain(String(32), kept="session")
    status: Mapped[int] = plain(default=0, kept="session")
    body: Mapped[str] = personal(Text, default="", kept="session", erase="delete_row", report=False)
    at: Mapped[datetime] = plain(default=now, kept="session", index=True)
    __table_args__ = (UniqueConstraint("agent_id", "key"),)


def begin(db: Session, agent: Agent, key: str, request: bytes) -> IdempotentAnswer | None:
    """Take a key for this request; the first answer where it was taken before.

    A second request under the same key waits until the first is committed. Raises Refused where the key was
    taken for another request.
    """
    asked = {"agent_id": agent.id, "key": digest("idempotency-key", key), "request": digest("idempotent-request", request)}
    known = select(IdempotentAnswer).where(
        IdempotentAnswer.agent_id == agent.id, IdempotentAnswer.key == asked["key"])
    db.execute(delete(IdempotentAnswer).where(
        IdempotentAnswer.agent_id == agent.id, IdempotentAnswer.key == asked["key"], IdempotentAnswer.at < now() - KEPT))
    if db.connection().execute(_TAKE[db.get_bind().dialect.name], asked).scalar() is not None:
        return None
    answer = db.scalars(known).one()
    if answer.request != asked["request"]:
        raise Refused(N_("This Idempotency-Key was used for another request. Use a new key for each new request."))
    return answer


def keep(db: Session, agent: Agent, key: str, status: int, body: str) -> None:
    """Keep the answer given under a key, in the transaction of what it tells of."""
    db.execute(update(IdempotentAnswer).where(
        IdempotentAnswer.agent_id == agent.id, IdempotentAnswer.key == digest("idempotency-key", key),
    ).values(status=status, body=body))


def forget_old(db: Session) -> None:
    """Forget what was answered more than a day ago."""
    db.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at < now() - KEPT))


_TAKE: dict[str, Any] = {
    name: made(IdempotentAnswer).on_conflict_do_nothing(index_elements=["agent_id", "key"]).returning(IdempotentAnswer.id)
    for name, made in (("sqlite", insert_sqlite), ("postgresql", insert_postgresql))}
