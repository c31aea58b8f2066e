"""Where a person works: what the form says of the main position, turned into employments that begin and end (C14-C16)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import employ, reindex
from contacts.facts import EmploymentChanged
from contacts.person import Employment, Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.options import option


def work_at(db: Session, person: Person, company: Company | None, position: str | None, *, by: Agent) -> None:
    """Let this be the person's main employment today.

    Another company ends the old employment and begins a new one; none ends it, and the person is *to be
    completed* unless a private customer (S37). Raises Refused where a company must not be missing: only a person
    who has had one may lose it.
    """
    job, position = person.employment, (position or "").strip()[:120] or None
    if company is None:
        _leave(db, person, job, by)
    elif job is not None and job.company_id == company.id:
        if job.position != position:
            _turn(db, person, job, position, by)
    else:
        if job is not None:
            _end(db, person, job, by)
        person.raise_version()
        employ(db, person, company, position=position, started_on=now().date() if job is not None else None, by=by)


def _leave(db: Session, person: Person, job: Employment | None, by: Agent) -> None:
    required = option(db, "contacts.company_required") and not person.private_customer
    if job is None and required and not person.to_be_completed:
        raise Refused(N_("A person must belong to a company here. Choose a company, or make the person a private customer."),
                      {"company": N_("Choose a company.")})
    if job is not None:
        _end(db, person, job, by)
        person.to_be_completed = required
        db.flush()


def _end(db: Session, person: Person, job: Employment, by: Agent) -> None:
    job.ended_on, job.primary, job.status = now().date(), False, "left"
    person.raise_version()
    db.flush()
    record(db, EmploymentChanged(person.uid, job.company.uid, "ended"), by=by.uid)
    db.expire(person, ["employments"])
    reindex(db, person)


def _turn(db: Session, person: Person, job: Employment, position: str | None, by: Agent) -> None:
    before, job.position = job.position, position
    person.raise_version()
    db.flush()
    record(db, EmploymentChanged(person.uid, job.company.uid, "position"), by=by.uid, changes={"position": (before, position)})
