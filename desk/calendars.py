"""An agent's calendar for other programs: a secret address, renewed or taken back at will, that answers iCalendar (RFC 5545)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from icalendar import Calendar, Component, Event, Todo
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contacts.activity import Activity
from contacts.agenda import LOADED, of_agent
from contacts.agent import Agent
from contacts.facts import AgentChanged
from core.clock import now
from core.database import new_uid
from core.errors import Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.settings import settings
from core.tokens import sign

Kind = TypeVar("Kind", Event, Todo)
#: How far back a calendar goes, and how many it holds at most.
PAST, MOST = timedelta(days=365), 2000
#: Letters of the signature: 130 bits.
SIGNED = 26
STATUS = {"VEVENT": {"cancelled": "CANCELLED"}, "VTODO": {
    "open": "NEEDS-ACTION", "in_progress": "IN-PROCESS", "done": "COMPLETED", "cancelled": "CANCELLED"}}


def renew(db: Session, agent: Agent) -> None:
    """A new address; the one of before opens nothing any more."""
    agent.calendar_key = new_uid()
    record(db, AgentChanged(agent.uid, "calendar"), by=agent.uid)


def close(db: Session, agent: Agent) -> None:
    """No address opens it."""
    agent.calendar_key = None
    record(db, AgentChanged(agent.uid, "calendar"), by=agent.uid)


def signature(agent: Agent) -> str:
    """What the address ends in; empty while there is none."""
    return sign("calendar", f"{agent.uid}.{agent.calendar_key}", length=SIGNED) if agent.calendar_key else ""


def whose(db: Session, uid: str, signed: str) -> Agent:
    """The active agent whose calendar this address opens. Raises Unknown for any other."""
    agent = db.scalar(select(Agent).where(Agent.uid == uid, Agent.active, Agent.calendar_key.is_not(None)))
    if agent is None or not secrets.compare_digest(signature(agent).encode(), signed.encode("utf-8", "replace")):
        raise Unknown(N_("There is no such calendar."))
    return agent


def calendar(db: Session, agent: Agent) -> bytes:
    """What the agent owns or takes part in, of the last year and all that is to come: appointments and calls as events, tasks as to-dos."""
    found = db.scalars(select(Activity).where(
        of_agent(agent), Activity.binned_at.is_(None), or_(Activity.at >= now() - PAST, Activity.done_at.is_(None))).order_by(
        Activity.id.desc()).limit(MOST).options(*LOADED)).all()
    made = Calendar()
    for name, value in (("prodid", "-//Skranke//Skranke//EN"), ("version", "2.0"), ("calscale", "GREGORIAN"),
                        ("x-wr-calname", f"Skranke: {agent.name}"), ("refresh-interval;value=duration", "PT15M"), ("x-published-ttl", "PT15M")):
        made.add(name, value)
    for component in _components(found):
        made.add_component(component)
    written: bytes = made.to_ical()
    return written


def _components(found: Sequence[Activity]) -> list[Component]:
    """An event needs a time; a call without one is a to-do."""
    return [_todo(one) if one.kind == "task" or one.at is None else _event(one) for one in found]


def _event(activity: Activity) -> Event:
    event = _filled(Event(), activity)
    assert activity.at is not None
    ends = activity.ends_at or activity.at
    if activity.whole_day:
        event.add("dtstart", activity.at.date())
        event.add("dtend", ends.date() + timedelta(days=1))
    else:
        event.add("dtstart", activity.at)
        event.add("dtend", ends if ends > activity.at else activity.at + timedelta(minutes=30))
    return event


def _todo(activity: Activity) -> Todo:
    todo = _filled(Todo(), activity)
    if activity.at is not None:
        todo.add("due", activity.at.date() if activity.whole_day else activity.at)
    if activity.state == "done" and activity.done_at is not None:
        todo.add("completed", activity.done_at)
    return todo


def _filled(component: Kind, activity: Activity) -> Kind:
    component.add("uid", f"{activity.uid}@{urlsplit(settings().url).hostname or 'skranke'}")
    component.add("dtstamp", _whole(activity.done_at or activity.created_at))
    component.add("sequence", activity.version - 1)
    component.add("summary", activity.title)
    component.add("url", f"{settings().url}/activities/{activity.uid}")
    if told := _told(activity):
        component.add("description", told)
    if status := STATUS[str(component.name)].get(activity.state):
        component.add("status", status)
    return component


def _told(activity: Activity) -> str:
    """With whom, then the text. Nobody is an attendee: a program that reads the calendar shall invite nobody."""
    who = ", ".join([*(person.name for person in activity.persons), *([activity.company.name] if activity.company and activity.company.binned_at is None else [])])
    return "\n\n".join(filter(None, (_("With %(names)s", names=who) if who else "", activity.text)))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
