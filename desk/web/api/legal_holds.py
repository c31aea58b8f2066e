"""Legal holds. For admins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contacts.legal_hold import LegalHold as Row
from desk import legal_holds as holds
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, patch, post
from desk.web.api.schemas.retention import LegalHold, LegalHoldChange, LegalHoldsAsked, Lifting, NewLegalHold
from desk.web.requests import db, ring_after


@get("/legal-holds", admin=True)
def index(asked: LegalHoldsAsked) -> Listed[LegalHold]:
    """Those that stand, or those that were lifted; the latest first."""
    page, following = cut(holds.legal_holds(db(), lifted=asked.lifted, before=key_of(asked.cursor), most=asked.most + 1), asked.most, lambda row: row.id)
    return Listed[LegalHold](items=_shown(page), next=following)


@post("/legal-holds", status=201, admin=True)
def create(given: NewLegalHold) -> LegalHold:
    """Hold a person, a company or a ticket. What is held is not deleted, erased, purged, merged, nor touched by a rule of retention."""
    record = holds.record_under(db(), given.of, given.record)
    return _one(holds.set_hold(db(), given.of, record, _fields(given.named() | {"owner": given.owner}), by=me()))


@get("/legal-holds/<uid:uid>", admin=True)
def show(uid: str) -> LegalHold:
    """A hold."""
    return _one(holds.legal_hold_called(db(), uid))


@patch("/legal-holds/<uid:uid>", admin=True)
def update(uid: str, given: LegalHoldChange) -> LegalHold:
    """Change what is given; 422 for one that is lifted."""
    hold = holds.legal_hold_called(db(), uid)
    versions.unmoved(hold.version)
    return _one(holds.change_hold(db(), hold, _fields(given.named()), by=me()))


@post("/legal-holds/<uid:uid>/lifting", admin=True)
def lift(uid: str, given: Lifting) -> LegalHold:
    """Lift it. Erasings that waited for it go on by themselves."""
    hold = holds.legal_hold_called(db(), uid)
    holds.lift_hold(db(), hold, given.why, by=me())
    ring_after("operations")
    return _one(hold)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    return given | ({"owner": agent_named(given["owner"], "owner")} if "owner" in given else {})


def _one(row: Row) -> LegalHold:
    return _shown([row])[0]


def _shown(rows: Sequence[Row]) -> list[LegalHold]:
    db().flush()
    return [LegalHold(id=row.uid, of=row.of, record=str(row.record_id) if row.of == "ticket" else row.record_uid, reason=row.reason, basis=row.basis,
                      owner=row.owner.email if row.owner else None, review_on=row.review_on, set_at=row.created_at, restricted_at=row.restricted_at,
                      lifted_at=row.lifted_at, lifted_why=row.lifted_why, version=row.version) for row in rows]
