"""Moving a person to another company, or to none: one employment closes, another opens, and what was asked for goes along (S35-S43).

Nothing is lost and nothing doubled: a record is with one company before and with one after, and what the move did is kept as an
operation that takes it back (:mod:`contacts.unmoving`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import SYNCED, employ, follow
from contacts.employing import LONGEST, end, last_day, lead, settle
from contacts.facts import PersonMoved
from contacts.movable import MOVABLE, carry
from contacts.move_plan import Move, plan
from contacts.person import Employment, Person
from contacts.unmoving import KIND, keep, standing
from core.errors import Conflict
from core.history import record
from core.i18n import N_
from core.operations import Operation

Changes = dict[str, tuple[Any, Any]]
CHANGED = N_("Something has changed since this was shown. Look at it again, then confirm.")


def move_person(db: Session, person: Person, move: Move, *, by: Agent, mark: str = "", kind: str = KIND) -> Operation:
    """Do it; the operation takes it back and names every record that went along.

    Raises Refused for what cannot be, and Conflict where ``mark`` is of another plan than this would be by now, or where a colleague puts
    one of the records elsewhere at the same moment.
    """
    foreseen = plan(db, person, move)
    if mark and mark != foreseen.mark:
        raise Conflict(CHANGED)
    source, before = db.get(Company, move.source) if move.source else None, standing(person)
    changes = _change_job(db, person, move)
    if move.status and move.status != person.status:
        changes["status"], person.status = (person.status, move.status), move.status
    changes |= settle(db, person)
    for one in MOVABLE:
        going = foreseen.going[one.key]
        if len(carry(db, one, going, source.id if source else None, move.company.id if move.company else None)) != len(going):
            raise Conflict(CHANGED)
    operation = keep(db, person, before, foreseen.going, source=source, to=move.company, take=move.take, by=by, kind=kind)
    record(db, PersonMoved(
        person.uid, operation.uid, source.uid if source else None, move.company.uid if move.company else None, move.take,
        sum(side.moves for side in foreseen.sides), sum(side.stays for side in foreseen.sides), move.mistake), by=by.uid, changes=changes)
    db.flush()
    return operation


def _change_job(db: Session, person: Person, move: Move) -> Changes:
    """Close one employment and open another, or put one right. Returns what changed."""
    job, company, position = move.job, move.company, (move.position or "").strip()[:LONGEST] or None
    changes: Changes = {"company": (job.company.name if job else None, company.name if company else None)}
    if position and position != (job.position if job else None):
        changes["position"] = (job.position if job else None, position)
    leads, there = move.leads, _held(person, company, job)
    if job is not None and move.mistake:
        return changes | _put_right(db, person, job, company, there, position)
    if job is not None:
        end(job, last_day(job, move.on))
        db.flush()
    if company is None:
        return changes
    if there is not None:
        there.position = position or there.position
        return changes | (lead(db, person, there) if leads else {})
    before = {name: getattr(person, name) for name in SYNCED}
    employ(db, person, company, position=position, started_on=move.on, primary=leads, record_it=False)
    return changes | {name: (was, getattr(person, name)) for name, was in before.items() if was != getattr(person, name)}


def _put_right(db: Session, person: Person, job: Employment, company: Company | None, there: Employment | None, position: str | None) -> Changes:
    """They never worked there: the employment is at the right company, or it goes (S42)."""
    leads = job.primary
    if company is None or there is not None:
        person.employments.remove(job)
        db.flush()
        return lead(db, person, there) if there is not None and leads else {}
    job.company, job.position, job.guessed = company, position or job.position, False
    return follow(person, company) if leads else {}


def _held(person: Person, company: Company | None, job: Employment | None) -> Employment | None:
    """The employment they have at the company already, beside the one they leave."""
    return next((one for one in person.employments if company is not None and one.company_id == company.id and one is not job
                 and one.ended_on is None), None)
