"""Legal holds of admins: setting, changing and lifting them, what they mean for tickets, and the bell at their review (PRIVACY 6).

What a person or company is held for keeps all their tickets too; a ticket under hold keeps what was merged into it, and whoever asked there is
not purged meanwhile. Lifting a hold lets every erasing go on that waited for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload

from contacts.agent import Agent
from contacts.company import Company
from contacts.facts import LegalHoldChanged
from contacts.legal_hold import BASES, SCOPES, LegalHold
from contacts.legal_holds import held_persons, standing
from contacts.person import Person
from core.clock import now
from core.database import LARGEST_ID, take_turns
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.operations import Operation
from desk.access import admin_ids, needs_admin
from desk.erasing import asking
from desk.erasing.subject import Subject
from desk.tickets.legal_holds import held_tickets
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket

TURN = "legal_holds"
FIELDS = ("reason", "basis", "owner", "review_on")
LONGEST = 1000
KINDS: dict[str, Any] = {"person": Person, "company": Company, "ticket": Ticket}
#: The phase of an erasing that has done what it may, and waits for a hold to be lifted.
WAITING = "held"


def holds_on(db: Session, of: str, record_id: int) -> Sequence[LegalHold]:
    """The holds that stand on a record itself, the first first."""
    return db.scalars(select(LegalHold).where(standing(of), LegalHold.record_id == record_id).order_by(LegalHold.id).options(
        joinedload(LegalHold.owner).lazyload(Agent.addresses))).all()


def legal_holds(db: Session, *, lifted: bool, before: int | None = None, most: int = 50) -> Sequence[LegalHold]:
    """A page of those that stand, or of those that were lifted, the latest first."""
    further = [LegalHold.id < before] if before is not None else []
    return db.scalars(select(LegalHold).where(LegalHold.lifted_at.is_not(None) if lifted else LegalHold.lifted_at.is_(None), *further).order_by(
        LegalHold.id.desc()).limit(most).options(*(joinedload(one).options(lazyload(Agent.addresses)) for one in (
            LegalHold.owner, LegalHold.set_by, LegalHold.lifted_by)))).all()


def legal_hold_called(db: Session, uid: str) -> LegalHold:
    """The hold with this uid. Raises Unknown."""
    row = db.scalar(select(LegalHold).where(LegalHold.uid == uid))
    if row is None:
        raise Unknown(N_("There is no such legal hold."))
    return row


def record_under(db: Session, of: str, key: str) -> Any:
    """The record that is to be held: a person or company by uid, a ticket by number. Raises Refused where there is none."""
    kind = KINDS.get(of)
    if kind is None:
        raise Refused(N_("Some fields cannot be saved like this."), {"of": N_("Choose one of the list.")})
    if of == "ticket":
        number = int(key) if key.isascii() and key.isdecimal() and 0 < int(key) <= LARGEST_ID else 0
        found = db.get(Ticket, number) if number else None
    else:
        found = db.scalar(select(kind).where(kind.uid == key))
    if found is None or getattr(found, "merged_into_id", None) is not None:
        raise Refused(N_("Some fields cannot be saved like this."), {"record": N_("There is none, or it is part of another.")})
    return found


def set_hold(db: Session, of: str, record_: Any, fields: Mapping[str, Any], *, by: Agent) -> LegalHold:
    """Hold a record from now on. ``fields``: reason, basis, owner (an Agent), review_on. Raises Refused, also where it is being erased already."""
    needs_admin(by)
    if of not in SCOPES:
        raise Refused(N_("Some fields cannot be saved like this."), {"of": N_("Choose one of the list.")})
    take_turns(db, TURN)
    wanted = _checked(fields)
    made = LegalHold(of=of, record_id=record_.id, record_uid=record_.uid, set_by_id=by.id, **_columns(wanted))
    db.add(made)
    db.flush()
    _not_erased_now(db)
    _record(db, made, "set", by, {name: (None, _said(wanted[name])) for name in FIELDS})
    return made


def change_hold(db: Session, hold: LegalHold, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> LegalHold:
    """Change what is given of it. Raises Conflict where a colleague was faster, and Refused for one that is lifted."""
    needs_admin(by)
    _unmoved(hold, version)
    before = {"reason": hold.reason, "basis": hold.basis, "owner": hold.owner, "review_on": hold.review_on}
    wanted = _checked(before | {name: value for name, value in fields.items() if name in FIELDS})
    changes = {name: (_said(before[name]), _said(wanted[name])) for name in FIELDS if before[name] != wanted[name]}
    for name, value in _columns(wanted).items():
        setattr(hold, name, value)
    db.flush()
    if changes:
        _record(db, hold, "edited", by, changes)
    return hold


def lift_hold(db: Session, hold: LegalHold, why: str, *, by: Agent, version: int | None = None) -> int:
    """It holds no longer: erasings that waited go on, as far as no other hold keeps them. How many; the caller rings ``operations``."""
    needs_admin(by)
    take_turns(db, TURN)
    _unmoved(hold, version)
    if not 0 < len(why.strip()) <= LONGEST:
        raise Refused(N_("Some fields cannot be saved like this."), {"why": N_("Say why it is lifted.")})
    hold.lifted_at, hold.lifted_by_id, hold.lifted_why = now(), by.id, why.strip()
    db.flush()
    _record(db, hold, "lifted", by, {"reason": (None, hold.lifted_why)})
    waiting = db.scalars(select(Operation).where(Operation.kind.in_((asking.KIND, asking.PURGE)), Operation.state == "paused", Operation.phase == WAITING)).all()
    for one in waiting:
        one.state, one.phase, one.lease, one.lease_until = "approved", "run", "", None
    db.flush()
    return len(waiting)


def remind_of_reviews(db: Session) -> int:
    """Ring for the owners of holds whose review is due, once for each review; for all admins where the owner has left. How many holds were."""
    due = db.scalars(select(LegalHold).where(LegalHold.lifted_at.is_(None), LegalHold.review_on <= now().date(), or_(
        LegalHold.reminded_on.is_(None), LegalHold.reminded_on != LegalHold.review_on)).order_by(LegalHold.id).limit(200).with_for_update(
        of=LegalHold, skip_locked=True)).all()
    admins = admin_ids(db) if due else ()
    for one in due:
        hearers = [one.owner_id] if one.owner is not None and one.owner.active and one.owner.admin else admins
        one.reminded_on = one.review_on
        db.execute(insert(Notification), [{"agent_id": agent, "subject_uid": one.uid, "event": "review", "at": now()} for agent in hearers])
        _record(db, one, "reminded", None, {})
    db.flush()
    return len(due)


def _not_erased_now(db: Session) -> None:
    """Raises Refused where what is to be held is being erased at this moment: too late."""
    going = db.scalars(select(Operation).where(Operation.kind.in_((asking.KIND, asking.PURGE)), Operation.state.in_(("approved", "running", "paused")),
                                               Operation.phase == "run", Operation.file.is_not(None)))
    for one in going:
        subject = Subject.unsealed(one.file or b"")
        held = db.scalar(select(Person.id).where(Person.id.in_(subject.persons), Person.id.in_(held_persons())).limit(1))
        near = db.scalar(select(Ticket.id).where(Ticket.id.in_(subject.near_tickets), Ticket.id.in_(held_tickets())).limit(1))
        if held is not None or near is not None:
            raise Refused(N_("This is being erased already. It is too late to hold it."))


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {name: fields.get(name) for name in FIELDS} | {"reason": str(fields.get("reason") or "").strip()}
    errors = {}
    if not 0 < len(str(wanted["reason"])) <= LONGEST:
        errors["reason"] = N_("Say why, in at most 1000 characters.")
    if wanted["basis"] not in BASES:
        errors["basis"] = N_("Choose one of the list.")
    if not isinstance(wanted["owner"], Agent) or not wanted["owner"].active or not wanted["owner"].admin:
        errors["owner"] = N_("Choose an admin.")
    if not isinstance(wanted["review_on"], date):
        errors["review_on"] = N_("Give a day on which somebody looks at it again.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return wanted


def _columns(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": wanted["reason"], "basis": wanted["basis"], "owner_id": wanted["owner"].id, "review_on": wanted["review_on"]}


def _said(value: Any) -> str | None:
    return value.name if isinstance(value, Agent) else None if value is None else str(value)


def _unmoved(hold: LegalHold, version: int | None) -> None:
    if version is not None and hold.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    if not hold.standing:
        raise Refused(N_("This hold is lifted already."))


def _record(db: Session, hold: LegalHold, change: str, by: Agent | None, changes: Mapping[str, tuple[Any, Any]]) -> None:
    record(db, LegalHoldChanged(hold.uid, change, **{f"{hold.of}_uid": hold.record_uid}), by=by.uid if by else None, changes=changes)
