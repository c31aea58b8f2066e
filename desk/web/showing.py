"""Showing a ticket: as a page with its list, or as the piece beside a list that stands already."""

from __future__ import annotations

import structlog
from flask import request, session, url_for
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from contacts import at_hand
from core.clock import now
from core.database import database
from desk.access import ticket_for
from desk.tickets.message import Message, Notification
from desk.tickets.presence import is_news, seen
from desk.tickets.ticket import Ticket
from desk.web.forms import whole
from desk.web.pages import fragment, page, see_other, seen_mailboxes, wants_fragment
from desk.web.presenting.card import card
from desk.web.presenting.column import column, neighbours, page_of
from desk.web.presenting.composer import Typed, composer
from desk.web.presenting.conversation import conversation
from desk.web.presenting.places import Place, before, place_of
from desk.web.requests import db, later
from desk.web.signing_in import me

#: Rows of the list beside a ticket: three screens of them.
BESIDE = 25

log = structlog.get_logger(__name__)


def show(ticket: Ticket, *, kind: str = "reply", typed: Typed | None = None, forwarded: Message | None = None) -> str:
    """The ticket beside the list it was opened from; ``typed`` is what could not be sent."""
    seen_mailboxes()       # the ticket's own is among them, and need not be asked for by itself
    follows = typed is not None or kind == "forward"        # shown at an address of its own, which would forget the list
    place = before() if follows and before().given else place_of(ticket)
    found = page_of(place, BESIDE)
    parts = {"card": card(ticket), "ticket": conversation(ticket, place, neighbours(place, found, ticket)),
             "composer": composer(ticket, kind, typed, forwarded)}
    if follows:
        posted = parts["composer"]
        parts["composer"] = posted | {to: place.beside(posted[to]) for to in ("reply_url", "note_url") if posted[to]}
    if wants_fragment():
        return fragment("web/tickets/_ticket.html", agents=[], **parts)
    return page("web/tickets/index.html", current=place.current, **column(place, found, ticket), **parts)


def opened(ticket: Ticket) -> None:
    """The agent has the ticket before them: it is read, and so is what told of it.

    A transaction of its own, because the page itself only reads; the ticket's version stays, nothing was edited.
    """
    agent, unread, uid = me(), ticket.unread and ticket.binned_at is None, ticket.uid
    agent_id = agent.id
    later(lambda session: at_hand.opened(session, agent_id, "ticket", uid))
    if not (unread or is_news(db(), ticket.id, agent)):
        return
    try:
        with database().write() as writing:
            if unread:
                writing.execute(update(Ticket.__table__).where(Ticket.id == ticket.id).values(unread=False))  # type: ignore[arg-type]
            writing.execute(update(Notification).where(
                Notification.agent_id == agent.id, Notification.ticket_id == ticket.id,
                Notification.read_at.is_(None)).values(read_at=now()))
            seen(writing, ticket.id, agent)
    except OperationalError as error:      # the page is worth more than the mark: it is made the next time
        log.warning("ticket.not_marked", ticket=ticket.number, why=str(error.orig))


def ticket_to_change(number: int) -> Ticket:
    """The ticket a form is about, locked. Raises Unknown."""
    return ticket_for(db(), me(), number, lock=True)


def back_to(ticket: Ticket, said: str = "", undo: str = "") -> Response:
    """303 to the ticket, beside the list it was changed from."""
    place = before()
    target = place.ticket_url(ticket.number) if place.given else url_for("tickets.show", number=ticket.number)
    return go(target, said, undo)


def go(target: str, said: str = "", undo: str = "") -> Response:
    """303; what was done is told at the bottom there, for a while, with its undo."""
    if said:
        session["toast"] = {"text": said, "undo_url": undo}
    return see_other(target)


def next_after(ticket: Ticket, said: str, place: Place) -> Response:
    """303 to the ticket that follows in the list, or to the list at its end."""
    following = whole(request.form.get("following", ""))
    numbers = [one.number for one in page_of(place).tickets if one.number != ticket.number]
    if following in numbers:
        return go(place.ticket_url(following), said)
    return go(place.ticket_url(numbers[0]) if numbers else place.url(), said)
