"""Positions a person has: putting one right, making it primary, ending it (S37, C14-C16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.employing import LONGEST, end, lead, settle
from contacts.facts import EmploymentChanged
from contacts.person import Employment, Person
from core.errors import Refused
from core.history import record
from core.i18n import N_, today

FIELDS = ("position", "started_on", "ended_on")


def change_position(db: Session, job: Employment, fields: Mapping[str, Any], *, by: Agent) -> None:
    """Change ``position``, ``status``, ``started_on``, ``ended_on``; ``primary`` is given to it and taken from others.

    ``left`` without a last day ends it today, ``active`` without one takes the end back (0.15). Raises Refused for an end
    before the beginning, and for making a position primary that has ended.
    """
    person, given = db.get_one(Person, job.person_id), _dated(job, fields)
    began, ended = given.get("started_on", job.started_on), given.get("ended_on", job.ended_on)
    if began and ended and ended < began:
        raise Refused(N_("A position cannot end before it begins."), {"to": N_("This is before the beginning.")})
    if fields.get("primary") and ended is not None:
        raise Refused(N_("A position that has ended cannot be the primary one."), {"primary": N_("It has ended.")})
    changes = {name: (getattr(job, name), given[name]) for name in FIELDS if name in given and given[name] != getattr(job, name)}
    ends = ended is not None and job.ended_on is None
    job.guessed = False
    for name, (_before, value) in changes.items():
        setattr(job, name, value)
    followed = lead(db, person, job) if fields.get("primary") else {}
    if ended is not None:
        end(job, ended)
    else:
        job.status, job.was_primary = "active", False
    _settled(db, person, job, "ended" if ends else "primary" if fields.get("primary") else "changed", changes | followed, by)


def end_position(db: Session, job: Employment, *, by: Agent) -> None:
    """The person works there no more: the position stays, with today as its last day.

    Without a company left, the person shows as *to be completed* (0.11). Raises Refused for one that has ended.
    """
    if job.ended_on is not None:
        raise Refused(N_("This position has ended already."))
    end(job, today())
    _settled(db, db.get_one(Person, job.person_id), job, "ended", {}, by)


def _dated(job: Employment, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, where the status says what the last day is to be."""
    given = {name: fields[name] for name in FIELDS if name in fields}
    if "position" in given:
        given["position"] = (given["position"] or "").strip()[:LONGEST] or None
    if fields.get("status") == "left" and not given.get("ended_on", job.ended_on):
        given["ended_on"] = today()
    elif fields.get("status") == "active" and "ended_on" not in given:
        given["ended_on"] = None
    return given


def _settled(db: Session, person: Person, job: Employment, change: str, changes: dict[str, tuple[Any, Any]], by: Agent) -> None:
    changes = changes | settle(db, person)
    record(db, EmploymentChanged(person.uid, job.company.uid, change, job.uid), by=by.uid, changes=changes)
