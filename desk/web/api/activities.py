"""Activities: finding, making, changing, finishing, deleting, restoring."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contacts.activities import (
    activity_called,
    add_activity,
    delete_activity,
    edit_activity,
    enter,
    restore_activity,
)
from contacts.activity import Activity as Row
from contacts.agenda import LOADED, agenda, is_overdue, of_agent, of_company, of_person, overdue
from core.clock import now
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named, agents_named, company_named, person_named
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.activities import ActivitiesAsked, Activity, ActivityChange, NewActivity
from desk.web.requests import db

#: What is named by something else than the services take.
NAMED = ("state", "owner", "company_id", "person_ids", "agents")
GIVEN = ("id", "version", "done_at", "overdue", "created_at")


@get("/activities")
def index(asked: ActivitiesAsked) -> Listed[Activity]:
    """Activities, the newest first unless `sort` says otherwise."""
    states = [state for state in asked.state.split(",") if state]
    if asked.sort == "due":
        found = agenda(db(), *_whose(asked), kinds=[asked.kind] if asked.kind else [], states=states, cursor=asked.cursor, limit=asked.most)
        return Listed[Activity](items=[shown(row) for row in found.rows], next=found.next)
    query = select(Row).where(Row.binned_at.is_(None), *_whose(asked), *([Row.kind == asked.kind] if asked.kind else []),
                              *([Row.state.in_(states)] if states else []))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1).options(*LOADED)).all(), asked.most, lambda row: row.id)
    return Listed[Activity](items=[shown(row) for row in rows], next=following)


@post("/activities", status=201)
def create(given: NewActivity) -> Activity:
    """An activity with these persons and colleagues."""
    fields, persons, agents = _read(given)
    return shown(add_activity(db(), fields, persons=persons or [], agents=agents or [], by=me(), state=given.state))


@get("/activities/<uid:uid>")
def show(uid: str) -> Activity:
    """An activity."""
    return shown(activity_called(db(), uid))


@patch("/activities/<uid:uid>")
def update(uid: str, given: ActivityChange) -> Activity:
    """Change the fields that are given; `state` finishes it, calls it off or opens it again."""
    activity = activity_called(db(), uid)
    versions.unmoved(activity.version)
    fields, persons, agents = _read(given)
    edit_activity(db(), activity, fields, persons=persons, agents=agents, by=me())
    if "state" in given.model_fields_set:
        enter(db(), activity, given.state, by=me())
    return shown(activity)


@delete("/activities/<uid:uid>")
def destroy(uid: str) -> None:
    """Delete an activity; it can be restored for some days."""
    activity = activity_called(db(), uid)
    versions.unmoved(activity.version)
    delete_activity(db(), activity, by=me())


@post("/activities/<uid:uid>/restore")
def restore(uid: str) -> Activity:
    """Bring a deleted activity back."""
    activity = activity_called(db(), uid, binned=True)
    restore_activity(db(), activity, by=me())
    return shown(activity)


def shown(one: Row) -> Activity:
    """An activity as the API gives it."""
    db().flush()
    return Activity(
        id=one.uid, kind=one.kind, title=one.title, text=one.text, state=one.state, at=one.at, ends_at=one.ends_at,
        whole_day=one.whole_day, done_at=one.done_at, overdue=is_overdue(one, now()), owner=one.owner.email if one.owner else None,
        company_id=one.company.uid if one.company else None, person_ids=[person.uid for person in one.persons],
        agents=[agent.email for agent in one.agents], created_at=one.created_at, version=one.version)


def _whose(asked: ActivitiesAsked) -> list[Any]:
    fits: list[Any] = [overdue(now())] if asked.overdue == "true" else []
    if asked.person:
        fits.append(of_person(person_named(asked.person, "person")))
    if asked.company:
        fits.append(of_company(company_named(asked.company, "company")))
    if asked.agent:
        fits.append(of_agent(agent_named(asked.agent, "agent")))
    return fits


def _read(given: ActivityChange) -> tuple[dict[str, Any], Any, Any]:
    """Fields as the services take them, and who takes part where that is said."""
    named = {name: value for name, value in given.named().items() if name not in GIVEN}
    fields = {name: value for name, value in named.items() if name not in NAMED}
    if "owner" in named:
        fields["owner_id"] = agent_named(named["owner"], "owner").id if named["owner"] else None
    if "company_id" in named:
        fields["company_id"] = company_named(named["company_id"], "company_id").id if named["company_id"] else None
    persons = [person_named(uid, "person_ids") for uid in dict.fromkeys(named["person_ids"])] if "person_ids" in named else None
    return fields, persons, agents_named(named["agents"], "agents") if "agents" in named else None


