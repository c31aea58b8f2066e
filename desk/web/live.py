"""What is new, for pages that are looked at: new mail in a list, readers and news of a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, get_template_attribute, jsonify, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contacts.agent import Agent
from core.database import database
from core.i18n import gettext as _
from core.i18n import ngettext
from desk.access import ticket_for
from desk.tickets.listing import list_tickets
from desk.tickets.merging import shown_ids
from desk.tickets.message import Message
from desk.tickets.presence import is_news, seen
from desk.tickets.ticket import Ticket
from desk.web.presenting.around import mails_of
from desk.web.presenting.conversation import readers_of
from desk.web.presenting.letters import delivery
from desk.web.presenting.places import Place, before, here, place_of
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("live", __name__)
MOST = 20


@bp.get("/live")
@login_required
def index() -> Any:
    """How many tickets with new mail a list has got since it was loaded: ``{new, text, url}``."""
    place = here() if here().given else Place("mine")
    since = _moment(request.args.get("since", ""))
    page = list_tickets(db(), me(), _latest(place), limit=MOST, brief=True)
    new = sum(1 for ticket in page.tickets if ticket.unread and (since is None or ticket.moved_at > since))
    text = ngettext("%(n)s ticket with new mail", "%(n)s tickets with new mail", new) if new else ""
    return jsonify(new=new, text=text, url=place.url())


@bp.get("/live/tickets/<int:number>")
@login_required
def show(number: int) -> Any:
    """Who else is here, what changed, and how our mails fare: ``{readers, version, text, url, deliveries}``."""
    ticket = ticket_for(db(), me(), number)
    _still_here(ticket)
    newest = db().execute(select(Message.id, Message.direction, Agent.name).outerjoin(Message.author).where(
        Message.ticket_id.in_(shown_ids(db(), me(), ticket))).order_by(Message.id.desc()).limit(1)).first()
    came = newest is not None and newest.id > request.args.get("last", 0, type=int)
    place = before() if before().given else place_of(ticket)
    readers = [{"initials": one["initials"], "text": one["text"]} for one in readers_of(ticket)]
    return jsonify(readers=readers, version=ticket.version, deliveries=_deliveries(ticket),
                   url=place.ticket_url(ticket.number) if place.given else url_for("tickets.show", number=number),
                   text=_what_came(newest) if came else _("The ticket has changed"))


def _what_came(newest: Any) -> str:
    if newest.direction == "note":
        return _("A note was written")
    return _("%(name)s answered", name=newest.name) if newest.direction == "out" and newest.name else _("A message came")


def _still_here(ticket: Ticket) -> None:
    """Write down, now and then, that the agent is at this ticket; a page that cannot say so loses nothing."""
    if not is_news(db(), ticket.id, me()):
        return
    agent = me()
    try:
        with database().write() as writing:
            seen(writing, ticket.id, agent)
    except OperationalError:       # the database is busy: the next question comes in some seconds
        pass


def _deliveries(ticket: Ticket) -> dict[str, str]:
    """How the mails of the last messages of ours fare, as the page draws it, by the message's uid."""
    drawn = get_template_attribute("web/_ui.html", "delivery")
    ours = dict(db().execute(select(Message.id, Message.uid).where(
        Message.ticket_id.in_(shown_ids(db(), me(), ticket)), Message.direction == "out").order_by(Message.id.desc()).limit(MOST)).all())
    return {ours[message_id]: str(drawn(delivery(mail))) for message_id, mail in mails_of(list(ours)).items()}


def _latest(place: Place) -> Any:
    return replace(place, sort="moved", cursor="").wanted()


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
