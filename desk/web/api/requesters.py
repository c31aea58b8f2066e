"""Who the sender of a ticket is, and taking that back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation as Row
from desk.tickets.deciding import change_requester
from desk.tickets.undeciding import Before, always, block_sender, remember
from desk.undoing import undo
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, person_named, the_ticket
from desk.web.api.routing import post, put
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.tickets import PersonToCreate, RequesterChange, Undoable
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


@put("/tickets/<int:number>/requester", moves=True)
def update(number: int, given: RequesterChange) -> Undoable:
    """Settle who wrote; other held tickets of the same address follow."""
    ticket = the_ticket(number)
    versions.unmoved(ticket.version)
    if sum(one is not None for one in (given.person_id, given.create, given.none, given.spam)) != 1:
        raise Refused(N_("Say one thing: this person, a new person, no record, or spam."))
    before = Before(db(), ticket)
    person = person_named(given.person_id, "person_id") if given.person_id else None
    settled = change_requester(
        db(), ticket, me(), person=person, add_address=given.add_address,
        create=_fields(given.create) if given.create else None, none=bool(given.none), spam=bool(given.spam))
    blocked = block_sender(db(), ticket, given.block) if given.block else ""
    rule = always(db(), ticket, _then(given), by=me()) if given.always else None
    ring_after("fanout")
    return Undoable(undo=remember(db(), before, settled, by=me(), blocked=blocked, rule=rule).uid)


def _then(given: RequesterChange) -> dict[str, Any]:
    """The same for everybody at the domain."""
    if given.person_id:
        raise Refused(N_("Not everybody at a domain is the same person. Choose a new person, no record or spam for always."))
    if given.create:
        return {"act": "create", "company": given.create.company_id} if given.create.company_id else {"act": "create"}
    return {"act": "spam" if given.spam else "never"}


@post("/undo/<uid:uid>")
def destroy(uid: str) -> Operation:
    """Take a decision back, as long as nobody has decided anew."""
    row = db().scalar(select(Row).where(Row.uid == uid).with_for_update())
    if row is None or (row.by_uid != me().uid and not me().admin):
        raise Unknown(N_("There is nothing to undo here."))
    undo(db(), row, by=me())
    return operation(row)


def _fields(given: PersonToCreate) -> dict[str, Any]:
    if not (given.first_name.strip() or given.last_name.strip()):
        raise Refused(N_("A person needs a name."), {"create.last_name": _("Give a first name, a last name or both.")})
    company = company_named(given.company_id, "create.company_id") if given.company_id else None
    return {"first_name": given.first_name[:120], "last_name": given.last_name[:120], "company": company}
