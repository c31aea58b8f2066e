"""Operations: how far they are, their result, and approving, pausing, resuming, cancelling them."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel
from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from core.operations import OperationItem as ItemRow
from desk.operating import act_on, operation_for
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get, post
from desk.web.api.schemas.desk import ItemsAsked, Operation
from desk.web.api.schemas.desk import OperationItem as Item
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


class Result(RootModel[dict[str, Any]]):
    """What came out; what it holds depends on the kind of operation."""


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
    return Result(row.result)


@get("/operations/<uid:uid>/items")
def items(uid: str, asked: ItemsAsked) -> Listed[Item]:
    """The records it speaks of, in order."""
    row, after = operation_for(db(), me(), uid), key_of(asked.cursor)
    query = select(ItemRow).where(ItemRow.operation_id == row.id, *((ItemRow.kind == asked.kind,) if asked.kind else ()),
                                  *((ItemRow.state == asked.state,) if asked.state else ()),
                                  *((ItemRow.id > after,) if after is not None else ()))
    rows, following = cut(db().scalars(query.order_by(ItemRow.id).limit(asked.most + 1)).all(), asked.most, lambda one: one.id)
    return Listed[Item](items=[Item(kind=one.kind, state=one.state, subject=one.subject_uid, reason=one.reason, data=one.data) for one in rows], next=following)


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


def _acted(uid: str, act: str) -> Operation:
    row = operation_for(db(), me(), uid, lock=True)
    act_on(db(), row, act, by=me())
    ring_after("operations")
    return operation(row)
