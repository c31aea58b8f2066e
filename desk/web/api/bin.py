"""The bin: what was deleted, and when it will be gone. For admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from contacts.company import Company
from contacts.person import Person
from core.options import option
from desk.tickets.ticket import Ticket
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import get
from desk.web.api.schemas.desk import BinAsked, Deleted
from desk.web.requests import db

KINDS: dict[str, Any] = {"person": Person, "company": Company, "ticket": Ticket}


@get("/bin", admin=True)
def index(asked: BinAsked) -> Listed[Deleted]:
    """Deleted records of one kind, the newest first; restore them where they are. What is part of a deleted ticket comes back
    with it."""
    kind = KINDS[asked.kind]
    query = select(kind).where(kind.binned_at.is_not(None), *([Ticket.merged_into_id.is_(None)] if kind is Ticket else []))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(kind.id < before)
    rows, following = cut(db().scalars(query.order_by(kind.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    kept = timedelta(days=option(db(), "contacts.bin_days"))
    return Listed[Deleted](next=following, items=[Deleted(
        kind=asked.kind, id=str(row.id) if asked.kind == "ticket" else row.uid,
        name=row.subject if asked.kind == "ticket" else row.name, deleted_at=row.binned_at, gone_at=row.binned_at + kept)
        for row in rows])
