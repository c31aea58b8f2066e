"""Replies and notes."""

from __future__ import annotations

from core.errors import Refused
from core.i18n import N_
from desk.tickets.answering import note, reply
from desk.web.api.bearer import me
from desk.web.api.finding import the_ticket
from desk.web.api.routing import post
from desk.web.api.schemas.tickets import Message, NewNote, NewReply
from desk.web.api.shapes.messages import one
from desk.web.requests import db, ring_after


@post("/tickets/<int:number>/replies", status=201, moves=True)
def create(number: int, given: NewReply) -> Message:
    """Answer a ticket; the mail leaves at once."""
    _written_once(given)
    message = reply(db(), the_ticket(number), by=me(), html=given.html, text=given.text, to=given.to, cc=given.cc,
                    files=given.attachments, close=given.close)
    ring_after("outbound")
    ring_after("fanout")
    return one(db(), message)


@post("/tickets/<int:number>/notes", status=201, moves=True)
def create_note(number: int, given: NewNote) -> Message:
    """Write a note that agents alone see."""
    _written_once(given)
    message = note(db(), the_ticket(number), by=me(), html=given.html, text=given.text, files=given.attachments)
    ring_after("fanout")
    return one(db(), message)


def _written_once(given: NewReply | NewNote) -> None:
    if given.text.strip() and given.html.strip():
        raise Refused(N_("Give the message as text or as HTML, not as both."), {"text": N_("HTML is given too.")})
