"""Taking back what an operation kept, whatever kind of act it was."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts import unmoving
from contacts.agent import Agent
from core import bulk
from core.errors import Forbidden
from core.i18n import N_
from core.operations import Operation
from desk.tickets import undeciding


def undo(db: Session, operation: Operation, *, by: Agent) -> None:
    """Let everything be as before; a bulk act is taken back by a worker, item by item (the caller rings ``operations``).

    Raises Refused for what cannot be undone, Conflict where too much has changed since.
    """
    if operation.kind in bulk.BULKS:
        if by.uid != operation.by_uid and not by.admin:
            raise Forbidden(N_("Only who asked for it, or an admin, can undo this."))
        bulk.begin_undo(db, operation)
    elif operation.kind in (unmoving.KIND, unmoving.AMONG):
        unmoving.undo_move(db, operation, by=by)
    else:
        undeciding.undo(db, operation, by=by)
