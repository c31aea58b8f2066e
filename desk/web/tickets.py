"""Tickets: lists, the ticket's page, new ones by an agent, the bin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_login import login_required

from core.errors import Refused
from core.i18n import gettext as _
from desk.access import ticket_for, visible_mailboxes
from desk.tickets.binning import bin_ticket, restore_ticket
from desk.tickets.threads import survivor
from desk.web.beginning import begin_call, begin_mail
from desk.web.forms import errors_of
from desk.web.pages import page
from desk.web.presenting.card import card_at
from desk.web.presenting.column import active_agents, column, page_of
from desk.web.presenting.composer import Typed, blank
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
    """The form of a new ticket: a mail to somebody, or a call noted down."""
    return _form(request.args.get("channel", "mail"), {"to": request.args.get("to", ""), "who": request.args.get("who", "")})


@bp.post("/tickets")
@login_required
def create() -> Any:
    """Begin a ticket."""
    channel = "phone" if request.form.get("channel") == "phone" else "mail"
    try:
        ticket = begin_call() if channel == "phone" else begin_mail()
    except Refused as refused:
        return _form(channel, request.form.to_dict(), errors_of(refused)), refused.status
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


def _form(channel: str, given: dict[str, str], errors: dict[str, str] | None = None) -> str:
    mailboxes = [m for m in visible_mailboxes(db(), me()) if m.active]
    error = (errors or {}).get("", "")
    given = {"agent": me().uid, **given}
    fields = {**given, "from": given.get("from") or (mailboxes[0].uid if mailboxes else "")}
    return page("web/tickets/new.html", channel=channel, card=card_at(given.get("to", "")), card_url=url_for("recipients.card"), errors=errors if channel == "phone" else None,
                composer=blank(mailboxes, given.get("to", ""), Typed(fields, request.form.getlist("attachments"), error)),
                call=given, mailboxes=[(m.uid, m.name) for m in mailboxes],
                agents=[(a.uid, a.name) for a in active_agents()])
