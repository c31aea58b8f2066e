"""Releasing what a process held when it died: others need not wait for its leases to end."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.exc import SQLAlchemyError

from core.database import database
from core.leases import Lease
from core.operations import Operation
from desk.inbound import InboundMail
from desk.outbound import OutboundMail

log = structlog.get_logger(__name__)

LEDGERS: tuple[tuple[Any, ColumnElement[bool]], ...] = (
    (InboundMail, InboundMail.state == "pending"),
    (OutboundMail, OutboundMail.state.in_(("queued", "deferred", "handing_over"))),
    (Operation, Operation.state == "running"),
)


def release(whose: str, *, counted: bool = True) -> bool:
    """Let go of everything held under names that begin so. Only for processes that are known to be dead, and for
    what a process has broken off.

    Attempts to read a mail stay ``counted`` unless nothing is held against it; turns of the timetable, which last until a
    job is next due, stay taken. Where the database cannot be asked the answer is False, and the leases end by themselves.
    """
    try:
        with database().write() as db:
            for ledger, open_ in LEDGERS:
                values = {} if counted or ledger is not InboundMail else {"attempts": InboundMail.attempts - 1}
                db.execute(update(ledger).where(open_, ledger.lease.startswith(whose, autoescape=True))
                           .values(lease="", lease_until=None, **values))
            db.execute(delete(Lease).where(Lease.holder.startswith(whose, autoescape=True),
                                           Lease.name.not_like("timetable:%")))
    except SQLAlchemyError as error:
        log.warning("release.cannot", why=str(error).splitlines()[0])
        return False
    return True
