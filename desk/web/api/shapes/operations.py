"""Operations as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Business, Category, ServiceLevel
from core.operations import Operation, OperationItem
from core.retelling import retell
from desk.operating import masks
from desk.web.api.schemas import desk as shapes

#: What an item of a bulk act tells; what the desk keeps beside it to do and undo it is its own.
TOLD = ("row", "name", "before", "after", "note", "alike", "pair")
#: Column of a record → what it is called here by.
NAMED: dict[str, tuple[Any, Any]] = {
    "our_contact_id": (Agent.id, Agent.email), "support_contact_id": (Agent.id, Agent.email), "category_id": (Category.id, Category.name),
    "business_id": (Business.id, Business.name), "service_level_id": (ServiceLevel.id, ServiceLevel.name)}


def operation(row: Operation) -> shapes.Operation:
    """How far it is; its result is there once it is done."""
    return shapes.Operation(
        id=row.uid, kind=row.kind, state=row.state, progress=shapes.Progress(done=row.done, total=row.total),
        reason=row.reason, items_url=f"/api/v1/operations/{row.uid}/items",
        result_url=f"/api/v1/operations/{row.uid}/result" if row.state in ("done", "undone") and row.result else None)


def items(db: Session, of: Operation, rows: Sequence[OperationItem]) -> list[shapes.OperationItem]:
    """Its items. Those of a bulk act name fields and records as the API does: at most a question for each column of NAMED."""
    names, masked = _names(db, rows) if of.phase else {}, masks(db, rows)
    return [shapes.OperationItem(kind=one.kind, state=one.state, subject=one.subject_uid, reason=retell(one.reason) if one.reason and one.id not in masked else None,
                                 data={"name": masked[one.id]} if one.id in masked else _told(one.data, names) if of.phase else one.data) for one in rows]


def _told(data: dict[str, Any], names: dict[tuple[str, Any], str]) -> dict[str, Any]:
    told = {name: data[name] for name in TOLD if name in data}
    for side in ("before", "after"):
        if side in told:
            told[side] = {name.removesuffix("_id"): names.get((name, value)) if name in NAMED else value for name, value in told[side].items()}
    return told | ({"note": retell(told["note"])} if told.get("note") else {})


def _names(db: Session, rows: Sequence[OperationItem]) -> dict[tuple[str, Any], str]:
    """(column, id) → what the record is called."""
    wanted: dict[str, set[int]] = {}
    for name, value in ((name, value) for one in rows for side in ("before", "after") for name, value in one.data.get(side, {}).items()):
        if name in NAMED and value is not None:
            wanted.setdefault(name, set()).add(value)
    return {(name, one): called for name, ids in wanted.items()
            for one, called in db.execute(select(*NAMED[name]).where(NAMED[name][0].in_(ids)))}
