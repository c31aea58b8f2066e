"""What an admin does with a case: says what and whose it is, takes it, extends its time, decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Conflict, Refused
from core.i18n import N_
from core.operations import Operation
from desk.access import needs_admin
from desk.alerts import end_alert
from desk.rights.case import ENDED, GROUNDS, KINDS, RightsCase
from desk.rights.clocks import ALERT, about
from desk.rights.opening import changed, noon, today
from desk.rights.writing import write
from rules.statutory import due_on, may_extend

LONGEST = 4_000
#: Kind → the mail that says that it was done. What was erased is told by the operation that erased, which knows the address last.
DONE = {"access": "rights_done_access", "portability": "rights_done_access", "rectification": "rights_done_rectification",
        "restriction": "rights_done_restriction", "objection": "rights_done_objection", "erasure": "rights_done_erasure"}
CANNOT = N_("This cannot be done as it was asked.")


def edit(db: Session, case: RightsCase, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> None:
    """Say what it is: ``kind``, ``person`` (a Person or None), ``owner`` (an Agent or None), ``ground``. Whoever else it is about now has to be
    identified anew."""
    unmoved(case, version, by)
    needs_open(case)
    kind, ground = fields.get("kind", case.kind), fields.get("ground", case.ground)
    if kind not in KINDS or (ground and ground not in GROUNDS):
        raise Refused(CANNOT, {"kind" if kind not in KINDS else "ground": N_("Choose one of the list.")})
    person, owner = fields.get("person", case.person), fields.get("owner", case.owner)
    if owner is not None and owner is not case.owner and not owner.admin:
        raise Refused(N_("Some fields cannot be saved like this."), {"owner": N_("Cases are for admins: choose one of them.")})
    changes = {name: (before, after) for name, before, after in (
        ("kind", case.kind, kind), ("ground", case.ground, ground), ("owner", case.owner.name if case.owner else None, owner.name if owner else None)) if before != after}
    other = (person.id if person else None) != case.person_id
    if other:
        if case.operation_uid:
            raise Refused(N_("The erasing of this person is under way."), {"person": N_("The erasing of this person is under way.")})
        case.identity, case.identity_at, case.identity_address, case.link_key, case.unproven_why = "", None, None, None, ""
        case.link_address_id = None
        case.state = "new"
    if owner is not None and case.owner is None and case.state in ("new", "identity_confirmed"):
        case.state = "in_work" if case.known else case.state
    case.kind, case.ground, case.person, case.owner = kind, ground, person, owner
    db.flush()
    if changes or other:           # who it was about before is not said: their name would outlive them
        changed(db, case, "edited", by=by, changes=changes)


def extend(db: Session, case: RightsCase, why: str, *, by: Agent, version: int | None = None) -> None:
    """Two more months, with a notice that says why (Article 12(3)). Raises Refused after the first month, and a second time."""
    unmoved(case, version, by)
    needs_open(case)
    if case.extended_at is not None:
        raise Refused(N_("The time was extended already; it can be extended once."))
    if not may_extend(case.received, today(db)):
        raise Refused(N_("The first month is over: the person had to be told of an extension within it."))
    case.extended_why = _said(why, "why", N_("Say why: the person is told."))
    case.due_at, case.extended_at, case.told = noon(due_on(case.received, extended=True)), now(), ""
    db.flush()
    changed(db, case, "extended", by=by)
    end_alert(db, about(case), ALERT)
    write(db, case, "rights_extension", reasons=case.extended_why)


def decide(db: Session, case: RightsCase, outcome: str, reasons: str, *, tell: bool = True, by: Agent | None, version: int | None = None) -> None:
    """End it as *done* or *refused*, and tell the person. A refusal states its reasons and the right to complain (Article 12(4))."""
    if by is not None:
        unmoved(case, version, by)
    needs_open(case)
    if outcome not in ENDED:
        raise Refused(CANNOT, {"outcome": N_("Choose one of the list.")})
    reasons = _said(reasons, "reasons", N_("Say why: a refusal has to state its reasons."), needed=outcome == "refused")
    if outcome == "done" and case.kind == "erasure" and by is not None and _is_being_done(db, case):
        raise Refused(N_("It is done when the erasing is. Until then it waits."))
    if outcome == "done" and by is not None:
        acting_is_grounded(case)
    case.state, case.closed, case.decision, case.decided_at = outcome, True, reasons, now()
    case.link_key = case.link_address_id = None
    db.flush()
    changed(db, case, outcome, by=by)
    end_alert(db, about(case), ALERT)
    name = "rights_refused" if outcome == "refused" else DONE.get(case.kind)
    if tell and name:
        write(db, case, name, reasons=reasons)


def _is_being_done(db: Session, case: RightsCase) -> bool:
    return bool(case.operation_uid) and db.scalar(select(Operation.id).where(Operation.uid == case.operation_uid, Operation.ended_at.is_(None))) is not None


def reopen(db: Session, case: RightsCase, *, by: Agent, version: int | None = None) -> None:
    """Take it up again: what was said to the person stays said, and the clock is the same."""
    unmoved(case, version, by)
    if not case.closed:
        raise Refused(N_("This case is open already."))
    case.state, case.closed, case.decided_at = "in_work", False, None
    db.flush()
    changed(db, case, "reopened", by=by)


def go_on_unproven(db: Session, case: RightsCase, why: str, *, by: Agent, version: int | None = None) -> None:
    """Act although no link was followed, and say why: whoever is responsible answers for it."""
    unmoved(case, version, by)
    needs_open(case)
    case.unproven_why = _said(why, "unproven_why", N_("Say how you know that it was them."))
    case.identity, case.state = "agent", "in_work"
    db.flush()
    changed(db, case, "unproven", by=by)


def acting_is_grounded(case: RightsCase) -> None:
    """Raises Refused where nobody knows who asks, and nobody has said why that does not matter. Asked before anything of the person leaves the desk
    or is erased: what a From header says proves nothing."""
    if not case.known and not case.unproven_why:
        raise Refused(N_("Nobody has confirmed that it was the person who asked. Send them a link, or say in the case why you go on without."))


def unmoved(case: RightsCase, version: int | None, by: Agent) -> None:
    """Raises Forbidden for who is no admin, and Conflict when a colleague was faster."""
    needs_admin(by)
    if version is not None and version != case.version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def needs_open(case: RightsCase) -> None:
    """Raises Refused for one that is decided."""
    if case.closed:
        raise Refused(N_("This case is decided. Take it up again first."))


def _said(text: str, field: str, wrong: str, *, needed: bool = True) -> str:
    text = text.replace("\r\n", "\n").strip()
    if (needed and not text) or len(text) > LONGEST:
        raise Refused(N_("Some fields cannot be saved like this."), {field: wrong if not text else N_("This is too long.")})
    return text
