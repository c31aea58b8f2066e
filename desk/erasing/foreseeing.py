"""What erasing would do, place by place: the items of the operation, while it waits for a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.voucher import invoiced
from core.operations import Operation, OperationItem
from desk.erasing import attached, inputs, mentions, tombstones, upstream
from desk.erasing.asking import UNCERTAIN
from desk.erasing.companies import WHOLE, Firm
from desk.erasing.mentions import Found, Place
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from rules.redaction import TOKEN

#: A name, and what does a lot of it: it takes where to go on after (0 at first) and gives where that is next, None at the end.
Step = tuple[str, Callable[[Any], Any]]
LOT = 100
#: Files at a time: each may take seconds to read.
FILES = 20
#: Characters of a message that are shown before it goes.
SHOWN = 160


def foreseen(db: Session, operation: Operation, subject: Subject, reader: Reader, firms: Sequence[Firm]) -> Iterator[Step]:
    """What would become of everything: one item a place. ``firms``: companies that may be the person."""
    yield "vouchers", lambda after: tell_vouchers(operation, invoiced(db, subject.persons))
    yield "own companies", lambda after: _companies(db, operation, firms)
    yield "received upstream", lambda after: upstream.list_received(db, operation, subject, after)
    yield "sent upstream", lambda after: upstream.list_sent(db, operation, subject, after)
    yield "own messages", lambda after: _messages(db, operation, subject, after)
    yield "own tickets", lambda after: _tickets(db, operation, subject, after)
    for table in mentions.tables():
        yield table.name, lambda after, table=table: _mentions(db, operation, subject, reader, table, after, firms)  # type: ignore[misc]
    for name in attached.KINDS:
        yield f"files of {name}", lambda after, name=name: _files(db, operation, subject, reader, name, after)  # type: ignore[misc]
    yield "files of operations", lambda after: _inputs(db, operation, reader, after)


def tell_vouchers(operation: Operation, kept: Mapping[int, datetime]) -> None:
    """How many orders keep name and address for bookkeeping, and until when."""
    if kept:
        operation.result = operation.result | {"vouchers": {"orders": len(kept), "until": max(kept.values()).isoformat()}}


def _companies(db: Session, operation: Operation, firms: Sequence[Firm]) -> None:
    """Said before they go, and asked about where they do not have the person's name."""
    for one in firms:
        _item(db, operation, Company.__tablename__, None, {"row": one.company, "column": WHOLE, "before": {WHOLE: one.name}, "after": {WHOLE: TOKEN},
                                                           "whole": True, "review": not one.certain})


def _files(db: Session, operation: Operation, subject: Subject, reader: Reader, table: str, after: int) -> int | None:
    further, found = attached.named(db, subject, reader, table, after, FILES)
    for place in attached.foreseen(table, found):
        _tell(db, operation, place)
    return further


def _inputs(db: Session, operation: Operation, reader: Reader, after: int) -> int | None:
    further, found = inputs.foresee_input(db, operation, reader, after)
    for place in found:
        _tell(db, operation, place)
    return further


def _messages(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.messages_of(db, subject, after, LOT)
    for one in found:
        _item(db, operation, "messages", one.uid, {
            "row": one.id, "column": "text", "before": {"text": one.shown[:SHOWN]}, "after": {"text": ""}, "whole": True})
    return found[-1].id if found else None


def _tickets(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.tickets_of(db, subject, after, LOT)
    for one in found:
        _item(db, operation, "tickets", one.uid, {
            "row": one.id, "column": "subject", "before": {"subject": one.subject[:SHOWN]}, "after": {"subject": TOKEN}, "whole": True})
    return found[-1].id if found else None


def _mentions(
    db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int, firms: Sequence[Firm],
) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after)
    for _row, places in of_others(db, operation, table, found):
        if table is Company.__table__ and places[0].row in {one.company for one in firms}:
            continue            # it is told as a whole
        for place in places:
            _tell(db, operation, place, shown=table.name != "facts")        # what goes there are references, and no words
    return further


def of_others(db: Session, operation: Operation, table: Table, found: Found) -> Found:
    """Without what this operation itself keeps, which goes at its end."""
    if table.name == "operations":
        return [(row, places) for row, places in found if places[0].row != operation.id]
    if table.name == "operation_items":
        own = set(db.scalars(select(OperationItem.id).where(
            OperationItem.operation_id == operation.id, OperationItem.id.in_([places[0].row for _row, places in found]))))
        return [(row, places) for row, places in found if places[0].row not in own]
    return found


def _tell(db: Session, operation: Operation, place: Place, *, shown: bool = True) -> None:
    told = {"row": place.row, "column": place.column, "before": {place.column: place.before}, "after": {place.column: place.after},
            "review": place.review, "at": list(place.at)}
    _item(db, operation, place.table, place.uid, told if shown else None)


def _item(db: Session, operation: Operation, kind: str, uid: str | None, data: dict[str, Any] | None) -> None:
    if data is not None:
        db.add(OperationItem(operation_id=operation.id, kind=kind, state=UNCERTAIN if data.get("review") else "planned",
                             subject_uid=uid, data=data))
    counts = dict(operation.result["counts"])
    counts[kind] = counts.get(kind, 0) + 1
    operation.result = operation.result | {"counts": counts}
