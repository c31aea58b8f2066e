"""Replies: what the composer sends to the customer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import login_required
from sqlalchemy.orm.exc import StaleDataError

from core.errors import Refused
from core.i18n import N_, say
from core.i18n import gettext as _
from desk.tickets.answering import reply
from desk.tickets.copying import add_copy
from desk.tickets.doubting import doubts
from desk.tickets.drafting import draft_of, drop_draft
from desk.tickets.presence import stopped_writing
from desk.tickets.recipients import as_written, colleagues_answer, last_and_newest_of, written
from desk.tickets.rerouting import take_other_way
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from desk.web.files import posted_files
from desk.web.once import taken
from desk.web.presenting.composer import Typed
from desk.web.presenting.places import before, place_of
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, next_after, show, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("replies", __name__)
AT_ONCE = N_("Somebody else changed this ticket at the same moment. Look at what is new, then send again.")


@bp.post("/tickets/<int:number>/replies")
@login_required
def create(number: int) -> Any:
    """Answer; what was written stays on the page when it cannot be sent, or should be looked at twice."""
    ticket, form = ticket_to_change(number), request.form
    files = posted_files()
    if form.get("instead"):
        return rerouted(number, files)
    if form.get("also"):
        return copied(number, files)
    if taken():
        return back_to(ticket)
    found = [] if form.get("sure") else to_mind(ticket, "reply")
    then, place = form.get("then", ""), before() if before().given else place_of(ticket)
    try:
        reply(db(), ticket, by=me(), html=form.get("html", ""), text=form.get("text", ""), files=files,
              to=addresses("to"), cc=addresses("cc"), close=then == "close",
              language=form.get("language", ""))
    except Refused as refused:
        return unsent(number, Typed(form, files, _(refused.sentence))), refused.status
    except StaleDataError:
        return unsent(number, Typed(form, files, _(AT_ONCE))), 409
    if found:
        return unsent(number, Typed(form, files, doubts=found)), 422
    if then == "open":
        change_state(db(), ticket, "open", by=me())
    written_down(ticket, "reply")
    if then in ("next", "close"):
        return next_after(ticket, _("Sent and closed.") if then == "close" else _("Sent."), place)
    return back_to(ticket)


def addresses(field: str) -> list[str]:
    """The addresses that were typed."""
    return [one.address for one in written(request.form.get(field, ""))]


def to_mind(ticket: Ticket, kind: str) -> list[str]:
    """What to look at twice before this leaves, in sentences."""
    recipients = [*written(request.form.get("to", "")), *written(request.form.get("cc", ""))]
    last, newest = last_and_newest_of(db(), ticket, me())
    answered, by = colleagues_answer(db(), ticket, me())
    seen = request.form.get("last", type=int)
    found = list(dict.fromkeys(say(doubt.sentence) for doubt in doubts(db(), ticket, recipients, last)))
    if newest is not None and seen is not None and newest.id > seen:
        found.insert(0, _("A message came after you began. Read it before you send."))
    if seen is not None and answered > seen:
        found.insert(0, _("%(name)s answered after you began. Read it before you send.", name=by))
    draft = draft_of(db(), ticket, me(), kind)
    asker = ticket.requester_address.uid if ticket.requester_address else ""
    if request.form.get("asker", asker) != asker or (draft is not None and draft.requester_address_id != ticket.requester_address_id):
        found.append(_("Another person has become the requester since you began this draft."))
    return found


def to_mind_of_others(ticket: Ticket) -> list[str]:
    """What to look at twice before a mail is sent on. That it goes to somebody new is what a forward is for; at which company
    they are, and that mail to them comes back, is not."""
    recipients = [*written(request.form.get("to", "")), *written(request.form.get("cc", ""))]
    return [say(doubt.sentence) for doubt in doubts(db(), ticket, recipients) if not doubt.new]


def unsent(number: int, typed: Typed, kind: str = "reply") -> str:
    """The ticket's page with what was typed. What was begun is taken back."""
    db().rollback()
    return show(ticket_to_change(number), kind=kind, typed=typed)


def rerouted(number: int, files: list[str], kind: str = "reply") -> str:
    """The ticket's page with what was typed, to another address of somebody whom mail does not reach."""
    db().rollback()
    form = {name: request.form[name] for name in request.form}
    for field in ("to", "cc"):
        ways = take_other_way(db(), written(form.get(field, "")), form["instead"])
        form[field] = ", ".join(map(as_written, ways))
    return show(ticket_to_change(number), kind=kind, typed=Typed(form, files))


def copied(number: int, files: list[str]) -> str:
    """The ticket's page with what was typed, and one more in copy."""
    db().rollback()
    form = {name: request.form[name] for name in request.form}
    cc = add_copy(db(), written(form.get("to", "")), written(form.get("cc", "")), form["also"])
    return show(ticket_to_change(number), typed=Typed(form | {"cc": ", ".join(map(as_written, cc))}, files))


def written_down(ticket: Ticket, kind: str) -> None:
    """The draft has become a message; whoever sends and tells is woken after the commit."""
    drop_draft(db(), ticket, me(), kind)
    stopped_writing(db(), ticket.id, me())
    ring_after("outbound")
    ring_after("fanout")
