"""Many tickets changed in one go: how each stood is kept, so that one click takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from core.clock import now
from core.errors import Refused, Unknown
from core.i18n import N_
from core.operations import Operation
from core.putting import savepoint
from desk.access import ticket_for
from desk.tickets.assigning import assign
from desk.tickets.states import change_state
from desk.tickets.tagging import set_tags, tags_of
from desk.tickets.ticket import Ticket

KIND = "tickets.changed"

Standing = dict[str, Any]


def standing(db: Session, ticket: Ticket) -> Standing:
    """What changing many changes of a ticket."""
    return {"state": ticket.state, "held": ticket.held, "until": _told(ticket.snoozed_until), "due": _told(ticket.due_at), "closed": _told(ticket.closed_at),
            "assignee": ticket.assignee_id, "team": ticket.team_id, "tags": tags_of(db, ticket)}


def remember(db: Session, changed: Sequence[tuple[Ticket, Standing]], *, by: Agent) -> Operation:
    """Keep how these stood before, and how they stand now."""
    given = {"tickets": [{"id": ticket.id, "before": before, "after": standing(db, ticket)} for ticket, before in changed]}
    operation = Operation(kind=KIND, state="done", given=given, by_uid=by.uid, total=len(changed), done=len(changed), ended_at=now())
    db.add(operation)
    db.flush()
    return operation


def take_back(db: Session, uid: str, *, by: Agent) -> tuple[int, int]:
    """Let them stand as before: how many do, and how many are left as they are because somebody has changed them since, or cannot.

    Raises Unknown for what was another's or nothing, and Refused for what was taken back already.
    """
    operation = db.scalar(select(Operation).where(Operation.uid == uid, Operation.kind == KIND, Operation.by_uid == by.uid).with_for_update())
    if operation is None:
        raise Unknown(N_("There is nothing to take back."))
    if operation.state != "done":
        raise Refused(N_("This cannot be undone, or was undone already."))
    kept = operation.given["tickets"]
    back = sum(_put_back(db, one, by) for one in sorted(kept, key=lambda one: one["id"]))
    operation.state = "undone"
    db.flush()
    return back, len(kept) - back


def _put_back(db: Session, one: dict[str, Any], by: Agent) -> bool:
    try:
        with savepoint(db):
            ticket = ticket_for(db, by, one["id"], lock=True)
            if standing(db, ticket) != one["after"]:
                return False
            before = one["before"]
            change_state(db, ticket, before["state"], by=by, until=_moment(before["until"]))
            assign(db, ticket, by=by, assignee=db.get(Agent, before["assignee"]) if before["assignee"] else None,
                   team=db.get(Team, before["team"]) if before["team"] else None)
            set_tags(db, ticket, before["tags"], by=by)
            ticket.held, ticket.due_at, ticket.closed_at = before["held"], _moment(before["due"]), _moment(before["closed"])
            return True
    except Refused:             # as a ticket that would sleep until a moment that has passed
        return False


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
