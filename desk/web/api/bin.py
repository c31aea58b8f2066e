"""The bin: what was deleted, and when it will be gone. For admins."""

from __future__ import annotations

from desk.bin_lists import lying
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get
from desk.web.api.schemas.desk import BinAsked, Deleted
from desk.web.requests import db


@get("/bin", admin=True)
def index(asked: BinAsked) -> Listed[Deleted]:
    """Deleted records of one kind, the newest first; restore them where they are. What is part of a deleted ticket comes back
    with it."""
    found = lying(db(), me(), asked.kind, q=asked.q, act=asked.act, before=key_of(asked.cursor), most=asked.most + 1)
    rows, following = cut(found, asked.most, lambda one: one.row.id)
    return Listed[Deleted](next=following, items=[Deleted(
        kind=asked.kind, id=str(one.record.id) if asked.kind == "ticket" else one.record.uid, name=one.name, deleted_at=one.row.at,
        gone_at=one.gone_at, deleted_by=one.row.by.email if one.row.by else None, act=one.row.act) for one in rows])
