"""The bell: what an agent should know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy import update as change
from sqlalchemy.orm import joinedload

from contacts.agent import Agent
from core.clock import now
from core.history import FactRow
from core.i18n import N_, age
from core.i18n import gettext as _
from desk.access import seen_tickets
from desk.notifying import SENTENCES
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket
from desk.web.forms import whole
from desk.web.pages import page, see_other, unread_count
from desk.web.presenting.rows import who
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("notifications", __name__)
PAGE = 50

ICONS = {"new": "mail", "assigned": "user-check", "answered": "message-reply", "replied": "send", "noted": "note",
         "bounced": "mail-off", "failed": "mail-off"}
#: The same with a name, where a colleague did it.
BY = {"assigned": N_("%(by)s gave you: %(subject)s"), "replied": N_("%(by)s answered %(who)s: %(subject)s"),
      "noted": N_("%(by)s wrote a note: %(subject)s")}


@bp.get("/notifications")
@login_required
def index() -> str:
    """The latest, newest first."""
    before = whole(request.args.get("before", ""))
    query = select(Notification).join(Notification.ticket).where(Notification.agent_id == me().id, *seen_tickets(db(), me()))
    if before:
        query = query.where(Notification.id < before)
    found = db().scalars(query.order_by(Notification.id.desc()).limit(PAGE + 1).options(
        joinedload(Notification.ticket).joinedload(Ticket.requester),
        joinedload(Notification.ticket).joinedload(Ticket.requester_address))).all()
    unread = unread_count()
    shown = found[:PAGE]
    older = url_for("notifications.index", before=shown[-1].id) if len(found) > PAGE else None
    return page("web/notifications/index.html", current="notifications", unread=unread, notifications=_told(shown),
                newer=url_for("notifications.index") if before else None, older=older)


@bp.post("/notifications")
@login_required
def update() -> Any:
    """All of them are read."""
    db().execute(change(Notification).where(Notification.agent_id == me().id, Notification.read_at.is_(None))
                 .values(read_at=now()))
    return see_other(url_for("notifications.index"))


def _told(found: Sequence[Notification]) -> list[dict[str, Any]]:
    by = dict(db().execute(select(FactRow.id, Agent.name).join(Agent, Agent.uid == FactRow.by_uid).where(
        FactRow.id.in_([n.fact_id for n in found if n.fact_id]))).all())
    return [_one(notification, by.get(notification.fact_id or 0, "")) for notification in found]


def _one(notification: Notification, by: str) -> dict[str, Any]:
    ticket = notification.ticket
    subject = Markup("<strong>{}</strong>").format(ticket.subject or _("(no subject)"))
    said = BY.get(notification.event) if by else None
    text = Markup(_(said or SENTENCES.get(notification.event, "%(subject)s"))) % {  # noqa: S704 - our words; values are escaped
        "who": who(ticket), "subject": subject, "by": by}
    return {"url": url_for("tickets.show", number=ticket.number), "icon": ICONS.get(notification.event, "bell"), "text": text,
            "at": age(notification.at, now()), "at_iso": notification.at.isoformat(), "unread": notification.read_at is None,
            "face": None}
