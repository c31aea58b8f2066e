"""Operations: how far they are, their result, and approving, pausing, resuming, cancelling them."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel
from sqlalchemy import select

from core.errors import Refused, Unknown
from core.i18n import N_
from core.operations import Operation as Row
from core.operations import OperationItem as ItemRow
from core.operations import turn
from desk.tickets.undeciding import undo
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
    return operation(_row(uid))


@get("/operations/<uid:uid>/result")
def result(uid: str) -> Result:
    """What came of it, once it is done."""
    row = _row(uid)
    if row.state != "done" or not row.result:
        raise Unknown(N_("There is no result yet."))
    return Result(row.result)


@get("/operations/<uid:uid>/items")
def items(uid: str, asked: ItemsAsked) -> Listed[Item]:
    """The records it speaks of, in order."""
    row, after = _row(uid), key_of(asked.cursor)
    query = select(ItemRow).where(ItemRow.operation_id == row.id, *((ItemRow.kind == asked.kind,) if asked.kind else ()),
                                  *((ItemRow.id > after,) if after is not None else ()))
    rows, following = cut(db().scalars(query.order_by(ItemRow.id).limit(asked.most + 1)).all(), asked.most, lambda one: one.id)
    return Listed[Item](items=[Item(kind=one.kind, subject=one.subject_uid, data=one.data) for one in rows], next=following)


@post("/operations/<uid:uid>/approve")
def approve(uid: str) -> Operation:
    """Let a planned operation begin."""
    return _turned(uid, "approved", "planned")


@post("/operations/<uid:uid>/pause")
def pause(uid: str) -> Operation:
    """Stop for the time being."""
    return _turned(uid, "paused")


@post("/operations/<uid:uid>/resume")
def resume(uid: str) -> Operation:
    """Go on."""
    return _turned(uid, "approved", "paused")


@post("/operations/<uid:uid>/cancel")
def cancel(uid: str) -> Operation:
    """Stop for good."""
    return _turned(uid, "cancelled")


@post("/operations/<uid:uid>/undo")
def destroy(uid: str) -> Operation:
    """Take back what was done, where that is kept."""
    row = _row(uid)
    undo(db(), row, by=me())
    return operation(row)


def _turned(uid: str, state: str, only: str = "") -> Operation:
    row = _row(uid)
    if only and row.state != only:
        raise Refused(N_("The operation is not in a state in which this can be done."))
    turn(db(), row, state)
    ring_after("operations")
    return operation(row)


def _row(uid: str) -> Row:
    """The operation, if the agent asked for it; admins see all."""
    row = db().scalar(select(Row).where(Row.uid == uid))
    if row is None or (row.by_uid != me().uid and not me().admin):
        raise Unknown(N_("There is no such operation."))
    return row
