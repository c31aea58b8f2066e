"""Alerts: what an admin should know of, raised once while it lasts and ended when it is over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.database import take_turns
from desk.alert_mails import tell_ended, tell_raised
from desk.mailboxes import Alert


def raise_alert(db: Session, about: str, kind: str, detail: str, *, tell: bool = True) -> Alert | None:
    """Raise an alert unless it stands already; None then, its detail brought up to date.

    ``about`` names the thing in words that an admin knows (a mailbox's address first), ``kind`` what is
    wrong with it (``reading``, ``token``, ``unreadable``, ``missing``, ``filing``); ``detail`` is a sentence. ``tell``: by
    mail too, once; not where such a mail would go the way that fails.
    """
    take_turns(db, f"alert {kind} {about}")         # several who meet the same at the same moment raise one
    standing = _standing(db, about, kind)
    alert = standing or Alert(about=about[:120], kind=kind, raised_at=now())
    alert.detail = detail
    db.add(alert)
    db.flush()
    if tell:
        tell_raised(db, alert)
    return None if standing else alert


def end_alert(db: Session, about: str, kind: str) -> Alert | None:
    """It is over; None when no such alert stood."""
    standing = _standing(db, about, kind)
    if standing is not None:
        standing.ended_at = now()
        db.flush()
        tell_ended(db, standing)
    return standing


def standing_alerts(db: Session) -> Sequence[Alert]:
    """What is wrong now, oldest first."""
    return db.scalars(select(Alert).where(Alert.ended_at.is_(None)).order_by(Alert.id)).all()


def _standing(db: Session, about: str, kind: str) -> Alert | None:
    return db.scalar(select(Alert).where(
        Alert.about == about[:120], Alert.kind == kind, Alert.ended_at.is_(None)).limit(1))
