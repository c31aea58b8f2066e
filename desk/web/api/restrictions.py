"""Restriction of a person (Art. 18 GDPR): placed, read, lifted. For admins."""

from __future__ import annotations

from contacts.restricting import restrict, standing
from contacts.restriction import Restriction as Row
from desk.lifting import lift
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.routing import get, post
from desk.web.api.schemas.restrictions import Lifting, NewRestriction, Restriction
from desk.web.requests import db, ring_after


@get("/persons/<uid:uid>/restriction", admin=True, moves=True)
def show(uid: str) -> Restriction:
    """The restriction that holds; 422 where none does."""
    return _shape(standing(db(), the_person(uid)))


@post("/persons/<uid:uid>/restriction", status=201, admin=True, moves=True)
def create(uid: str, given: NewRestriction) -> Restriction:
    """Store the person and use them for nothing: in no list, search, selection, mailing, export or bulk act, until the restriction is lifted."""
    person = the_person(uid)
    versions.unmoved(person.version)
    return _shape(restrict(db(), person, ground=given.ground, reason=given.reason, by=me()))


@post("/persons/<uid:uid>/restriction/lifting", admin=True, moves=True)
def destroy(uid: str, given: Lifting) -> Restriction:
    """Lift it. The person is told by mail; where there is no address, `how` says by which other way they were."""
    person = the_person(uid)
    versions.unmoved(person.version)
    row = lift(db(), person, by=me(), how=given.how)
    if row.told == "mail":
        ring_after("outbound")
    return _shape(row)


def _shape(row: Row) -> Restriction:
    return Restriction(ground=row.ground, reason=row.reason, at=row.at, by=row.by.email if row.by else None, lifted_at=row.lifted_at, told=row.told, how=row.told_how)
