"""The positions of a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contacts.editing import employ
from contacts.person import Employment as Row
from contacts.person import Person
from contacts.positions import change_position, end_position
from core.errors import Unknown
from core.i18n import N_
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, the_person
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.moves import EmploymentsAsked
from desk.web.api.schemas.persons import Employment, EmploymentChange, NewEmployment
from desk.web.api.shapes.persons import employment
from desk.web.requests import db

RENAMED = {"from_": "started_on", "to": "ended_on"}


@get("/persons/<uid:uid>/employments", moves=True)
def index(uid: str, asked: EmploymentsAsked) -> list[Employment]:
    """The positions of a person, now and before; or those of one day, the main one first."""
    person = the_person(uid)
    if asked.as_of is None:
        return [employment(job) for job in person.employments]
    main = person.employment_on(asked.as_of)
    return [employment(job) for job in sorted(person.employments, key=lambda job: job is not main) if job.held_on(asked.as_of)]


@post("/persons/<uid:uid>/employments", status=201, moves=True)
def create(uid: str, given: NewEmployment) -> Employment:
    """Let the person work somewhere; the first position is primary."""
    person = the_person(uid)
    if given.to is not None:
        return employment(left(person, given, "company_id"))
    primary = given.primary if given.primary is not None and person.employment is not None else person.employment is None
    job = employ(db(), person, company_named(given.company_id, "company_id"), position=given.position,
                 started_on=given.from_, primary=primary, by=me())
    person.raise_version()
    return employment(job)


@patch("/persons/<uid:uid>/employments/<uid:eid>", moves=True)
def update(uid: str, eid: str, given: EmploymentChange) -> Employment:
    """Change the fields that are given."""
    person = the_person(uid)
    versions.unmoved(person.version)
    job = _job(person, eid)
    fields: dict[str, Any] = {RENAMED.get(name, name): value for name, value in given.named().items()}
    change_position(db(), job, fields, by=me())
    return employment(job)


@delete("/persons/<uid:uid>/employments/<uid:eid>", moves=True)
def destroy(uid: str, eid: str) -> None:
    """The person works there no more: today is the last day."""
    person = the_person(uid)
    versions.unmoved(person.version)
    end_position(db(), _job(person, eid), by=me())


def left(person: Person, given: NewEmployment, field: str) -> Row:
    """A position of the past: it was ended when it is noted. Raises Refused for an end before the beginning."""
    incomplete = person.to_be_completed
    job = employ(db(), person, company_named(given.company_id, field), position=given.position, started_on=given.from_,
                 primary=False, by=me())
    person.to_be_completed = incomplete
    change_position(db(), job, {"ended_on": given.to}, by=me())
    return job


def _job(person: Person, uid: str) -> Row:
    job = db().scalar(select(Row).where(Row.uid == uid, Row.person_id == person.id))
    if job is None:
        raise Unknown(N_("There is no such position on this card."))
    return job
