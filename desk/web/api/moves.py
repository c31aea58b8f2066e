"""Moving a person to another company, and copying one to a second."""

from __future__ import annotations

from contacts.copying import copy_card, employ_also, to_copy
from contacts.movable import KINDS
from contacts.move_plan import Move, Plan, plan
from contacts.move_plan import Side as Parted
from contacts.moving import move_person
from contacts.person import Employment
from contacts.person import Person as Row
from core.errors import Refused
from core.i18n import N_, today
from core.i18n import gettext as _
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, the_person
from desk.web.api.routing import post
from desk.web.api.schemas.moves import CopyAsked, CopyMade, MoveAsked, Moved, Record, Side
from desk.web.api.shapes.persons import person as shape
from desk.web.presenting.moves import called
from desk.web.requests import db


@post("/persons/<uid:uid>/move", moves=True)
def create(uid: str, given: MoveAsked) -> Moved:
    """Move a person to another company or to none, with the records that are to go along; or show what that would do."""
    person = the_person(uid)
    versions.unmoved(person.version)
    move = _move(person, given)
    foreseen = plan(db(), person, move)
    seen = _said(move, foreseen)
    kept = None if given.preview else move_person(db(), person, move, by=me(), mark=foreseen.mark)
    return Moved(preview=given.preview, from_company=seen[0], to_company=given.to_company, last_day=foreseen.last_day,
                 follows=[name.removesuffix("_id") for name in foreseen.follows],
                 proposes=foreseen.status, kinds=seen[1], undo=kept.uid if kept else None, person=shape(db(), person))


@post("/persons/<uid:uid>/copy", status=201, moves=True)
def copy(uid: str, given: CopyAsked) -> CopyMade:
    """Let a person work at a second company too, on the same card or on one of its own; nothing related is copied."""
    person, company = the_person(uid), company_named(given.company_id, "company_id")
    if given.as_ == "employment":
        employ_also(db(), person, company, position=given.position, started_on=today(), by=me())
        return CopyMade(person=shape(db(), person), stays=[])
    stays = to_copy(db(), person).stays
    made = copy_card(db(), person, company, position=given.position, by=me(), addresses=given.addresses)
    return CopyMade(person=shape(db(), made), stays=[name.removesuffix("_id") for name in stays])


def _move(person: Row, given: MoveAsked) -> Move:
    to = company_named(given.to_company, "to_company") if given.to_company else None
    return Move(_job(person, given.from_company), to, given.on or today(), given.position, given.activities, given.after,
                KINDS if given.kinds is None else tuple(given.kinds), given.mistake, given.status)


def _job(person: Row, company: str | None) -> Employment | None:
    """The employment they leave."""
    if company is None:
        return person.employment
    found = next((job for job in person.employments if job.company.uid == company and job.ended_on is None), None)
    if found is None:
        raise Refused(N_("They do not work there."), {"from_company": _("Name a company where they work now.")})
    return found


def _said(move: Move, foreseen: Plan) -> tuple[str | None, list[Side]]:
    """Said before the move changes what it is about."""
    return move.job.company.uid if move.job else None, [_side(one) for one in foreseen.sides]


def _side(side: Parted) -> Side:
    def records(rows: object) -> list[Record]:
        return [Record(id=row.uid, title=called(row), at=row.at or row.created_at) for row in rows]  # type: ignore[attr-defined]

    return Side(kind=side.kind.key, moves=side.moves, stays=side.stays, moving=records(side.moving), staying=records(side.staying))
