"""Where a person works: employments that begin and end; a job change closes one and opens another (C14-C16)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import employ, follow, reindex
from contacts.facts import EmploymentChanged
from contacts.person import Employment, Person
from core.errors import Refused
from core.history import record
from core.i18n import N_, today
from core.options import option

LONGEST = 120


def work_at(db: Session, person: Person, company: Company | None, position: str | None, *, by: Agent) -> None:
    """Let this be the person's main employment today: what the form says of the main position.

    Another company ends the old employment and begins a new one; none ends it, and the person is *to be
    completed* unless a private customer (S37). Raises Refused where a company must not be missing: only a person
    who has had one may lose it.
    """
    job, position = person.employment, (position or "").strip()[:LONGEST] or None
    if company is None:
        _leave(db, person, job, by)
    elif job is not None and job.company_id == company.id:
        job.guessed = False         # an agent has saved it as it stands
        if job.position != position:
            _turn(db, person, job, position, by)
    else:
        if job is not None:
            end(job, last_day(job, today()))
            record(db, EmploymentChanged(person.uid, job.company.uid, "ended", job.uid), by=by.uid)
        person.raise_version()
        employ(db, person, company, position=position, started_on=today() if job is not None else None, by=by)


def end(job: Employment, last: date) -> None:
    """The person works there no more: the position stays, as history."""
    job.was_primary, job.primary = job.was_primary or job.primary, False
    job.ended_on, job.status = last, "left"


def last_day(job: Employment, first: date) -> date:
    """The last day of a job that another follows on ``first``: the day before, but none before it began."""
    before = first - timedelta(days=1)
    return max(before, job.started_on) if job.started_on else before


def lead(db: Session, person: Person, job: Employment) -> dict[str, tuple[Any, Any]]:
    """Let a position be the primary one, and the only one that is. Returns what followed from that (0.16)."""
    if job.primary:
        return {}
    for other in person.employments:
        other.primary = other is job
    return follow(person, job.company)


def settle(db: Session, person: Person) -> dict[str, tuple[Any, Any]]:
    """What follows for the person: who is primary, whether a company is missing (0.11), what they are found by."""
    person.raise_version()
    db.flush()
    db.expire(person, ["employments"])
    current = [job for job in person.employments if job.ended_on is None]
    followed = lead(db, person, current[0]) if current and not any(job.primary for job in current) else {}
    if not (current or person.private_customer):
        person.to_be_completed = person.to_be_completed or bool(option(db, "contacts.company_required"))
    db.flush()
    db.expire(person, ["employments"])
    reindex(db, person)
    return followed


def _leave(db: Session, person: Person, job: Employment | None, by: Agent) -> None:
    required = option(db, "contacts.company_required") and not person.private_customer
    if job is None and required and not person.to_be_completed:
        raise Refused(N_("A person must belong to a company here. Choose a company, or make the person a private customer."),
                      {"company": N_("Choose a company.")})
    if job is not None:
        end(job, today())
        followed = settle(db, person)
        record(db, EmploymentChanged(person.uid, job.company.uid, "ended", job.uid), by=by.uid, changes=followed)


def _turn(db: Session, person: Person, job: Employment, position: str | None, by: Agent) -> None:
    before, job.position = job.position, position
    person.raise_version()
    db.flush()
    record(db, EmploymentChanged(person.uid, job.company.uid, "position", job.uid), by=by.uid, changes={"position": (before, position)})
