"""Sending again what could not be sent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required
from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.outbound import OutboundMail, retry
from desk.web.requests import db, ring_after
from desk.web.showing import back_to
from desk.web.signing_in import me

bp = Blueprint("deliveries", __name__)


@bp.post("/deliveries/<uid>")
@login_required
def update(uid: str) -> Any:
    """Try a mail of a ticket again, at once."""
    mail = db().scalar(select(OutboundMail).where(OutboundMail.uid == uid, OutboundMail.kind.in_(("reply", "forward")))
                       .with_for_update(of=OutboundMail))
    if mail is None or mail.ticket_id is None:
        raise Unknown(N_("There is no such mail."))
    ticket = ticket_for(db(), me(), mail.ticket_id)
    retry(db(), mail)
    ring_after("outbound")
    return back_to(ticket, _("It is being sent again."))
