"""Cases a page at a time: those that are open first, by the day on which they are due."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from core.database import LARGEST_ID
from core.errors import Refused
from core.history import FactRow, FactSubject
from core.i18n import N_
from desk.access import needs_admin
from desk.rights.case import KINDS, STATES, RightsCase
from desk.rights.opening import noon


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of cases, and where the next begins."""

    rows: Sequence[RightsCase]
    next: str | None


def cases(db: Session, by: Agent, *, kind: str = "", state: str = "", person_id: int | None = None, cursor: str = "", most: int = 50) -> Leaf:
    """A page: of a kind, of a state (or *open*), of a person. Raises Forbidden, and Refused for a cursor that is none."""
    needs_admin(by)
    query = select(RightsCase)
    if kind in KINDS:
        query = query.where(RightsCase.kind == kind)
    if state in STATES:
        query = query.where(RightsCase.state == state)
    elif state == "open":
        query = query.where(RightsCase.closed.is_(False))
    if person_id is not None:
        query = query.where(RightsCase.person_id == person_id)
    if cursor:
        query = query.where(tuple_(RightsCase.closed, RightsCase.due_at, RightsCase.id) > _read(cursor))
    rows = db.scalars(query.order_by(RightsCase.closed, RightsCase.due_at, RightsCase.id).limit(most + 1).options(
        joinedload(RightsCase.person), joinedload(RightsCase.owner), joinedload(RightsCase.ticket))).all()
    return Leaf(rows[:most], _written(rows[most - 1]) if len(rows) > most else None)


def overdue(db: Session, day: date) -> int:
    """How many of the open ones are late."""
    return db.scalar(select(func.count()).select_from(RightsCase).where(RightsCase.closed.is_(False), RightsCase.due_at < noon(day))) or 0


def history(db: Session, case: RightsCase, most: int = 100) -> Sequence[FactRow]:
    """What happened to a case, the latest first."""
    return db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == case.uid).order_by(FactRow.id.desc()).limit(most)).all()


def _written(last: RightsCase) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.closed, last.due.isoformat(), last.id]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[bool, datetime, int]:
    try:
        closed, day, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(closed) is not bool or type(last) is not int or not 0 < last <= LARGEST_ID:
            raise ValueError(cursor)
        return closed, noon(date.fromisoformat(day)), last
    except (ValueError, TypeError) as error:
        raise Refused(N_("This page of the list is not there any more. Start from the top.")) from error
