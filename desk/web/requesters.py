"""Whose ticket it is: chosen, created, or nobody's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.address import Holding, domain_of
from contacts.companies import new_company
from contacts.company import Company
from contacts.creating import company_at, name_for
from contacts.editing import person_called
from contacts.identifying import split_name
from contacts.masking import masked
from contacts.searching import search_persons
from core.errors import Conflict, Refused, Unknown
from core.fold import fold
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.access import may_see_ticket, ticket_for
from desk.tickets import undeciding
from desk.tickets.deciding import change_requester
from desk.tickets.deciding_together import settle_domain
from desk.tickets.gathering import forged
from desk.tickets.message import Message
from desk.tickets.senders import came_from, change_sender
from desk.tickets.ticket import Ticket
from desk.tickets.treating_as_new import treat_as_new
from desk.web.forms import posted
from desk.web.pages import page
from desk.web.presenting.candidates import company_of, standing
from desk.web.presenting.faces import person_face
from desk.web.presenting.masking import deleted_person
from desk.web.presenting.places import Place
from desk.web.presenting.rows import who
from desk.web.requests import db, ring_after
from desk.web.showing import back_to, go, ticket_to_change
from desk.web.signing_in import me
from rules.free_mail import is_free_mail

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
    message, sender = _message(ticket), came_from(db(), ticket)
    return page("web/tickets/requester.html", ticket=ticket, q=query, back_url=url_for("tickets.show", number=number), scopes=_scopes(ticket, message), message=message.uid if message else "",
                company=company_of(ticket),
                address=sender.value if sender and not forged(ticket) and not masked(db(), [sender.value]) else "",
                known=ticket.requester.name if ticket.requester and ticket.requester.living else "", standing=standing(ticket), first_name=first, last_name=last,
                persons=[{"name": p.name, "face": person_face(p.name, p), "email": mails.get(p.id, ""), "uid": p.uid} for p in found],
                url=url_for("requesters.update", number=number, act="person"))


@bp.post("/tickets/<int:number>/requester")
@login_required
def update(number: int) -> Any:
    """Settle it: ``act`` is person, create, none, spam, block, or new (of a deleted person's); ``scope`` of a person: message, ticket or address; with
    ``always`` the rule for the domain is written too. The answer offers to take it back."""
    ticket, act = ticket_to_change(number), request.values.get("act", "")
    if posted("standing") not in ("", standing(ticket)):
        raise Conflict(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
    if act == "person" and request.values.get("scope") == "message":
        return _one_message(ticket)
    if act == "new":
        kept = treat_as_new(db(), ticket, me())
        ring_after("fanout")
        return back_to(ticket, _("The sender counts as somebody new."), url_for("requesters.undo", number=ticket.number, uid=kept.uid))
    before = undeciding.Before(db(), ticket)
    settled = _decide(ticket, act)
    blocked = undeciding.block_sender(db(), ticket, _blocked()) if act == "block" else ""
    rule = undeciding.always(db(), ticket, _then(act), by=me()) if request.values.get("always") else None
    kept = undeciding.remember(db(), before, settled, by=me(), blocked=blocked, rule=rule)
    ring_after("fanout")
    others = sum(may_see_ticket(db(), me(), one) for one in settled[1:])
    return back_to(ticket, _said(ticket, act, others), url_for("requesters.undo", number=number, uid=kept.uid))


@bp.post("/held/<domain>")
@login_required
def update_domain(domain: str) -> Any:
    """Settle everybody held at a domain: ``act`` is create, none, spam or block."""
    act = request.values.get("act", "")
    company = company_at(db(), domain) if act == "create" else None
    then = _then(act) if request.values.get("always") else None
    kept, settled = settle_domain(db(), me(), domain.lower(), act, company=company, then=then)
    ring_after("fanout")
    first = kept.given["tickets"][0]["id"]
    return go(Place("held").url(), ngettext("%(n)s ticket is settled.", "%(n)s tickets are settled.", settled),
              url_for("requesters.undo", number=first, uid=kept.uid))


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


def _one_message(ticket: Ticket) -> Any:
    """Another person wrote one message of the ticket."""
    message = _message(ticket)
    if message is None:
        raise Unknown(N_("There is no such message."))
    person = person_called(db(), request.values.get("person", ""))
    before, identification = message.person_id, message.identification
    change_sender(db(), message, person, me())
    kept = undeciding.remember_sender(db(), message, before, identification, by=me())
    return back_to(ticket, _("The message is of %(name)s.", name=person.name), url_for("requesters.undo", number=ticket.number, uid=kept.uid))


def _message(ticket: Ticket) -> Message | None:
    """The message of the ticket that the address or the form names."""
    return db().scalar(select(Message).where(
        Message.uid == request.values.get("message", ""), Message.ticket_id == ticket.id, Message.direction == "in"))


def _scopes(ticket: Ticket, message: Message | None) -> list[tuple[str, str]]:
    """For what a choice of person holds."""
    address = came_from(db(), ticket)
    found = [("message", _("This message alone"))] if message is not None else []
    found.append(("ticket", _("This ticket alone")))
    said = "" if address is None else deleted_person() if masked(db(), [address.value]) else address.value
    return [*([("address", _("This ticket, and all that comes from %(address)s from now on", address=said))] if said else []), *found]


def _blocked() -> str:
    return "domain" if request.values.get("what") == "domain" else "address"


def _then(act: str) -> dict[str, Any]:
    """What the rule for the domain does, when this was done about one sender."""
    if act not in ("create", "none", "spam"):
        raise Refused(N_("Not everybody at a domain is the same person. Choose a new person, no record or spam for always."))
    return {"act": {"create": "create", "none": "never", "spam": "spam"}[act]}


def _decide(ticket: Ticket, act: str) -> list[Ticket]:
    if act == "person":
        person, keep = person_called(db(), request.values.get("person", "")), request.values.get("scope", "address") == "address"
        return change_requester(db(), ticket, me(), person=person, add_address=keep, move=keep and not ticket.held)
    if act == "create":
        return change_requester(db(), ticket, me(), create=_fields(ticket))
    if act in ("none", "spam", "block"):
        return change_requester(db(), ticket, me(), none=act == "none", spam=act != "none")
    raise Refused(N_("Choose what to do about the sender."))


def _fields(ticket: Ticket) -> dict[str, Any]:
    """The person to make: as typed, else as the mail names them."""
    name = who(ticket)
    first, last = name_for(name, ticket.requester_address.value if ticket.requester_address else name)
    if posted("first_name") or posted("last_name"):
        first, last = posted("first_name"), posted("last_name")
    return {"first_name": first, "last_name": last, "company": _company(ticket)}


def _company(ticket: Ticket) -> Company | None:
    """The company that is named, found or made; a new one has the sender's domain, unless anybody can have an address there."""
    if uid := request.values.get("company"):
        return db().scalar(select(Company).where(Company.uid == uid, Company.binned_at.is_(None)))
    name = posted("company_name")
    if not name:
        return None
    found = db().scalar(select(Company).where(Company.sort_name == fold(name)[:200], Company.binned_at.is_(None)).limit(1))
    sender = came_from(db(), ticket)
    domain = domain_of(sender.normalised) if sender else ""
    free = not domain or is_free_mail(domain) or company_at(db(), domain) is not None
    return found or new_company(db(), {"name": name}, by=me(), how="ticket", domains=[] if free else [domain])


def _said(ticket: Ticket, act: str, others: int) -> str:
    said = {"person": _("It is %(name)s.", name=ticket.requester_name), "none": _("No record is kept."),
            "create": _("%(name)s is created.", name=ticket.requester_name), "spam": _("Marked as spam."),
            "block": _("Marked as spam; nothing more is taken from this address.")}[act]
    more = ngettext("%(n)s other ticket followed.", "%(n)s other tickets followed.", others) if others else ""
    return f"{said} {more}".strip()
