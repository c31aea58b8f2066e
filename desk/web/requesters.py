"""Whose ticket it is: chosen, created, or nobody's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.address import Holding
from contacts.company import Company
from contacts.editing import person_called
from contacts.identifying import split_name
from contacts.searching import search_persons
from core.errors import Conflict, Refused, Unknown
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.access import ticket_for
from desk.tickets import undeciding
from desk.tickets.deciding import change_requester
from desk.tickets.ticket import Ticket
from desk.web.forms import posted
from desk.web.pages import page
from desk.web.presenting.candidates import standing
from desk.web.presenting.faces import person_face
from desk.web.presenting.rows import who
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("requesters", __name__)
MOST = 30


@bp.get("/tickets/<int:number>/requester")
@login_required
def edit(number: int) -> str:
    """Look for the person it is, or make one."""
    ticket = ticket_for(db(), me(), number)
    query = request.args.get("q", "").strip()[:100] or (who(ticket) if ticket.requester_id is None else "")
    found = search_persons(db(), query, limit=MOST).rows if query else []
    mails = {h.person_id: h.address.value for h in db().scalars(select(Holding).join(Holding.address).where(
        Holding.person_id.in_([p.id for p in found]), Holding.until.is_(None)).order_by(Holding.primary))
        if h.address.kind == "email"}
    unnamed = ticket.requester_id is not None or "@" in who(ticket)
    first, last = ("", "") if unnamed else split_name(who(ticket))
    return page("web/tickets/requester.html", ticket=ticket, q=query, back_url=url_for("tickets.show", number=number),
                address=ticket.requester_address.value if ticket.requester_address else "",
                known=ticket.requester.name if ticket.requester and ticket.requester.living else "", standing=standing(ticket), first_name=first, last_name=last,
                persons=[{"name": p.name, "face": person_face(p.name), "email": mails.get(p.id, ""), "uid": p.uid,
                          "url": url_for("requesters.update", number=number, act="person", person=p.uid)} for p in found])


@bp.post("/tickets/<int:number>/requester")
@login_required
def update(number: int) -> Any:
    """Settle it: ``act`` is person, create, none, spam or block. The answer offers to take it back."""
    ticket, act = ticket_to_change(number), request.values.get("act", "")
    if posted("standing") not in ("", standing(ticket)):
        raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
    before = undeciding.Before(db(), ticket)
    settled = _decide(ticket, act)
    blocked = undeciding.block_sender(db(), ticket, "address") if act == "block" else ""
    kept = undeciding.remember(db(), before, settled, by=me(), blocked=blocked)
    ring_after("fanout")
    return back_to(ticket, _said(ticket, act, len(settled) - 1), url_for("requesters.undo", number=number, uid=kept.uid))


@bp.post("/tickets/<int:number>/requester/<uid>/undo")
@login_required
def undo(number: int, uid: str) -> Any:
    """Let it be as it was before."""
    ticket = ticket_to_change(number)
    kept = db().scalar(select(Operation).where(Operation.uid == uid))
    if kept is None or ticket.id not in [one["id"] for one in kept.given.get("tickets", ())]:
        raise Unknown(N_("There is nothing to take back."))
    undeciding.undo(db(), kept, by=me())
    return back_to(ticket, _("It is as before."))


def _decide(ticket: Ticket, act: str) -> list[Ticket]:
    if act == "person":
        person = person_called(db(), request.values.get("person", ""))
        return change_requester(db(), ticket, me(), person=person, add_address=request.values.get("keep") != "0")
    if act == "create":
        return change_requester(db(), ticket, me(), create=_fields(ticket))
    if act in ("none", "spam", "block"):
        return change_requester(db(), ticket, me(), none=act == "none", spam=act != "none")
    raise Refused(N_("Choose what to do about the sender."))


def _fields(ticket: Ticket) -> dict[str, Any]:
    """The person to make: as typed, else as the mail names them."""
    name = who(ticket)
    first, last = split_name(name.partition("@")[0] if "@" in name else name)
    if not (first or last):         # a desk's name: the agent has read it, and makes somebody of it all the same
        first = name[:120]
    if posted("first_name") or posted("last_name"):
        first, last = posted("first_name"), posted("last_name")
    company = db().scalar(select(Company).where(Company.uid == posted("company"))) if posted("company") else None
    return {"first_name": first, "last_name": last, "company": company}


def _said(ticket: Ticket, act: str, others: int) -> str:
    said = {"person": _("It is %(name)s.", name=ticket.requester_name), "none": _("No record is kept."),
            "create": _("%(name)s is created.", name=ticket.requester_name), "spam": _("Marked as spam."),
            "block": _("Marked as spam; nothing more is taken from this address.")}[act]
    more = ngettext("%(n)s other ticket followed.", "%(n)s other tickets followed.", others) if others else ""
    return f"{said} {more}".strip()
