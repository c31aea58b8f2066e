"""The same for many tickets: assigned, closed, spam, tagged; each is checked, and those left out are told of."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_login import login_required

from contacts.agent import Agent
from core.errors import Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.putting import savepoint
from desk.access import ticket_for
from desk.tickets.assigning import assign
from desk.tickets.many import Standing, remember, standing, take_back
from desk.tickets.states import change_state
from desk.tickets.tagging import add_tag
from desk.tickets.ticket import Ticket
from desk.web.assignments import agent_called
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
    """Do it to the tickets chosen; say how many, and why others were left out, and offer to take it back."""
    numbers = list(dict.fromkeys(int(n) for n in request.form.getlist("numbers") if n.isdecimal() and len(n) < 16))
    if not numbers:
        raise Refused(N_("Choose tickets first."))
    if len(numbers) > MOST:
        raise Refused(_("At most %(most)s tickets at once.", most=MOST))
    act, assignee = _act()
    changed: list[tuple[Ticket, Standing]] = []
    skipped: Counter[str] = Counter()
    for number in sorted(numbers):
        why, one = _one(number, act, assignee)
        if one is None:
            skipped[why] += 1
        else:
            changed.append(one)
    ring_after("fanout")
    said = ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", len(changed))
    left = [f"{why} ({n})" if n > 1 else why for why, n in skipped.items()]
    back = _place().beside(url_for("bulk.undo", uid=remember(db(), changed, by=me()).uid)) if changed else ""
    if left:
        flash(_("Left out: %(why)s", why=listed(left)), "heed")         # to be read for as long as it takes
    return go(_place().url(), said, back)


@bp.post("/tickets/many/<uid>/undo")
@login_required
def undo(uid: str) -> Any:
    """Let them stand as before; those that somebody has changed since stay as they are."""
    back, left = take_back(db(), uid, by=me())
    ring_after("fanout")
    said = ngettext("%(n)s ticket is as before.", "%(n)s tickets are as before.", back)
    if left:
        flash(ngettext("%(n)s is left as it is: it was changed since.", "%(n)s are left as they are: they were changed since.", left), "heed")
    return go(_place().url(), said)


def _place() -> Place:
    return here() if here().given else Place("mine")


def _act() -> tuple[str, Agent | None]:
    if "assign" in request.form:
        return "assign", agent_called(request.form["assign"])
    act = request.form.get("act", "")
    if act not in ("close", "spam", "tag"):
        raise Refused(N_("Choose what to do with the tickets."))
    if act == "tag" and not request.form.get("tag", "").strip():
        raise Refused(N_("Write a word first."), {"tag": N_("Write a word first.")})
    return act, None


def _one(number: int, act: str, assignee: Agent | None) -> tuple[str, tuple[Ticket, Standing] | None]:
    """Do it to one, in a savepoint of its own; how it stood before, or the reason why it was left out."""
    try:
        with savepoint(db()):
            ticket = ticket_for(db(), me(), number, lock=True)
            before = standing(db(), ticket)
            _do(ticket, act, assignee)
    except Refused as refused:
        return _(refused.sentence), None
    return "", (ticket, before)


def _do(ticket: Ticket, act: str, assignee: Agent | None) -> None:
    if act == "assign":
        assign(db(), ticket, by=me(), assignee=assignee, team=ticket.team)
    elif act == "tag":
        add_tag(db(), ticket, request.form["tag"], by=me())
    else:
        change_state(db(), ticket, "closed" if act == "close" else "spam", by=me())
