"""Cases of the rights desk: finding, opening, changing, deciding. For admins."""

from __future__ import annotations

from typing import Any

from core.errors import Refused, Unknown
from desk.access import ticket_for
from desk.rights import casework
from desk.rights.case import RightsCase as Row
from desk.rights.listing import cases
from desk.rights.opening import case_called, open_case
from desk.tickets.ticket import Ticket
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named, person_named
from desk.web.api.paging import Listed
from desk.web.api.routing import get, patch, post
from desk.web.api.schemas.rights import (
    CaseChange,
    CaseDecision,
    CaseExtension,
    CasesAsked,
    NewCase,
    RightsCase,
)
from desk.web.requests import db, ring_after


@get("/rights-cases", admin=True)
def index(asked: CasesAsked) -> Listed[RightsCase]:
    """Cases, the open ones first by the day on which they are due."""
    person = person_named(asked.person, "person").id if asked.person else None
    found = cases(db(), me(), kind=asked.kind, state=asked.state, person_id=person, cursor=asked.cursor, most=asked.most)
    return Listed[RightsCase](items=[shown(row) for row in found.rows], next=found.next)


@post("/rights-cases", status=201, admin=True)
def create(given: NewCase) -> RightsCase:
    """Open a case; whoever asked by the ticket is told that it came."""
    ticket = _ticket(given.ticket) if given.ticket else None
    person = person_named(given.person_id, "person_id") if given.person_id else ticket.requester if ticket else None
    case = open_case(db(), given.kind, person=person, ticket=ticket, received=given.received, origin="api", by=me())
    ring_after("outbound")
    return shown(case)


@get("/rights-cases/<uid:uid>", admin=True)
def show(uid: str) -> RightsCase:
    """A case."""
    return shown(case_called(db(), uid, me()))


@patch("/rights-cases/<uid:uid>", admin=True)
def update(uid: str, given: CaseChange) -> RightsCase:
    """Change the fields that are given: what it is, who it is about, whose it is, the ground of erasure."""
    case = case_called(db(), uid, me())
    versions.unmoved(case.version)
    named = given.named()
    fields: dict[str, Any] = {name: named[name] for name in ("kind", "ground") if name in named}
    if "person_id" in named:
        fields["person"] = person_named(named["person_id"], "person_id") if named["person_id"] else None
    if "owner" in named:
        fields["owner"] = agent_named(named["owner"], "owner") if named["owner"] else None
    casework.edit(db(), case, fields, by=me())
    return shown(case)


@post("/rights-cases/<uid:uid>/extension", status=200, admin=True)
def extend(uid: str, given: CaseExtension) -> RightsCase:
    """Two more months, once and within the first; the person is told why."""
    case = case_called(db(), uid, me())
    casework.extend(db(), case, given.why, by=me())
    ring_after("outbound")
    return shown(case)


@post("/rights-cases/<uid:uid>/decision", status=200, admin=True)
def decide(uid: str, given: CaseDecision) -> RightsCase:
    """End it. 422 for *done* while nobody has confirmed who asks and no reason is given (`unproven_why`), and for a refusal without reasons."""
    case = case_called(db(), uid, me())
    if given.unproven_why:
        casework.go_on_unproven(db(), case, given.unproven_why, by=me())
    casework.decide(db(), case, given.outcome, given.reasons, tell=given.tell, by=me())
    ring_after("outbound")
    return shown(case)


def _ticket(number: int) -> Ticket:
    """What the body names and the caller may not know of is refused."""
    try:
        return ticket_for(db(), me(), number)
    except Unknown as error:
        raise Refused(error.sentence, {"ticket": error.sentence}) from error


def shown(one: Row) -> RightsCase:
    """A case as the API gives it."""
    db().flush()
    return RightsCase(
        id=one.uid, number=one.id, kind=one.kind, state=one.state, person_id=one.person.uid if one.person and one.person.answered else None,
        ticket=one.ticket.number if one.ticket else None, owner=one.owner.email if one.owner else None, received=one.received, due=one.due,
        extended_at=one.extended_at, identity=one.identity or None, identity_at=one.identity_at, ground=one.ground or None, decision=one.decision,
        decided_at=one.decided_at, operation_id=one.operation_uid, created_at=one.created_at, version=one.version)
