"""Operations: acts that take time, run by a worker, with progress, a result, and a way to stop them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session

from core.clock import now
from core.database import Base, Guarded, Json, Row, personal, plain
from core.errors import Refused
from core.i18n import gettext as _

#: For how long whoever took an operation is believed to be at work without a sign.
LEASE = timedelta(minutes=10)
STATES = ("planned", "approved", "running", "paused", "done", "failed", "cancelled", "undone")


class Unfinished(Exception):
    """A kind raises this when it has done a slice and committed how far it is: the worker does what else waits, then goes on."""


class Operation(Row, Guarded, Base):
    """One long act: what (kind and input), who asked, how far it is, what came out.

    ``phase`` is what a worker does with a bulk act (:mod:`core.bulk`): lay, plan, run, undo; empty for every other kind.
    """

    __tablename__ = "operations"
    kind: Mapped[str] = plain(String(40))
    state: Mapped[str] = plain(String(10), default="approved")
    phase: Mapped[str] = plain(String(10), default="")
    by_uid: Mapped[str | None] = plain(String(24))
    given: Mapped[dict[str, Any]] = personal(Json, default=dict, erase="rewrite", report=False, kept="log")
    done: Mapped[int] = plain(default=0)
    total: Mapped[int] = plain(default=0)
    result: Mapped[dict[str, Any]] = personal(Json, default=dict, erase="rewrite", report=False, kept="log")
    file: Mapped[bytes | None] = personal(LargeBinary, deferred=True, report=False, kept="log")
    reason: Mapped[str | None] = plain(Text)
    due_at: Mapped[datetime] = plain(default=now)
    lease: Mapped[str] = plain(String(80), default="")
    lease_until: Mapped[datetime | None] = plain()
    ended_at: Mapped[datetime | None] = plain()
    __table_args__ = (Index("ix_operations_state", "state", "due_at"), Index("ix_operations_by", "by_uid", "kind", "id"),
                      Index("ix_operations_kind", "kind", "id"))

    def as_dict(self) -> dict[str, Any]:
        """As the API shows it."""
        return {"id": self.uid, "kind": self.kind, "state": self.state,
                "progress": {"done": self.done, "total": self.total}, "reason": self.reason,
                "items_url": f"/api/v1/operations/{self.uid}/items",
                "result_url": f"/api/v1/operations/{self.uid}/result" if self.state == "done" else None}


class OperationItem(Base):
    """One record that an operation speaks of: what it is (``kind``), which (``subject_uid``), and what would become of it.

    ``state`` in a bulk act: laid (not looked at yet), planned, done, skipped, failed, undone, conflict (changed since, so not
    undone); ``reason`` says why, in English.
    """

    __tablename__ = "operation_items"
    id: Mapped[int] = plain(primary_key=True)
    operation_id: Mapped[int] = plain(ForeignKey("operations.id", ondelete="CASCADE"))
    kind: Mapped[str] = plain(String(20), default="")
    state: Mapped[str] = plain(String(10), default="")
    subject_uid: Mapped[str | None] = plain(String(24))
    data: Mapped[dict[str, Any]] = personal(Json, default=dict, erase="rewrite", report=False, kept="log")
    reason: Mapped[str | None] = personal(Text, erase="rewrite", report=False, kept="log")
    __table_args__ = (Index("ix_operation_items_operation", "operation_id", "kind", "id"),
                      Index("ix_operation_items_state", "operation_id", "state", "id"))


#: Kind → what a worker does; it returns the state that ends it, where that is another than done. Filled by the packages that know
#: how; a worker imports them all.
KINDS: dict[str, Callable[[Session, Operation], str | None]] = {}


def start(db: Session, kind: str, given: dict[str, Any], *, by: str | None = None, total: int = 1) -> Operation:
    """Ask for an operation; the caller commits and rings ``operations``."""
    operation = Operation(kind=kind, given=given, by_uid=by, total=total)
    db.add(operation)
    db.flush()
    return operation


def prolong(operation: Operation) -> None:
    """Whoever works at it is still there."""
    operation.lease_until = now() + LEASE


def turn(db: Session, operation: Operation, state: str) -> None:
    """Pause, resume or cancel. Raises Refused where the present state does not allow it."""
    allowed = {"paused": ("approved", "running"), "approved": ("paused", "planned"),
               "cancelled": ("planned", "approved", "running", "paused")}
    if operation.state not in allowed.get(state, ()):
        raise Refused(_("An operation that is %(before)s cannot become %(after)s.", before=operation.state, after=state))
    operation.state, operation.lease, operation.lease_until = state, "", None      # whoever is at it hears so at the next commit
    if state == "cancelled":
        operation.ended_at = now()
    db.flush()


def waiting(db: Session) -> list[Operation]:
    """Operations a worker should take, oldest first."""
    at = now()
    return list(db.scalars(select(Operation).where(
        Operation.state.in_(("approved", "running")), Operation.due_at <= at,
        (Operation.lease_until.is_(None)) | (Operation.lease_until < at)).order_by(Operation.id).limit(10)))
