"""The bell for those who subscribe to a person or a company: whenever something about it is changed (W29)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.favourite import AtHand
from core.clock import now
from core.history import FactRow, FactSubject
from desk.tickets.message import Notification

#: How far back each look goes: on PostgreSQL a fact may become visible after later ones. Nothing is told twice.
WINDOW = timedelta(minutes=15)
#: What is said of tickets has its own bells.
OTHERS = ("ticket.%", "message.%", "reply.%")


def tell(db: Session) -> int:
    """Ring for what was changed since; return how often. Nobody is told of what they did themselves."""
    first = db.scalar(select(func.min(FactRow.id)).where(FactRow.at >= now() - WINDOW))
    if first is None:
        return 0
    told = exists().where(Notification.agent_id == AtHand.agent_id, Notification.fact_id == FactRow.id)
    rows = db.execute(select(AtHand.agent_id, AtHand.subject_uid, FactRow.id, FactRow.at).join(
        FactSubject, FactSubject.subject_uid == AtHand.subject_uid).join(FactRow, FactRow.id == FactSubject.fact_id).join(
        Agent, Agent.id == AtHand.agent_id).where(
        AtHand.subscribed, FactSubject.fact_id >= first, FactRow.at >= now() - WINDOW, or_(AtHand.subscribed_at.is_(None), FactRow.at >= AtHand.subscribed_at), Agent.active,
        *(FactRow.kind.not_like(kind) for kind in OTHERS), or_(FactRow.by_uid.is_(None), FactRow.by_uid != Agent.uid), ~told).order_by(
        FactRow.id)).all()
    once = {(agent, fact): {"agent_id": agent, "subject_uid": uid, "fact_id": fact, "event": "changed", "at": at} for agent, uid, fact, at in rows}
    if once:
        db.execute(insert(Notification), list(once.values()))
    return len(once)


def seen(db: Session, agent_id: int, uid: str) -> None:
    """The agent has the card before them: what the bell told of it is read."""
    db.execute(update(Notification).where(Notification.agent_id == agent_id, Notification.subject_uid == uid,
                                          Notification.event == "changed", Notification.read_at.is_(None)).values(read_at=now()))
