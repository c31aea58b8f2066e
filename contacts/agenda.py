"""Lists of activities: what is to be done in the order of its time, then what is over; and what lies between two days."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from contacts.activity import OPEN, STATES, Activity, ActivityParticipant
from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Person
from core.counting import MOST, upto
from core.database import LARGEST_ID
from core.errors import Refused

#: A whole day is over when noon UTC of it is twelve hours past.
HALF_A_DAY = timedelta(hours=12)
#: Shown of a month at most; the longest activity that is looked for before its first day.
MONTH, LONGEST = 1000, timedelta(days=31)
LOADED = (joinedload(Activity.owner).lazyload(Agent.addresses), joinedload(Activity.company),
          selectinload(Activity.participants).options(joinedload(ActivityParticipant.person),
                                                      joinedload(ActivityParticipant.agent).lazyload(Agent.addresses)))
_BRIEF = (joinedload(Activity.owner).lazyload(Agent.addresses), lazyload(Activity.participants))


@dataclass(frozen=True, slots=True)
class Agenda:
    """One page of activities, and the cursor of what follows."""

    rows: Sequence[Activity]
    next: str | None


def of_person(person: Person) -> ColumnElement[bool]:
    """Those that the person takes part in."""
    return Activity.id.in_(select(ActivityParticipant.activity_id).where(ActivityParticipant.person_id == person.id))


def of_company(company: Company) -> ColumnElement[bool]:
    """Those with the company."""
    return Activity.company_id == company.id


def of_agent(agent: Agent) -> ColumnElement[bool]:
    """Those that the agent owns or takes part in."""
    return or_(Activity.owner_id == agent.id, Activity.id.in_(
        select(ActivityParticipant.activity_id).where(ActivityParticipant.agent_id == agent.id)))


def overdue(at: datetime) -> ColumnElement[bool]:
    """Those that should be done by this moment and are not."""
    passed = or_(and_(Activity.whole_day, Activity.at < at - HALF_A_DAY),
                 and_(~Activity.whole_day.expression, func.coalesce(Activity.ends_at, Activity.at) < at))
    return and_(Activity.done_at.is_(None), Activity.at < at, passed)


def is_overdue(activity: Activity, at: datetime) -> bool:
    """The same of one that is at hand."""
    if activity.at is None or activity.done_at is not None:
        return False
    return (activity.at + HALF_A_DAY if activity.whole_day else activity.ends_at or activity.at) < at


def agenda(
    db: Session, *whose: ColumnElement[bool], kinds: Collection[str] = (), states: Collection[str] = (), cursor: str = "", limit: int = 50,
    brief: bool = False,
) -> Agenda:
    """A page of them, overdue first: open ones by their time, those without a time, then what is over, the latest first.

    ``kinds`` and ``states`` narrow it to several at once; ``brief`` leaves out who takes part.
    """
    fits = [Activity.binned_at.is_(None), *whose]
    if kinds:
        fits.append(Activity.kind.in_(kinds))
    if 0 < len(states) < len(STATES):
        fits.append(Activity.state.in_(states))
    first, last = _read(cursor)
    rows: list[Activity] = []
    for segment in _segments(states, first):
        ids = select(Activity.id).where(*fits, *_segment(segment, last if segment == first else None)).order_by(
            *_ORDER[segment]).limit(limit + 1 - len(rows)).correlate(None)          # what is sorted is small
        rows += db.scalars(select(Activity).where(Activity.id.in_(ids)).order_by(*_ORDER[segment]).options(
            *(_BRIEF if brief else LOADED))).all()
        if len(rows) > limit:
            return Agenda(rows[:limit], _write(rows[limit - 1]))
    return Agenda(rows, None)


def between(db: Session, begin: datetime, end: datetime, *whose: ColumnElement[bool]) -> Sequence[Activity]:
    """What takes place or is due between two moments, in the order of time, without what was called off."""
    return db.scalars(select(Activity).where(
        Activity.binned_at.is_(None), Activity.state != "cancelled", *whose, Activity.at >= begin - LONGEST, Activity.at < end,
        func.coalesce(Activity.ends_at, Activity.at) >= begin).order_by(Activity.at, Activity.id).limit(MONTH).options(*_BRIEF)).all()


def those(*fits: ColumnElement[bool]) -> Select[int]:
    """A question: the ids of those that fit."""
    return select(Activity.id).where(Activity.binned_at.is_(None), *fits)


def count(db: Session, *fits: ColumnElement[bool], most: int = MOST) -> int:
    """How many there are, counted to ``most``."""
    return db.scalar(select(upto(those(*fits), most))) or 0


TIMED, UNTIMED, OVER = range(3)
_ORDER = {TIMED: (Activity.at, Activity.id), UNTIMED: (Activity.id.desc(),), OVER: (Activity.done_at.desc(), Activity.id.desc())}


def _segments(states: Collection[str], first: int) -> Iterator[int]:
    for segment in (TIMED, UNTIMED, OVER):
        wanted = not states or any((state in OPEN) == (segment != OVER) for state in states)
        if segment >= first and wanted:
            yield segment


def _segment(segment: int, last: tuple[datetime | None, int] | None) -> list[ColumnElement[bool]]:
    """What lies in a segment, behind the last one that was shown."""
    if segment == TIMED:
        return [Activity.done_at.is_(None), Activity.at.is_not(None),
                *([tuple_(Activity.at, Activity.id) > last] if last else [])]
    if segment == UNTIMED:
        return [Activity.done_at.is_(None), Activity.at.is_(None), *([Activity.id < last[1]] if last else [])]
    return [Activity.done_at.is_not(None), *([tuple_(Activity.done_at, Activity.id) < last] if last else [])]


def _write(last: Activity) -> str:
    segment = OVER if last.done_at else UNTIMED if last.at is None else TIMED
    at = (last.done_at or last.at)
    return base64.urlsafe_b64encode(json.dumps([segment, at.isoformat() if at else None, last.id]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, tuple[datetime | None, int] | None]:
    if not cursor:
        return TIMED, None
    try:
        segment, at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at) if at else None
        if segment not in _ORDER or type(row_id) is not int or not 0 < row_id <= LARGEST_ID or (moment is None) != (segment == UNTIMED) or (
                moment is not None and moment.tzinfo is None):
            raise ValueError(cursor)
    except (ValueError, TypeError) as error:
        raise Refused("This page of the list is not there any more. Start from the top.") from error
    return segment, (moment, row_id)
