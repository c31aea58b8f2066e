"""What a desk still has to do, asked of its database from outside."""

from __future__ import annotations

from sqlalchemy import func, select

from core.database import Database
from core.history import Outbox
from core.schema import metadata
from desk.inbound import InboundMail
from desk.outbound import OutboundMail

LEAVING = ("queued", "handing_over", "deferred")


def waiting(database: Database) -> dict[str, int]:
    """Deliveries accepted (their greatest id) and not filed yet; facts and mails of ours that still wait."""
    metadata()
    with database.read() as db:
        return {
            "accepted": db.scalar(select(func.max(InboundMail.id))) or 0,
            "filing": db.scalar(select(func.count()).where(InboundMail.state == "pending")) or 0,
            "settling": (db.scalar(select(func.count()).select_from(Outbox)) or 0)
            + (db.scalar(select(func.count()).where(OutboundMail.state.in_(LEAVING))) or 0),
        }
