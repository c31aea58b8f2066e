"""The job of operations: takes those that wait, under a lease, and records how they ended."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import operations
from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import gettext as _
from core.leases import holder
from core.operations import LEASE, Operation
from jobs import kinds

log = structlog.get_logger(__name__)


def run() -> None:
    """Do every operation that waits. An operation that fails says why and holds up no other."""
    kinds.register()
    while taken := _take():
        for operation_id, who in taken:
            _perform(operation_id, who)


def _take() -> list[tuple[int, str]]:
    """Claim what waits; nobody else takes it while the lease stands."""
    who = holder()
    with database().write() as db:
        waiting = operations.waiting(db)
        for operation in waiting:
            operation.state, operation.lease, operation.lease_until = "running", who, now() + LEASE
        db.flush()
        return [(operation.id, who) for operation in waiting]


def _perform(operation_id: int, who: str) -> None:
    """One operation. Its kind gets a session in which it may commit: before it speaks to the network it must."""
    with database().writer() as db:
        operation = db.get_one(Operation, operation_id)
        if operation.lease != who or operation.state != "running":
            return
        db.commit()
        try:
            _kind(operation)(db, operation)
            _end(operation, "done")
            db.commit()
        except StaleDataError:
            db.rollback()
            log.info("operation.changed", operation=operation_id)  # cancelled or paused meanwhile: that holds
        except Refused as refused:
            db.rollback()
            _fail(operation_id, who, refused.sentence)
        except Exception as error:
            log.exception("operation.failed", operation=operation_id)
            db.rollback()
            _fail(operation_id, who, _("It ended with an error: %(error)s. The log says more.", error=type(error).__name__))


def _kind(operation: Operation) -> Callable[[Session, Operation], None]:
    try:
        return operations.KINDS[operation.kind]
    except KeyError:
        raise Refused(_("This desk does not know how to do “%(kind)s”.", kind=operation.kind)) from None


def _fail(operation_id: int, who: str, reason: str) -> None:
    with database().write() as db:
        operation = db.get_one(Operation, operation_id)
        if operation.lease == who and operation.state == "running":
            operation.reason = reason
            _end(operation, "failed")


def _end(operation: Operation, state: str) -> None:
    operation.state, operation.ended_at, operation.lease, operation.lease_until = state, now(), "", None
    if state == "done":
        operation.done = max(operation.done, operation.total)
