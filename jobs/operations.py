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
from core.operations import LEASE, Operation, Unfinished
from core.outage import is_outage
from jobs import kinds

log = structlog.get_logger(__name__)


def run() -> None:
    """Do every operation that waits. One that fails says why and holds up no other; of a long one a slice is done, and the next when
    this is rung for again."""
    kinds.register()
    begun: set[int] = set()
    while taken := _take(begun):
        for operation_id, who in taken:
            begun.add(operation_id)
            _perform(operation_id, who)


def _take(begun: set[int]) -> list[tuple[int, str]]:
    """Claim what waits and has not had its turn; nobody else takes it while the lease stands."""
    who = holder()
    with database().write() as db:
        waiting = [one for one in operations.waiting(db) if one.id not in begun]
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
            _end(operation, _kind(operation)(db, operation) or "done")
            db.commit()
        except Unfinished:
            db.rollback()
            _put_back(operation_id, who)
        except StaleDataError:
            db.rollback()
            log.info("operation.changed", operation=operation_id)  # cancelled or paused meanwhile: that holds
        except Refused as refused:
            db.rollback()
            _fail(operation_id, who, refused.sentence)
        except Exception as error:
            log.exception("operation.failed", operation=operation_id)
            db.rollback()
            if is_outage(error):        # it goes on where it was, at once or when its lease has lapsed
                _put_back(operation_id, who)
                return
            _fail(operation_id, who, _("It ended with an error: %(error)s. The log says more.", error=type(error).__name__))


def _kind(operation: Operation) -> Callable[[Session, Operation], str | None]:
    try:
        return operations.KINDS[operation.kind]
    except KeyError:
        raise Refused(_("This desk does not know how to do “%(kind)s”.", kind=operation.kind)) from None


def _put_back(operation_id: int, who: str) -> None:
    """Let whoever comes next go on with it."""
    with database().write() as db:
        operation = db.get_one(Operation, operation_id)
        if operation.lease == who and operation.state == "running":
            operation.state, operation.lease, operation.lease_until = "approved", "", None


def _fail(operation_id: int, who: str, reason: str) -> None:
    with database().write() as db:
        operation = db.get_one(Operation, operation_id)
        if operation.lease == who and operation.state == "running":
            operation.reason = reason
            _end(operation, "failed")


def _end(operation: Operation, state: str) -> None:
    operation.state, operation.lease, operation.lease_until = state, "", None
    operation.ended_at = now() if state not in ("planned", "paused") else None
    if state == "done":
        operation.done = max(operation.done, operation.total)
