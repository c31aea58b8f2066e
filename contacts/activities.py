"""What is done with activities: adding, editing, finishing, cancelling, opening again, deleting, restoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.activity import OPEN, Activity, ActivityParticipant
from contacts.activity_fields import FIELDS, checked, company_fits, fits, state_fits
from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import check_version
from contacts.facts import ActivityChanged
from contacts.person import Person
from core.alphabet import in_order
from core.clock import now
from core.database import new_uid
from core.errors import Refusals, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _

MOST_PARTICIPANTS = 100
#: A whole day's bell rings in the morning: its moment is noon UTC.
MORNING = timedelta(hours=5)
SAID = {"done": "finished", "cancelled": "cancelled", "open": "reopened", "in_progress": "begun"}


def add_activity(
    db: Session, fields: Mapping[str, Any], *, persons: Sequence[Person] = (), agents: Sequence[Agent] = (), by: Agent | None,
    state: str = "open",
) -> Activity:
    """An activity with these persons and colleagues. Its owner is who adds it, unless somebody is named. Raises Refused."""
    wrong = Refusals()
    clean = wrong(checked, {"kind": "task", "title": "", **fields}) or {}
    wrong(fits, clean)
    wrong(company_fits, db, clean.get("company_id"))
    wrong(state_fits, state)
    wrong.settle()
    clean.setdefault("owner_id", by.id if by else None)
    activity = Activity(uid=new_uid(), **clean, created_by_id=by.id if by else None)
    _enter(activity, state)
    _take_part(activity, persons, agents)
    db.add(activity)
    db.flush()
    _record(db, activity, "added", by, {"title": (None, activity.title)})
    return activity


def edit_activity(
    db: Session, activity: Activity, fields: Mapping[str, Any], *, persons: Sequence[Person] | None = None,
    agents: Sequence[Agent] | None = None, by: Agent | None, version: int | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Change what is given; return what changed. Raises Stale when ``version`` is no longer the activity's, and Refused."""
    check_version(activity, version)
    wrong = Refusals()
    clean = wrong(checked, fields) or {}
    wrong(fits, {**{name: getattr(activity, name) for name in FIELDS}, **clean})
    if clean.get("company_id") != activity.company_id:
        wrong(company_fits, db, clean.get("company_id"))
    wrong.settle()
    changes = {name: (getattr(activity, name), value) for name, value in clean.items() if getattr(activity, name) != value}
    for name, (_before, value) in changes.items():
        setattr(activity, name, value)
    if changes.keys() & {"at", "whole_day"}:
        _remind(activity)
    changes |= _take_part(activity, persons, agents)
    if not changes:
        return {}
    activity.raise_version()
    db.flush()
    _record(db, activity, "edited", by, {name: values for name, values in changes.items() if name != "text"})
    return changes


def enter(db: Session, activity: Activity, state: str, *, by: Agent | None) -> None:
    """Bring it into a state: begun, done, cancelled, or open again. Nothing happens when it is there already."""
    state_fits(state)
    if state == activity.state:
        return
    before = activity.state
    _enter(activity, state)
    db.flush()
    _record(db, activity, SAID[state], by, {"state": (before, state)})


def finish(db: Session, activity: Activity, *, by: Agent | None) -> None:
    """It is done."""
    enter(db, activity, "done", by=by)


def cancel(db: Session, activity: Activity, *, by: Agent | None) -> None:
    """It does not take place."""
    enter(db, activity, "cancelled", by=by)


def reopen(db: Session, activity: Activity, *, by: Agent | None) -> None:
    """It is still to be done."""
    enter(db, activity, "open", by=by)


def delete_activity(db: Session, activity: Activity, *, by: Agent | None) -> None:
    """Shown nowhere any more; it can be restored while the bin keeps it (``contacts.bin_days``)."""
    activity.binned_at, activity.remind_at = now(), None
    db.flush()
    _record(db, activity, "deleted", by)


def restore_activity(db: Session, activity: Activity, *, by: Agent | None) -> None:
    """Back where it was."""
    activity.binned_at = None
    _remind(activity)
    db.flush()
    _record(db, activity, "restored", by)


def activity_called(db: Session, uid: str, *, binned: bool = False) -> Activity:
    """The activity with this uid. Raises Unknown, also for a deleted one unless it is asked for."""
    activity = db.scalar(select(Activity).where(Activity.uid == uid))
    if activity is None or (activity.binned_at is not None) != binned:
        raise Unknown(N_("There is no such activity."))
    return activity


def _enter(activity: Activity, state: str) -> None:
    over = state not in OPEN
    if not over or activity.done_at is None:
        activity.done_at = now() if over else None
    activity.state = state
    _remind(activity)


def _remind(activity: Activity) -> None:
    """The bell rings when it is due, if that is still to come."""
    at = activity.at and (activity.at - MORNING if activity.whole_day else activity.at)
    activity.remind_at = at if at and at > now() and activity.done_at is None and activity.binned_at is None else None


def _take_part(activity: Activity, persons: Sequence[Person] | None, agents: Sequence[Agent] | None) -> dict[str, tuple[Any, Any]]:
    """Let exactly these take part, where any are given; who is in the bin stays. Return what changed."""
    changes: dict[str, tuple[Any, Any]] = {}
    asked: tuple[tuple[str, Sequence[Any] | None, Sequence[Any]], ...] = (
        ("person", persons, activity.persons), ("agent", agents, activity.agents))
    for name, wanted, ours in asked:
        if wanted is None or {one.id for one in wanted} == {one.id for one in ours}:
            continue
        if len(wanted) > MOST_PARTICIPANTS:
            raise Refused(_("At most %(most)s can take part.", most=MOST_PARTICIPANTS), {f"{name}s": N_("Too many.")})
        going, staying = {one.id for one in ours} - {one.id for one in wanted}, {one.id for one in ours}
        activity.participants = [one for one in activity.participants if getattr(one, f"{name}_id") not in going] + [
            _participant(one) for one in dict.fromkeys(wanted) if one.id not in staying]
        changes[f"{name}s"] = (_names(ours), _names(wanted))
    return changes


def _names(some: Sequence[Person | Agent]) -> str | None:
    return ", ".join(one.name for one in in_order(some)) or None


def _participant(who: Person | Agent) -> ActivityParticipant:
    if isinstance(who, Agent):
        return ActivityParticipant(agent_id=who.id, agent=who)
    return ActivityParticipant(person_id=who.id, person=who, origin_person_id=who.id)


def _record(db: Session, activity: Activity, change: str, by: Agent | None, changes: Mapping[str, tuple[Any, Any]] | None = None) -> None:
    company = db.get(Company, activity.company_id) if activity.company_id else None
    persons = tuple(one.person.uid for one in activity.participants if one.person is not None)
    record(db, ActivityChanged(activity.uid, activity.kind, change, company.uid if company else None, persons),
           by=by.uid if by else None, changes=changes)
