"""Reports that are made by a worker and kept for as long as operations are: asked for here, found here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Unknown
from core.i18n import N_, language, zone
from core.operations import Operation, start
from desk.operating import operation_for
from desk.reports.periods import Period

KIND = "report.make"
#: Those that are listed.
MOST = 10


def ask(db: Session, period: Period, compare: str, mailboxes: Sequence[str], *, by: Agent) -> Operation:
    """Ask for a report, of these mailboxes (uids) or of all that the agent sees, in the language and zone that are spoken. Ring *operations*."""
    return start(db, KIND, {"first": period.first.isoformat(), "last": period.last.isoformat(), "compare": compare, "mailboxes": list(mailboxes),
                            "language": language(), "zone": zone()}, by=by.uid)


def ask_for_desk(db: Session, period: Period, to: Sequence[str], language: str, zone: str) -> Operation:
    """The same for the desk itself: of all mailboxes, and mailed to these addresses when it is made."""
    return start(db, KIND, {"first": period.first.isoformat(), "last": period.last.isoformat(), "compare": "before", "mailboxes": [],
                            "language": language, "zone": zone, "to": list(to)})


def period_asked(operation: Operation) -> Period:
    """Of which days."""
    return Period(date.fromisoformat(operation.given["first"]), date.fromisoformat(operation.given["last"]))


def made(db: Session, agent: Agent) -> Sequence[Operation]:
    """The agent's latest reports."""
    return db.scalars(select(Operation).where(Operation.by_uid == agent.uid, Operation.kind == KIND).order_by(Operation.id.desc()).limit(MOST)).all()


def report_called(db: Session, agent: Agent, uid: str) -> Operation:
    """A report that the agent asked for; admins see all. Raises Unknown."""
    operation = operation_for(db, agent, uid)
    if operation.kind != KIND:
        raise Unknown(N_("There is no such report."))
    return operation
