"""The form of an activity: what it is filled with, and what is done with what was posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from contacts.activities import add_activity, edit_activity, enter
from contacts.activity import Activity
from contacts.agent import Agent
from contacts.companies import company_called
from contacts.company import Company
from contacts.editing import person_called
from contacts.person import Employment, Person
from core.errors import Conflict, Refused
from core.i18n import N_, local
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.web.activity_posted import posted_agents, posted_fields
from desk.web.coming_back import back
from desk.web.forms import differing, errors_of, posted, typed, version, whole
from desk.web.pages import page
from desk.web.presenting.activities import KINDS, STATES, long_day
from desk.web.presenting.column import active_agents
from desk.web.requests import db
from desk.web.signing_in import me

TEXTS = ("kind", "title", "day", "begin", "last_day", "end", "owner", "company", "state", "text")
CALLED = {"at": "day", "ends_at": "end", "persons": "who", "owner_id": "owner", "company_id": "company"}
#: Persons of a company who are offered.
OFFERED = 12


def made() -> Activity:
    """A new one of what was posted. Raises Refused."""
    fields, persons = posted_fields()
    return add_activity(db(), fields, persons=persons, agents=posted_agents(), by=me(), state=posted("state") or "open")


def changed(activity: Activity) -> None:
    """Save what was posted. Raises Conflict where a colleague has changed it since, and Refused."""
    if version() is not None and version() != activity.version:
        raise Conflict(N_("A colleague has changed this in the meantime."))
    fields, persons = posted_fields()
    edit_activity(db(), activity, fields, persons=persons, agents=posted_agents(), by=me())
    enter(db(), activity, posted("state") or activity.state, by=me())


def form_page(activity: Activity | None, refused: Refused | None = None) -> str:
    """The form: begun from a person, a company or a ticket, filled with the activity, or with what was typed and what is wrong with it."""
    errors = errors_of(refused, CALLED) if refused else {}
    persons, company = begun() if activity is None else (activity.persons, activity.company)
    values = values_of(activity) if activity else _empty(company)
    if isinstance(refused, Conflict) and activity is not None:
        errors = differing(values, typed(TEXTS))
    chosen = {person.uid for person in persons}
    if refused:
        values |= typed(TEXTS)
        chosen = set(request.form.getlist("person"))
        persons = [*persons, *db().scalars(select(Person).where(Person.uid.in_(chosen - {one.uid for one in persons})))]
    form = {"values": values, "new": activity is None, "title": activity.title if activity else _("New activity"),
            "back_url": back(url_for("activities.index")), "version": activity.version if activity else None,
            "action": url_for("activities.update" if activity else "activities.create", **_uid(activity)),
            "acts": _acts(activity) if activity else {}, "who": posted("who"), "company_uid": posted("company_uid") or (company.uid if company else ""), "note": _noted(activity) if activity else ""}
    agents = {agent.uid for agent in activity.agents} if activity else set()
    return page("web/activities/form.html", current="activities", form=form, errors=errors, kinds=[(name, _(label)) for name, (_i, label) in KINDS.items()],
                states=[(name, _(label)) for name, label in STATES.items()], owners=[(a.uid, a.name) for a in _owners(activity)],
                colleagues=[(a.uid, a.name, a.uid in (set(request.form.getlist("agent")) if refused else agents)) for a in _owners(activity)],
                people=[(p.uid, p.name or _("(no name)"), p.uid in chosen) for p in _offered(persons, company)],
                companies_url=url_for("companies.suggest"), persons_url=url_for("recipients.index"))


def values_of(one: Activity) -> dict[str, Any]:
    """What the form of one is filled with: days and times where the agent is."""
    begins, ends = (_split(at, whole_day=one.whole_day) for at in (one.at, one.ends_at))
    return {"kind": one.kind, "title": one.title, "text": one.text, "state": one.state, "owner": one.owner.uid if one.owner else "",
            "company": one.company.called if one.company else "", "day": begins[0], "begin": begins[1],
            "last_day": ends[0] if ends[0] != begins[0] else "", "end": ends[1]}


def _split(at: datetime | None, *, whole_day: bool) -> tuple[str, str]:
    if at is None:
        return "", ""
    return (at.date().isoformat(), "") if whole_day else (local(at).date().isoformat(), local(at).strftime("%H:%M"))


def _empty(company: Company | None) -> dict[str, Any]:
    kind = request.args.get("kind", "task")
    return {**dict.fromkeys(TEXTS, ""), "kind": kind if kind in KINDS else "task", "day": request.args.get("day", "")[:10],
            "owner": me().uid, "state": "open", "company": company.name if company else ""}


def begun() -> tuple[list[Person], Company | None]:
    """Who and which company it is about, from where it is begun: ``?person=``, ``?company=`` or ``?ticket=`` (W16, W61)."""
    person = company = None
    if request.args.get("ticket"):
        person = ticket_for(db(), me(), whole(request.args["ticket"]) or 0).requester
    elif request.args.get("person"):
        person = person_called(db(), request.args["person"])
    if request.args.get("company"):
        company = company_called(db(), request.args["company"])
    elif person is not None and person.living and person.employment is not None:
        company = person.employment.company
    return [person] if person is not None and person.living else [], company


def _owners(activity: Activity | None) -> list[Agent]:
    """Everybody who is here, and who owns it or takes part already."""
    kept = [*([activity.owner] if activity and activity.owner else []), *(activity.agents if activity else [])]
    here = list(active_agents())
    return [*here, *(agent for agent in dict.fromkeys(kept) if agent.id not in {one.id for one in here})]


def _offered(persons: list[Person], company: Company | None) -> list[Person]:
    """Whom it is with already, and who works at the company."""
    if company is None:
        return persons
    works = db().scalars(select(Person).join(Employment, Employment.person_id == Person.id).where(
        Employment.company_id == company.id, Employment.ended_on.is_(None), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).order_by(
        Person.order_key).limit(OFFERED))
    return list({person.id: person for person in (*persons, *works)}.values())


def _uid(activity: Activity | None) -> dict[str, Any]:
    return {"uid": activity.uid} if activity else {}


def _acts(activity: Activity) -> dict[str, str]:
    target = back(url_for("activities.index"))
    verbs = ("reopen", "destroy") if activity.done_at else ("finish", "cancel", "destroy")
    return {verb: url_for(f"activities.{verb}", uid=activity.uid, back=target) for verb in verbs}


def _noted(activity: Activity) -> str:
    return _("added %(day)s", day=long_day(local(activity.created_at).date()))
