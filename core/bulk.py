"""Bulk acts: an operation that plans, waits for a word, runs in chunks, and takes itself back item by item.

A kind is one small object (:class:`Bulk`) that knows what to do with one item. The engine does the rest: a chunk of items is one
transaction together with how far the operation is, so that a worker may die, and an operation be paused or cancelled, at any
moment. Where something is raised the chunk is halved until the item stands alone that raises it; the reason stays with it.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core.among import among
from core.batch import together
from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import KINDS, LEASE, Operation, OperationItem, Unfinished, start
from core.options import option
from core.outage import is_outage

log = structlog.get_logger(__name__)
#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
CHUNK = 200
#: Until it is looked at again, where there is no room for more items.
PAUSE = timedelta(seconds=2)
#: Phase → the state of the items that wait for it.
WAITS = {"plan": "laid", "run": "planned", "undo": "done"}


class Skipped(Refused):
    """Nothing is to be done with this item; the sentence says why."""


class Bulk(ABC):
    """What a kind of bulk act knows. Each step gets an item and what :meth:`prepare` looked up for all items of its chunk.

    ``plan`` fills ``item.kind`` and ``item.data`` (``before`` and ``after``: field → value, for people to see); ``apply`` does it, and
    keeps in ``item.data["undo"]`` what ``undo`` needs. Each may raise :class:`Skipped` or Refused; ``undo`` raises Refused where somebody
    has changed the record since. None of them commits.
    """

    kind: str = ""
    #: Whether what it did can be taken back at all.
    takes_back = True

    def lay(self, db: Session, operation: Operation) -> bool:
        """Lay out some items that are not known when it is asked for; whether there are more. It commits nothing."""
        return False

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> Any:
        """Look up together what the items need."""
        return None

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:  # noqa: B027 - laid as it will be, by some
        """Say what would become of it."""

    @abstractmethod
    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Do it."""

    @abstractmethod
    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Take it back."""

    def close(self, db: Session, operation: Operation, at: Any) -> None:  # noqa: B027 - most do everything item by item
        """All items of a chunk are done; what is done for them together, in the same transaction."""

    def room(self, db: Session, operation: Operation) -> int:
        """How many items may be done now, at most: less than all where it goes by the clock; 0 asks again in some seconds."""
        return CHUNK

    def forget(self, db: Session, operation: Operation) -> None:  # noqa: B027 - most keep nothing
        """It is planned, or over: let go of what is not needed any more."""


BULKS: dict[str, Bulk] = {}


def register(bulk: Bulk) -> None:
    """Let a kind be known to pages, the API and workers."""
    BULKS[bulk.kind] = bulk
    KINDS[bulk.kind] = run


def ask(db: Session, kind: str, given: dict[str, Any], *, by: str, phase: str = "lay", total: int = 0) -> Operation:
    """Ask for a bulk act: a worker plans it, then it waits for a word. The caller rings ``operations``."""
    operation = start(db, kind, given, by=by, total=total)
    operation.phase = phase
    db.flush()
    return operation


def run(db: Session, operation: Operation) -> str:
    """A slice of the phase it is in; the state it is in then. Raises Unfinished where more is left."""
    bulk, until = BULKS[operation.kind], time.monotonic() + SLICE
    work = _Work(bulk, operation.id, operation.lease)
    while True:
        phase = _phase(work)
        more = work.lay() if phase == "lay" else work.step(phase)
        if not more and phase != "lay":
            break
        if not more:
            work.planned()
        if time.monotonic() > until:
            raise Unfinished
    db.refresh(operation)
    if operation.lease != work.who:
        raise StaleDataError
    bulk.forget(db, operation)
    if phase == "plan":         # written with the state that waits for a word: a worker that dies in between leaves nothing to run
        operation.phase, operation.done, operation.total = "run", 0, counts(db, operation).get("planned", 0)
    operation.result = operation.result | {"items": counts(db, operation)}
    return {"plan": "planned", "run": "done", "undo": "undone"}[phase]


def begin_undo(db: Session, operation: Operation) -> None:
    """Let a worker take it back. Raises Refused where it cannot be any more."""
    if not undoable(db, operation):
        raise Refused(N_("This cannot be undone, or was undone already."))
    operation.phase, operation.state, operation.reason, operation.ended_at = "undo", "approved", None, None
    operation.done, operation.total = 0, counts(db, operation).get("done", 0)
    db.flush()


def undoable(db: Session, operation: Operation) -> bool:
    """Whether it did something that can be taken back: its undo is kept as long as the bin keeps what is deleted."""
    over = operation.state in ("done", "failed", "cancelled") and operation.phase in ("run", "undo")
    if not over or operation.kind not in BULKS or operation.ended_at is None:
        return False
    kept = timedelta(days=option(db, "contacts.bin_days"))
    return BULKS[operation.kind].takes_back and now() - operation.ended_at <= kept and db.scalar(_items(operation.id, "done").limit(1)) is not None


def counts(db: Session, operation: Operation) -> dict[str, int]:
    """State → how many of its items are in it."""
    return dict(db.execute(select(OperationItem.state, func.count()).where(
        OperationItem.operation_id == operation.id).group_by(OperationItem.state)).all())


def _items(operation_id: int, state: str, *, backwards: bool = False) -> Select[Any]:
    order = OperationItem.id.desc() if backwards else OperationItem.id
    return select(OperationItem.id).where(OperationItem.operation_id == operation_id, OperationItem.state == state).order_by(order)


def _phase(work: _Work) -> str:
    with database().read() as db:
        return db.scalars(select(Operation.phase).where(Operation.id == work.id)).one()


class _Work:
    """One worker at one operation, as long as the lease is its own."""

    def __init__(self, bulk: Bulk, operation_id: int, who: str) -> None:
        self.bulk, self.id, self.who = bulk, operation_id, who

    def lay(self) -> bool:
        """Some more items."""
        with database().write() as db:
            operation = self._hold(db)
            more = self.bulk.lay(db, operation)
            self._progress(db, done=operation.done, total=operation.total, result=operation.result)
            return more

    def step(self, phase: str) -> bool:
        """The next chunk of what waits in this phase; whether there was one."""
        with database().read() as db:
            waiting = _items(self.id, WAITS[phase], backwards=phase == "undo")
            room = min(CHUNK, self.bulk.room(db, db.get_one(Operation, self.id))) if phase == "run" else CHUNK
            ids = list(db.scalars(waiting.limit(max(room, 1))))
        if ids and room < 1:
            self._wait()
        if ids:
            self._through(phase, ids)
        return bool(ids)

    def _wait(self) -> None:
        """Let it be taken up again in some seconds."""
        with database().write() as db:
            self._progress(db, due_at=now() + PAUSE)
        raise Unfinished

    def planned(self) -> None:
        """All is laid out: from here on it is planned."""
        with database().write() as db:
            total = counts(db, self._hold(db)).get(WAITS["plan"], 0)
            self._progress(db, phase="plan", done=0, total=total)

    def _through(self, phase: str, ids: list[int]) -> None:
        """Do it with all of them at once; where that fails, with each half. An outage of the database is no item's fault."""
        try:
            self._once(phase, ids)
        except _Stopped:
            raise
        except Exception as error:      # whatever it is, it stays with the item that raises it, and the others go on
            if is_outage(error):
                raise
            if len(ids) == 1:
                self._fail(phase, ids[0], error)
                return
            half = len(ids) // 2
            self._through(phase, ids[:half])
            self._through(phase, ids[half:])

    def _once(self, phase: str, ids: list[int]) -> None:
        """Those that still wait: of a commit whose answer was lost nobody knows whether they do."""
        with database().write() as db:
            operation = self._hold(db)
            found = {one.id: one for one in db.scalars(select(OperationItem).where(among(OperationItem.id, ids), OperationItem.state == WAITS[phase]))}
            with together(db):
                getattr(self, f"_{phase}")(db, operation, [found[n] for n in ids if n in found])
            db.flush()
            self._progress(db, done=Operation.done + len(found))

    def _plan(self, db: Session, operation: Operation, items: list[OperationItem]) -> None:
        at = self.bulk.prepare(db, operation, items)
        for item in items:
            try:
                self.bulk.plan(db, operation, item, at)
                item.state = "planned"
            except Refused as refused:
                _note(item, "skipped" if isinstance(refused, Skipped) else "failed", refused)

    def _run(self, db: Session, operation: Operation, items: list[OperationItem]) -> None:
        at = self.bulk.prepare(db, operation, items)
        for item in items:
            self.bulk.apply(db, operation, item, at)
            item.state = "done"
        self.bulk.close(db, operation, at)

    def _undo(self, db: Session, operation: Operation, items: list[OperationItem]) -> None:
        for item in items:
            self.bulk.undo(db, operation, item)
            item.state = "undone"

    def _fail(self, phase: str, item_id: int, error: Exception) -> None:
        """What went wrong with one item stays with it, and the others go on."""
        if not isinstance(error, Refused):
            log.warning("operation.item_failed", operation=self.id, item=item_id, exc_info=error)
        with database().write() as db:
            self._hold(db)
            state = "conflict" if phase == "undo" else "skipped" if isinstance(error, Skipped) else "failed"
            _note(db.get_one(OperationItem, item_id), state, error)
            db.flush()
            self._progress(db, done=Operation.done + 1)

    def _hold(self, db: Session) -> Operation:
        """The operation, held until the transaction ends; what is changed on it here is not saved by itself. Raises _Stopped when it
        is another's by now, or paused, or cancelled."""
        self._progress(db)
        operation = db.get_one(Operation, self.id)
        db.expunge(operation)
        return operation

    def _progress(self, db: Session, **values: Any) -> None:
        """Written past the version: whoever looks at it and presses a button is not overtaken by it."""
        done: Any = db.execute(update(Operation.__table__).where(  # type: ignore[arg-type]
            Operation.id == self.id, Operation.lease == self.who, Operation.state == "running").values(lease_until=now() + LEASE, **values))
        if not done.rowcount:
            raise _Stopped


class _Stopped(StaleDataError):
    """Somebody has paused or cancelled it, or works at it too."""


def _note(item: OperationItem, state: str, error: Exception) -> None:
    item.state = state
    said = error.sentence if isinstance(error, Refused) else ""
    more = [text for text in error.errors.values() if text != said] if isinstance(error, Refused) else []
    item.reason = " ".join([said, *more]) or _("It ended with an error: %(error)s. The log says more.", error=type(error).__name__)
