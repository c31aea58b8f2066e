"""What erasing would do, place by place: the items of the operation, while it waits for a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.voucher import invoiced
from core.operations import Operation, OperationItem
from desk.erasing import attached, inputs, mentions, tombstones, upstream
from desk.erasing.asking import UNCERTAIN
from desk.erasing.companies import WHOLE, Firm
from desk.erasing.mentions import Place
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
    _note(db, operation, [(Company.__tablename__, None, {
        "row": one.company, "column": WHOLE, "before": {WHOLE: one.name}, "after": {WHOLE: TOKEN}, "whole": True, "review": not one.certain}) for one in firms])


def _files(db: Session, operation: Operation, subject: Subject, reader: Reader, table: str, after: int) -> int | None:
    further, found = attached.named(db, subject, reader, table, after, FILES)
    _note(db, operation, [_told(place) for place in attached.foreseen(table, found)])
    return further


def _inputs(db: Session, operation: Operation, reader: Reader, after: int) -> int | None:
    further, found = inputs.foresee_input(db, operation, reader, after)
    _note(db, operation, [_told(place) for place in found])
    return further


def _messages(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.messages_of(db, subject, after, LOT)
    _note(db, operation, [("messages", one.uid, {
        "row": one.id, "column": "text", "before": {"text": one.shown[:SHOWN]}, "after": {"text": ""}, "whole": True}) for one in found])
    return found[-1].id if found else None


def _tickets(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.tickets_of(db, subject, after, LOT)
    _note(db, operation, [("tickets", one.uid, {
        "row": one.id, "column": "subject", "before": {"subject": one.subject[:SHOWN]}, "after": {"subject": TOKEN}, "whole": True}) for one in found])
    return found[-1].id if found else None


def _mentions(
    db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int, firms: Sequence[Firm],
) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after, but=operation.id)
    whole = {one.company for one in firms} if table is Company.__table__ else ()        # told as they are
    _note(db, operation, [_told(place, shown=table.name != "facts") for _row, places in found if places[0].row not in whole for place in places])
    return further


#: What is told of: its table, its uid, and how it reads before and after; None for what is only counted.
_Told = tuple[str, str | None, dict[str, Any] | None]


def _told(place: Place, *, shown: bool = True) -> _Told:
    """``shown``: what goes there are words; where they are references they are only counted."""
    return place.table, place.uid, {
        "row": place.row, "column": place.column, "before": {place.column: place.before}, "after": {place.column: place.after},
        "review": place.review, "at": list(place.at)} if shown else None


def _note(db: Session, operation: Operation, told: Sequence[_Told]) -> None:
    """Keep a lot of them, and how many of each kind there are."""
    items = [{"operation_id": operation.id, "kind": kind, "state": UNCERTAIN if data.get("review") else "planned", "subject_uid": uid, "data": data}
             for kind, uid, data in told if data is not None]
    if items:
        db.execute(insert(OperationItem), items)
    if told:
        operation.result = operation.result | {"counts": Counter(operation.result["counts"]) + Counter(kind for kind, _uid, _data in told)}
