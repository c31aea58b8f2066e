"""The state of a ticket: closed, open, waiting, snoozed, spam; and read or unread."""

from __future__ import annotations

from datetime import datetime
from textwrap import shorten
from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from core.errors import Conflict
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from desk.web.forms import version
from desk.web.pages import see_other
from desk.web.presenting.places import before, place_of
from desk.web.presenting.times import coming, typed
from desk.web.presenting.words import state as word
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("states", __name__)
SHOWN = 40                   # characters of a subject in what is said of it


@bp.post("/tickets/<int:number>/state")
@login_required
def update(number: int) -> Any:
    """Change it; the answer offers to take that back."""
    ticket = ticket_to_change(number)
    if request.values.get("unread"):
        ticket.unread = True
        return see_other((before() if before().given else place_of(ticket)).url())
    wanted, until = _wanted()
    if wanted in ("closed", "spam") and ticket.unread and _moved_on(ticket):
        raise Conflict(N_("A message came while you had this ticket before you. Read it first, then decide."))
    undo = _undo(ticket)
    change_state(db(), ticket, wanted, by=me(), until=until)
    ring_after("fanout")
    return back_to(ticket, _said(ticket), undo if not request.values.get("undo") else "")


def _wanted() -> tuple[str, datetime | None]:
    """The state asked for, and until when a ticket sleeps."""
    given = request.values
    if given.get("snooze"):
        return "snoozed", None if given["snooze"] == "reply" else typed(given["snooze"], me().timezone)
    if given.get("state") == "snoozed":
        return "snoozed", typed(given["until"], me().timezone) if given.get("until") else None
    return given.get("state", ""), None


def _moved_on(ticket: Ticket) -> bool:
    return (seen := version()) is not None and seen != ticket.version


def _undo(ticket: Ticket) -> str:
    until: dict[str, Any] = {"until": ticket.snoozed_until.isoformat()} if ticket.snoozed_until else {}
    return url_for("states.update", number=ticket.number, state=ticket.state, undo=1, **until)


def _said(ticket: Ticket) -> str:
    subject = shorten(ticket.subject, SHOWN, placeholder=" …") or _("(no subject)")
    if ticket.state == "snoozed" and ticket.snoozed_until:
        return _("“%(subject)s” sleeps until %(time)s.", subject=subject, time=coming(ticket.snoozed_until))
    return _("“%(subject)s”: %(state)s.", subject=subject, state=word(ticket.state))
