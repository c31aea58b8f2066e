"""Mail that a restored desk must not send by itself: what had not left when the backup was made may have left since."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.i18n import N_
from desk.outbound import OutboundMail, retry

HELD = N_("Held: the desk was restored from a backup, and this mail may have gone out since that was made. Send it again if it has not.")


def hold(db: Session) -> int:
    """Send nothing of what waits; how many mails that were. An admin sends each again, or all (:func:`release`)."""
    waiting = db.scalars(select(OutboundMail.id).where(OutboundMail.state.in_(("queued", "deferred", "handing_over")))).all()
    db.execute(update(OutboundMail).where(OutboundMail.state.in_(("queued", "deferred", "handing_over"))).values(
        state="failed", reason=HELD, lease="", lease_until=None))
    return len(waiting)


def held(db: Session) -> int:
    """How many mails are held."""
    return db.scalar(select(func.count()).select_from(OutboundMail).where(*_HELD)) or 0


def release(db: Session, most: int = 500) -> int:
    """Send some of what is held, oldest first; how many. The caller comes again until none is left."""
    rows = db.scalars(select(OutboundMail).where(*_HELD).order_by(OutboundMail.id).limit(most).with_for_update(of=OutboundMail)).all()
    for row in rows:
        retry(db, row)
    return len(rows)


_HELD = (OutboundMail.state == "failed", OutboundMail.reason == HELD)
