"""Operations: how far they are, their result, and approving, pausing, resuming, cancelling them."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel
from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from core.operations import Operation as Row
from core.operations import OperationItem as ItemRow
from desk.operating import LISTED, act_on, operation_for, operations_of
from desk.privacy import asking as privacy
from desk.privacy.document import document, reads_all
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, post
from desk.web.api.schemas.desk import ItemsAsked, Operation, OperationsAsked
from desk.web.api.schemas.desk import OperationItem as Item
from desk.web.api.shapes.operations import items as shape_items
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


class Result(RootModel[dict[str, Any]]):
    """What came out; what it holds depends on the kind of operation."""


@get("/operations")
def index(asked: OperationsAsked) -> Listed[Operation]:
    """Those that were asked for, the newest first: imports, and whatever else is done with many records at once."""
    found = operations_of(db(), me(), everybody=asked.whose == "all", before=key_of(asked.cursor), most=asked.most + 1,
                          kinds=(asked.kind,) if asked.kind else LISTED)
    rows, following = cut(found, asked.most, lambda one: one.id)
    return Listed[Operation](items=[operation(row) for row in rows], next=following)


@get("/operations/<uid:uid>")
def show(uid: str) -> Operation:
    """How far it is."""
    return operation(operation_for(db(), me(), uid))


@get("/operations/<uid:uid>/result")
def result(uid: str) -> Result:
    """What came of it, once it is done."""
    row = operation_for(db(), me(), uid)
    if row.state not in ("done", "undone") or not row.result:
        raise Unknown(N_("There is no result yet."))
    return Result(_report(row) if row.kind == privacy.KIND else row.result)


@get("/operations/<uid:uid>/items")
def items(uid: str, asked: ItemsAsked) -> Listed[Item]:
    """The records it speaks of, in order."""
    row, after = operation_for(db(), me(), uid), key_of(asked.cursor)
    query = select(ItemRow).where(ItemRow.operation_id == row.id, *((ItemRow.kind == asked.kind,) if asked.kind else ()),
                                  *((ItemRow.state == asked.state,) if asked.state else ()),
                                  *((ItemRow.id > after,) if after is not None else ()))
    rows, following = cut(db().scalars(query.order_by(ItemRow.id).limit(asked.most + 1)).all(), asked.most, lambda one: one.id)
    return Listed[Item](items=shape_items(db(), row, rows), next=following)


@post("/operations/<uid:uid>/approve")
def approve(uid: str) -> Operation:
    """Let a planned operation begin."""
    return _acted(uid, "approve")


@post("/operations/<uid:uid>/pause")
def pause(uid: str) -> Operation:
    """Stop for the time being."""
    return _acted(uid, "pause")


@post("/operations/<uid:uid>/resume")
def resume(uid: str) -> Operation:
    """Go on."""
    return _acted(uid, "resume")


@post("/operations/<uid:uid>/cancel")
def cancel(uid: str) -> Operation:
    """Stop for good."""
    return _acted(uid, "cancel")


@post("/operations/<uid:uid>/undo")
def destroy(uid: str) -> Operation:
    """Take back what was done, where that is kept: a bulk act by a worker, item by item."""
    return _acted(uid, "undo")


def _report(row: Row) -> dict[str, Any]:
    """The report that was made, as far as whoever asks may read it; of a file where that is."""
    report = privacy.report_for(db(), me(), row.result["report"])
    form = row.given.get("format", "json")
    if form != "json":
        return {"report": report.uid, "format": form, "file_url": f"/api/v1/privacy-reports/{report.uid}.{form}"}
    return {"report": report.uid, **document(db(), report, complete=reads_all(report, me()))}


def _acted(uid: str, act: str) -> Operation:
    row = operation_for(db(), me(), uid, lock=True)
    act_on(db(), row, act, by=me())
    ring_after("operations")
    return operation(row)
