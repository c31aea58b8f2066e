"""Operations as the API shows them."""

from __future__ import annotations

from core.operations import Operation
from desk.web.api.schemas import desk as shapes


def operation(row: Operation) -> shapes.Operation:
    """How far it is; its result is there once it is done."""
    return shapes.Operation(
        id=row.uid, kind=row.kind, state=row.state, progress=shapes.Progress(done=row.done, total=row.total),
        reason=row.reason, items_url=f"/api/v1/operations/{row.uid}/items",
        result_url=f"/api/v1/operations/{row.uid}/result" if row.state in ("done", "undone") and row.result else None)
