"""A mail that reads like a request for rights: any agent who sees the ticket makes a case of it, or says that it is none."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import message_for, ticket_for
from desk.rights.recognising import dismiss, open_from
from desk.tickets.merging import shown_ids
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.pages import see_other
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("rights_requests", __name__, url_prefix="/tickets/<int:number>/rights-requests/<uid>")


@bp.post("/case")
@login_required
def create(number: int, uid: str) -> Any:
    """Open the case; admins hear of it, and whoever asked is told that it came."""
    ticket = ticket_for(db(), me(), number, lock=True)
    case = open_from(db(), _message(ticket, uid), ticket, by=me())
    ring_after("outbound")
    if me().admin:
        return see_other(url_for("rights.show", uid=case.uid))
    return see_other(url_for("tickets.show", number=number), said=_("It is case %(number)s now. The admins have been told; the month to answer in has begun.", number=case.id))


@bp.post("/dismissal")
@login_required
def destroy(number: int, uid: str) -> Any:
    """It is none."""
    message = _message(ticket_for(db(), me(), number, lock=True), uid)
    try:
        dismiss(message)
    except Refused as refused:
        return see_other(url_for("tickets.show", number=number), said=refused.sentence, kind="late")
    return see_other(url_for("tickets.show", number=number), said=_("It is not taken for a request."))


def _message(ticket: Ticket, uid: str) -> Message:
    message = message_for(db(), me(), uid)
    if message.ticket_id not in shown_ids(db(), me(), ticket):
        raise Unknown(N_("There is no such message."))
    return message
