"""Restoring what lies in the bin, whatever it is: one, some, or what was deleted in one go (S68, S69, S71)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Person
from core import bulk
from core.errors import Refused
from core.operations import Operation
from core.putting import savepoint
from desk.access import needs_admin
from desk.bin_lists import Lying, of_act
from desk.tickets.binning import restore_ticket
from desk.tickets.returning import restore_company, restore_person


def restore(db: Session, record: Any, *, by: Agent) -> None:
    """Bring a person, company or ticket back. Raises Forbidden, Refused, and Conflict where an answer is wanted first."""
    needs_admin(by)
    if isinstance(record, Person):
        restore_person(db, record, by=by)
    elif isinstance(record, Company):
        restore_company(db, record, by=by)
    else:
        restore_ticket(db, record, by=by)


def restore_some(db: Session, chosen: Iterable[Lying], *, by: Agent) -> tuple[int, list[tuple[Lying, Refused]]]:
    """Each by itself: how many are back, and which are not, and why. Companies come first, and bring along who was deleted with them."""
    back, left = 0, []
    for one in sorted(chosen, key=lambda one: one.row.of != "company"):
        if one.record.binned_at is None:
            back += 1
            continue
        try:
            with savepoint(db):
                restore(db, one.record, by=by)
            back += 1
        except Refused as refused:
            left.append((one, refused))
    return back, left


def restore_act(db: Session, act: str, *, by: Agent) -> tuple[Operation | None, int, Sequence[tuple[Lying, Refused]]]:
    """All that was deleted in one go. A bulk act is taken back by a worker: it is returned, and the caller rings ``operations``. Else
    as :func:`restore_some`. Raises Unknown, Forbidden, Refused."""
    operation, there = of_act(db, by, act)
    if operation is not None and operation.kind in bulk.BULKS and bulk.undoable(db, operation):
        bulk.begin_undo(db, operation)
        return operation, 0, ()
    return None, *restore_some(db, there, by=by)
