"""Alerts by mail: each admin who wants such mails (and all do, until they switch them off) is told once that something is wrong, and once that it is over.

Never about the failure to send such a mail, and for one alert at most once an hour however often it comes back:
a lease in the name of what is wrong holds that hour, and its holder is the alert that was told.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent
from core.i18n import speaking
from core.leases import Lease, hold
from core.options import option
from core.retelling import retell
from core.settings import settings
from core.tokens import digest
from desk.mailboxes import Alert, own_addresses
from desk.outbound import enqueue
from desk.wording import render

HOUR = 3600.0


def tell_raised(db: Session, alert: Alert) -> None:
    """Write to the admins, unless they were told of this alert already or of the same trouble within the hour."""
    if not was_told(db, alert) and hold(db, _lease(alert), alert.uid, HOUR):
        _write(db, alert, "alert_raised")


def tell_ended(db: Session, alert: Alert) -> None:
    """Write to the admins that it is over, if they were told that it began."""
    if was_told(db, alert):
        _write(db, alert, "alert_ended")


def was_told(db: Session, alert: Alert) -> bool:
    """Whether the admins were written to when this alert was raised."""
    return db.scalar(select(Lease.holder).where(Lease.name == _lease(alert))) == alert.uid


def _write(db: Session, alert: Alert, name: str) -> None:
    ours = own_addresses(db)
    for admin in db.scalars(select(Agent).where(Agent.active, Agent.role == "admin").order_by(Agent.id)):
        if not admin.wants("alert", "mail") or normalise_email(admin.email) in ours:
            continue
        with speaking(admin.language):
            detail = retell(alert.detail)
        mail = render(db, name, admin.language, None, name=admin.name, about=alert.about, text=detail,
                      desk=option(db, "desk.name"), link=f"{settings().url}/settings/alerts")
        enqueue(db, kind="notification", mailbox=None, recipients=[admin.email], agent_id=admin.id, subject=mail.subject,
                text=mail.text, html=mail.html, language=admin.language)


def _lease(alert: Alert) -> str:
    return "alert:" + digest("alert", f"{alert.kind}\0{alert.about}")
