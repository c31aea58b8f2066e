"""Tickets: lists, the ticket's page, new ones by an agent, the bin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_login import login_required

from core.errors import Refused
from core.i18n import gettext as _
from desk.access import ticket_for
from desk.tickets.binning import bin_ticket, restore_ticket
from desk.tickets.drafting import drop_begun
from desk.tickets.threads import survivor
from desk.web.beginning import begin_call, begin_mail, minded_of_new
from desk.web.forms import errors_of, posted
from desk.web.once import taken
from desk.web.pages import page
from desk.web.presenting.beginning import beginning
from desk.web.presenting.column import column, page_of
from desk.web.presenting.places import Place, before, here
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, go, opened, ticket_to_change
from desk.web.showing import show as shown
from desk.web.signing_in import me

bp = Blueprint("tickets", __name__)


@bp.get("/")
@login_required
def home() -> Any:
    """Where work begins."""
    return redirect(url_for("tickets.index", view="mine"), 303)


@bp.get("/tickets")
@login_required
def index() -> str:
    """A list, with nothing opened beside it."""
    place = here() if here().given else Place("mine")
    return page("web/tickets/index.html", current=place.current, ticket=None, **column(place, page_of(place)))


@bp.get("/tickets/<int:number>")
@login_required
def show(number: int) -> Any:
    """A ticket; a merged one leads to the ticket it became part of."""
    ticket = ticket_for(db(), me(), number)
    remaining = survivor(db(), ticket.id)
    if remaining is not None and remaining.id != ticket.id:
        return redirect(url_for("tickets.show", number=remaining.number), 303)
    opened(ticket)
    return shown(ticket)


@bp.get("/tickets/new")
@login_required
def new() -> str:
    """The form of a new ticket: a mail to somebody, or a call noted down. What was begun before is offered beside it."""
    given = {name: request.args.get(name, "") for name in ("to", "who")}
    return page("web/tickets/new.html", current="begun", **beginning(request.args.get("draft", ""), _channel(request.args), given))


@bp.post("/tickets")
@login_required
def create() -> Any:
    """Begin a ticket; its draft is done with."""
    channel, uid = _channel(request.form), posted("draft")
    if taken():
        return go(url_for("tickets.index"), _("The ticket was begun already."))
    try:
        ticket = begin_call() if channel == "phone" else begin_mail()
    except Refused as refused:
        errors = errors_of(refused)
        return page("web/tickets/new.html", current="begun", **beginning(uid, channel, request.form.to_dict(), errors)), refused.status
    found = [] if channel == "phone" or request.form.get("sure") else minded_of_new()
    if found:
        db().rollback()
        return page("web/tickets/new.html", current="begun", **beginning(uid, channel, request.form.to_dict(), {}, found)), 422
    drop_begun(db(), me(), uid)
    ring_after("outbound")
    ring_after("fanout")
    said = _("The call is noted down.") if channel == "phone" else _("Your mail is on its way.")
    mine = ticket.assignee_id == me().id
    return go(url_for("tickets.show", number=ticket.number, view="mine" if mine else "unassigned" if ticket.assignee_id is None else "all"), said)


@bp.post("/tickets/<int:number>/deletion")
@login_required
def destroy(number: int) -> Any:
    """Put a ticket into the bin."""
    ticket = ticket_to_change(number)
    bin_ticket(db(), ticket, by=me())
    place = before() if before().given else Place("all")
    return go(place.url(), _("Ticket %(number)s is deleted.", number=number), url_for("tickets.restore", number=number))


@bp.post("/tickets/<int:number>/restoration")
@login_required
def restore(number: int) -> Any:
    """Bring it back."""
    ticket = ticket_to_change(number)
    restore_ticket(db(), ticket, by=me())
    return back_to(ticket, _("The ticket is back."))


def _channel(given: Mapping[str, str]) -> str:
    return "phone" if given.get("channel") == "phone" else "mail"
