"""Doing many things in one go: what a batch of mails looks up together, and what it writes together at its end.

Everything works the same outside a batch, one statement at a time; inside, ``recall`` answers from what was
looked up ahead, and ``defer`` collects rows until the batch ends.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.orm import Session

from core.putting import rows_together

MISSING: Final = object()
Handler = Callable[[Session, list[Any]], None]


class Batch:
    """What is remembered and what waits to be written."""

    def __init__(self) -> None:
        self.memory: dict[tuple[str, Hashable], Any] = {}
        self.waiting: dict[Handler, list[Any]] = {}


@contextmanager
def together(db: Session) -> Iterator[None]:
    """A batch in this session. What was deferred is written at the end, unless something was raised."""
    outer = db.info.get("batch")
    db.info["batch"] = batch = Batch()
    try:
        with rows_together(db):
            yield
        for handler, items in batch.waiting.items():
            handler(db, items)
    finally:
        db.info["batch"] = outer


def defer(db: Session, handler: Handler, item: Any) -> None:
    """Hand an item to its handler: with all others of the batch at its end, or alone and now."""
    batch: Batch | None = db.info.get("batch")
    if batch is None:
        handler(db, [item])
    else:
        batch.waiting.setdefault(handler, []).append(item)


def recall(db: Session, what: str, key: Hashable) -> Any:
    """What the batch knows of this, or ``MISSING`` where it has to be looked up."""
    batch: Batch | None = db.info.get("batch")
    return MISSING if batch is None else batch.memory.get((what, key), MISSING)


def remember(db: Session, what: str, key: Hashable, value: Any) -> Any:
    """Know this for the rest of the batch; returns the value. Outside a batch nothing is kept."""
    batch: Batch | None = db.info.get("batch")
    if batch is not None:
        batch.memory[(what, key)] = value
    return value
