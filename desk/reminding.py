"""The bell that rings once when an activity is due: for its owner, and for the colleagues who take part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, selectinload

from contacts.activity import Activity, ActivityParticipant
from contacts.agent import Agent
from core.clock import now
from desk.tickets.message import Notification

MOST = 200


def remind(db: Session, *, at: datetime | None = None, most: int = MOST) -> int:
    """Ring for what is due; return how many activities were. Run every minute, twice equals once.

    The activity's version stays: nobody edited it, and a form that is open keeps what it was filled from.
    """
    at = at or now()
    due = db.scalars(select(Activity).where(Activity.remind_at <= at).order_by(Activity.remind_at).limit(most).with_for_update(
        skip_locked=True, of=Activity).options(selectinload(Activity.participants).joinedload(ActivityParticipant.agent))).all()
    if not due:
        return 0
    db.execute(update(Activity.__table__).where(Activity.__table__.c.id.in_([one.id for one in due])).values(remind_at=None))  # type: ignore[arg-type]
    told = [{"agent_id": agent.id, "subject_uid": one.uid, "event": "due", "at": at}
            for one in due for agent in dict.fromkeys(_hearers(one)) if agent.active]
    if told:
        db.execute(insert(Notification), told)
    return len(due)


def waits(db: Session, agent: Agent, activity: Activity) -> bool:
    """Whether the bell has told the agent of it, and they have not read that."""
    return db.scalar(select(Notification.id).where(Notification.agent_id == agent.id, Notification.subject_uid == activity.uid,
                                                   Notification.read_at.is_(None)).limit(1)) is not None


def heard(db: Session, agent: Agent, activity: Activity) -> None:
    """The agent has it before them: what the bell told of it is read."""
    db.execute(update(Notification).where(Notification.agent_id == agent.id, Notification.subject_uid == activity.uid,
                                          Notification.read_at.is_(None)).values(read_at=now()))


def _hearers(activity: Activity) -> list[Agent]:
    return [*([activity.owner] if activity.owner else []), *activity.agents]
