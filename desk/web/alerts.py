"""Alerts: what an admin should know of, now and lately."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import select

from core.clock import now
from core.i18n import age
from desk.alerts import standing_alerts
from desk.mailboxes import Alert
from desk.web.pages import page
from desk.web.presenting.times import stamp
from desk.web.presenting.words import said
from desk.web.requests import db
from desk.web.signing_in import admins_only

bp = Blueprint("alerts", __name__)


@bp.get("/settings/alerts")
@admins_only
def index() -> Any:
    """What stands, and the last hundred that are over."""
    over = db().scalars(select(Alert).where(Alert.ended_at.is_not(None)).order_by(Alert.id.desc()).limit(100)).all()
    return page("web/settings/alerts.html", settings={"current": "alerts"},
                standing=[_shown(alert) for alert in standing_alerts(db())], over=[_shown(alert) for alert in over])


def _shown(alert: Alert) -> dict[str, Any]:
    return {"about": alert.about, "text": said(alert.detail), "at": stamp(alert.raised_at), "at_iso": alert.raised_at.isoformat(),
            "age": age(alert.raised_at, now()), "ended": stamp(alert.ended_at) if alert.ended_at else ""}
