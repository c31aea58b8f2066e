"""Forwards: a message of a ticket goes to a third party."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from core.errors import Refused
from core.i18n import gettext as _
from desk.access import message_for, ticket_for
from desk.locked_mail import needs_reading
from desk.tickets.answering import reply
from desk.tickets.drafting import draft_of
from desk.tickets.forwarding import copies_of
from desk.tickets.merging import shown_ids
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.files import posted_files
from desk.web.forms import posted
from desk.web.once import taken
from desk.web.presenting.composer import Typed
from desk.web.replies import AT_ONCE, addresses, rerouted, to_mind_of_others, unsent, written_down
from desk.web.requests import db
from desk.web.showing import back_to, show, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("forwards", __name__)


@bp.get("/tickets/<int:number>/forwards/new")
@login_required
def new(number: int) -> str:
    """The composer, below it the message that goes along, and its files. What was written before stays."""
    ticket = ticket_for(db(), me(), number)
    needs_reading(db(), ticket.id)
    kept = draft_of(db(), ticket, me(), "forward") is not None and not request.args.get("message")
    return show(ticket, kind="forward", forwarded=None if kept else _message(ticket, request.args.get("message", "")))


@bp.post("/tickets/<int:number>/forwards")
@login_required
def create(number: int) -> Any:
    """Send it on. Files of the ticket go along as copies."""
    ticket, form = ticket_to_change(number), request.form
    files = posted_files()
    if form.get("instead"):
        return rerouted(number, files, "forward")
    if taken():
        return back_to(ticket)
    found = [] if form.get("sure") else to_mind_of_others(ticket)
    try:
        reply(db(), ticket, by=me(), html=form.get("html", ""), text=form.get("text", ""), to=addresses("to"), kind="forward",
              cc=addresses("cc"), subject=posted("subject"),
              original=_message(ticket, posted("original")) if posted("original") else None, files=copies_of(db(), ticket, files, by=me()))
    except Refused as refused:
        return unsent(number, Typed(form, files, _(refused.sentence)), "forward"), refused.status
    except StaleDataError:
        return unsent(number, Typed(form, files, _(AT_ONCE)), "forward"), 409
    if found:
        return unsent(number, Typed(form, files, doubts=found), "forward"), 422
    written_down(ticket, "forward")
    return back_to(ticket)


def _message(ticket: Ticket, uid: str) -> Message | None:
    """The message that is to be forwarded: the one asked for, else the customer's last."""
    ids = shown_ids(db(), me(), ticket)
    if uid:
        message = message_for(db(), me(), uid)
        return message if message.ticket_id in ids else None
    return db().scalar(select(Message).where(Message.ticket_id.in_(ids), Message.direction == "in").order_by(
        Message.at.desc(), Message.id.desc()).limit(1))
