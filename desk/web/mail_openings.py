"""Reading the mails of a ticket to which access is locked, with a reason (REQUIREMENTS 0.14). For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from desk.locking_mail import open_to_read
from desk.web.forms import posted
from desk.web.requests import db
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import admins_only, me

bp = Blueprint("mail_openings", __name__)


@bp.post("/tickets/<int:number>/mail-openings")
@admins_only
def create(number: int) -> Any:
    """Note the reason, then show them for a while."""
    ticket = ticket_to_change(number)
    open_to_read(db(), ticket, posted("reason"), by=me())
    return back_to(ticket)
