"""What is due: the questions the worker asks the database every second."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import operations
from core.clock import now
from core.database import database
from core.history import Outbox
from desk import claiming, outbound
from desk.tickets.ticket import Ticket

log = structlog.get_logger(__name__)


def bells() -> list[str]:
    """Bells whose jobs have something to do. Empty while the database cannot be asked; that is logged."""
    try:
        with database().read() as db:
            return [bell for bell, waits in QUESTIONS.items() if waits(db)]
    except SQLAlchemyError as error:
        log.error("due.cannot_ask", why=str(error).splitlines()[0])
        return []


def fanout_now(db: Session) -> bool:
    """Whether a fact waits for one of its consumers."""
    return db.scalar(select(Outbox.id).where(Outbox.due_at <= now()).limit(1)) is not None


def snoozed_now(db: Session) -> bool:
    """Whether a snoozed ticket is to wake."""
    return db.scalar(select(Ticket.id).where(
        Ticket.state == "snoozed", Ticket.shelf == "waiting", Ticket.snoozed_until <= now()).limit(1)) is not None


QUESTIONS: dict[str, Callable[[Session], bool]] = {
    "inbound": claiming.pending_now,
    "fanout": fanout_now,
    "outbound": outbound.pending_now,
    "operations": lambda db: bool(operations.waiting(db)),
    "snoozed": snoozed_now,
}
