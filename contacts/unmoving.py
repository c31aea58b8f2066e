"""Taking a move back: what was before is kept as an operation that can be undone (S42, S43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import SYNCED
from contacts.employing import settle
from contacts.facts import PersonMoved
from contacts.movable import LOT, MOVABLE, Movable, carry
from contacts.person import Employment, Person
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_
from core.operations import Operation, OperationItem

#: A move by itself, and one of a move of many, which has its place among the items of that.
KIND, AMONG = "person.move", "person.move.among"
_JOB = ("uid", "company_id", "position", "status", "primary", "was_primary", "started_on", "ended_on")
_FIELDS = (*SYNCED, "status")


def standing(person: Person) -> dict[str, Any]:
    """How a person stands: the employments, and the fields that a move may change; as it is kept."""
    jobs = sorted(person.employments, key=lambda job: job.uid)
    return {"jobs": [{name: str(value) if isinstance(value := getattr(job, name), date) else value for name in _JOB} for job in jobs],
            **{name: getattr(person, name) for name in (*_FIELDS, "to_be_completed")}}


def keep(
    db: Session, person: Person, before: Mapping[str, Any], ids: Mapping[str, Sequence[int]], *, source: Company | None, to: Company | None,
    take: str, by: Agent, kind: str = KIND,
) -> Operation:
    """Keep what a move did: how the person stood before and after, and each record that went along."""
    total = sum(map(len, ids.values()))
    given = {"person": person.id, "from": source.id if source else None, "to": to.id if to else None, "take": take, "before": dict(before),
             "after": standing(person)}
    operation = Operation(kind=kind, state="done", given=given, by_uid=by.uid, total=total, done=total, ended_at=now())
    db.add(operation)
    db.flush()
    for movable in MOVABLE:
        for lot in _lots(ids[movable.key]):
            db.add_all(OperationItem(operation_id=operation.id, kind=movable.key, subject_uid=uid) for uid in db.scalars(
                select(movable.row.uid).where(movable.row.id.in_(lot)).order_by(movable.row.id)).all())
    db.flush()
    return operation


def undo_move(db: Session, operation: Operation, *, by: Agent) -> int:
    """Let employments and records be as before; how many records stayed where somebody has put them since. Each of these is
    marked among the operation's items.

    Raises Refused for what was undone already, Conflict where the employments have changed since, or where a company is deleted that they
    would work at again.
    """
    if operation.kind not in (KIND, AMONG) or operation.state != "done":
        raise Refused(N_("This cannot be undone, or was undone already."))
    kept, person = operation.given, db.get_one(Person, operation.given["person"])
    if not person.living or standing(person)["jobs"] != kept["after"]["jobs"]:
        raise Conflict(N_("This person’s employments have changed since. Put them right on the tab of companies."))
    _check_companies(db, kept)
    _restore(db, person, kept)
    left = sum(_bring_back(db, operation, kind) for kind in MOVABLE)
    operation.state, operation.result = "undone", {"kept": left}
    settle(db, person)
    person.to_be_completed = kept["before"]["to_be_completed"]
    uids = dict(db.execute(select(Company.id, Company.uid).where(Company.id.in_([kept["from"], kept["to"]]))).all())
    record(db, PersonMoved(person.uid, operation.uid, uids.get(kept["to"]), uids.get(kept["from"]), kept["take"], operation.total - left,
                           left, undone=True), by=by.uid)
    db.flush()
    return left


def _check_companies(db: Session, kept: Mapping[str, Any]) -> None:
    """Raises Conflict where the person, or a record that went along, would be with a deleted company again."""
    ids = {job["company_id"] for job in kept["before"]["jobs"] if not job["ended_on"]} | ({kept["from"]} - {None})
    if db.scalar(select(Company.id).where(Company.id.in_(ids), Company.binned_at.is_not(None)).limit(1)) is not None:
        raise Conflict(N_("The company is deleted. Restore it first."))


def _restore(db: Session, person: Person, kept: Mapping[str, Any]) -> None:
    """The employments as they were, and of the fields those that nobody has changed since."""
    wanted, have = {job["uid"]: job for job in kept["before"]["jobs"]}, {job.uid: job for job in person.employments}
    for uid, job in have.items():
        if uid not in wanted:
            person.employments.remove(job)
    db.flush()
    for uid, values in wanted.items():
        job = have.get(uid) or Employment(person_id=person.id)
        for name, value in values.items():
            setattr(job, name, date.fromisoformat(value) if value and name.endswith("_on") else value)
        db.add(job)
    for name in _FIELDS:
        if getattr(person, name) == kept["after"][name]:
            setattr(person, name, kept["before"][name])
    db.flush()
    db.expire(person, ["employments"])


def _bring_back(db: Session, operation: Operation, kind: Movable) -> int:
    """What is still where the move put it goes back; how many are not."""
    items, left = db.scalars(select(OperationItem).where(
        OperationItem.operation_id == operation.id, OperationItem.kind == kind.key).order_by(OperationItem.id)).all(), 0
    for lot in _lots(items):
        ids: dict[str, int] = dict(db.execute(select(kind.row.uid, kind.row.id).where(kind.row.uid.in_([item.subject_uid for item in lot]))).all())
        back = carry(db, kind, list(ids.values()), operation.given["to"], operation.given["from"])
        for item in lot:
            if ids.get(item.subject_uid or "") not in back:
                item.data, left = {"kept": True}, left + 1
    return left


def _lots(found: Sequence[Any]) -> list[Sequence[Any]]:
    return [found[n:n + LOT] for n in range(0, len(found), LOT)]
