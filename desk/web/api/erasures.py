"""Erasing a person for good: foreseen place by place, then approved (`operations`)."""

from __future__ import annotations

from desk.erasing import asking
from desk.rights.opening import case_called
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.routing import post
from desk.web.api.schemas.erasures import Erasure, ErasureAsked
from desk.web.requests import db, ring_after


@post("/persons/<uid:uid>/erasure", status=202, admin=True, moves=True)
def create(uid: str, given: ErasureAsked) -> Erasure:
    """Erase a person (Art. 17 GDPR). Nothing happens before the operation is approved; until then its items tell every place, with the text before
    and after."""
    case = case_called(db(), given.case, me()) if given.case else None
    operation = asking.ask(db(), the_person(uid, binned=True), reason=given.reason, identity=given.identity, review=given.review, copies=given.copies,
                           case=case, by=me())
    ring_after("operations")
    return Erasure(operation_id=operation.uid)
