"""Positions a person has: changing one, making it primary, ending it (S37, C14-C16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import SYNCED, reindex
from contacts.facts import EmploymentChanged
from contacts.person import Employment, Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_


def change_position(db: Session, job: Employment, fields: Mapping[str, Any], *, by: Agent) -> None:
    """Change ``position``, ``status``, ``started_on``, ``ended_on``; ``primary`` is given to it and taken from others.

    Raises Refused for an end before the beginning.
    """
    began, ended = fields.get("started_on", job.started_on), fields.get("ended_on", job.ended_on)
    if began and ended and ended < began:
        raise Refused(N_("A position cannot end before it begins."), {"to": N_("This is before the beginning.")})
    ends = ended is not None and job.ended_on is None
    for name in ("position", "status", "started_on", "ended_on"):
        if name in fields:
            setattr(job, name, fields[name])
    if fields.get("primary") and job.ended_on is None:
        _make_primary(db, job)
    _settle(db, job, "ended" if ends else "changed", by)


def end_position(db: Session, job: Employment, *, by: Agent) -> None:
    """The person works there no more: the position stays, with today as its last day.

    Without a company left, the person shows as *to be completed* (0.11). Raises Refused for one that has ended.
    """
    if job.ended_on is not None:
        raise Refused(N_("This position has ended already."))
    job.ended_on = now().date()
    _settle(db, job, "ended", by)


def _settle(db: Session, job: Employment, change: str, by: Agent) -> None:
    """What follows for the person: who is primary, what is missing, what they are found by."""
    person = db.get_one(Person, job.person_id)
    if job.ended_on is not None:
        job.status, job.primary = "left", False
    person.raise_version()
    db.flush()
    current = db.scalars(select(Employment).where(
        Employment.person_id == person.id, Employment.ended_on.is_(None)).order_by(
        Employment.primary.desc(), Employment.id)).all()
    if current and not current[0].primary:
        _make_primary(db, current[0])
    person.to_be_completed = person.to_be_completed or not (current or person.private_customer)
    db.flush()
    db.expire(person, ["employments"])
    reindex(db, person)
    record(db, EmploymentChanged(person.uid, db.get_one(Company, job.company_id).uid, change), by=by.uid)


def _make_primary(db: Session, job: Employment) -> None:
    """Only becoming linked to a *primary* company syncs (0.16, S31-S33)."""
    if job.primary:
        return
    for other in db.scalars(select(Employment).where(Employment.person_id == job.person_id, Employment.primary)):
        other.primary = False
    job.primary = True
    person, company = db.get_one(Person, job.person_id), db.get_one(Company, job.company_id)
    for name in SYNCED:
        setattr(person, name, getattr(company, name) or getattr(person, name))
    db.flush()
