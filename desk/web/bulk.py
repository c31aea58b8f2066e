"""The same for many tickets: assigned, closed, spam, tagged; each is checked, and those left out are told of."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, request
from flask_login import login_required

from contacts.agent import Agent
from core.errors import Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.putting import savepoint
from desk.access import ticket_for
from desk.tickets.assigning import assign
from desk.tickets.states import change_state
from desk.tickets.tagging import add_tag
from desk.tickets.ticket import Ticket
from desk.web.assignments import agent_called
from desk.web.pages import see_other
from desk.web.presenting.places import Place, here
from desk.web.presenting.words import listed
from desk.web.requests import db, ring_after
from desk.web.showing import go
from desk.web.signing_in import me

bp = Blueprint("bulk", __name__)
MOST = 200


@bp.post("/tickets/many")
@login_required
def create() -> Any:
    """Do it to the tickets chosen; say how many, and why others were left out."""
    numbers = list(dict.fromkeys(int(n) for n in request.form.getlist("numbers") if n.isdecimal() and len(n) < 16))
    if not numbers:
        raise Refused(N_("Choose tickets first."))
    if len(numbers) > MOST:
        raise Refused(_("At most %(most)s tickets at once.", most=MOST))
    act, assignee = _act()
    skipped: Counter[str] = Counter()
    for number in sorted(numbers):
        if why := _one(number, act, assignee):
            skipped[why] += 1
    ring_after("fanout")
    place = here() if here().given else Place("mine")
    done = len(numbers) - skipped.total()
    said = ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", done)
    left = [f"{why} ({n})" if n > 1 else why for why, n in skipped.items()]
    if not left:
        return go(place.url(), said)
    return see_other(place.url(), kind="heed", said=f"{said} {_('Left out: %(why)s', why=listed(left))}")


def _act() -> tuple[str, Agent | None]:
    if "assign" in request.form:
        return "assign", agent_called(request.form["assign"])
    act = request.form.get("act", "")
    if act not in ("close", "spam", "tag"):
        raise Refused(N_("Choose what to do with the tickets."))
    if act == "tag" and not request.form.get("tag", "").strip():
        raise Refused(N_("Write a word first."), {"tag": N_("Write a word first.")})
    return act, None


def _one(number: int, act: str, assignee: Agent | None) -> str:
    """Do it to one, in a savepoint of its own; the reason when it was left out."""
    try:
        with savepoint(db()):
            _do(ticket_for(db(), me(), number, lock=True), act, assignee)
    except Refused as refused:
        return _(refused.sentence)
    return ""


def _do(ticket: Ticket, act: str, assignee: Agent | None) -> None:
    if act == "assign":
        assign(db(), ticket, by=me(), assignee=assignee, team=ticket.team)
    elif act == "tag":
        add_tag(db(), ticket, request.form["tag"], by=me())
    else:
        change_state(db(), ticket, "closed" if act == "close" else "spam", by=me())
