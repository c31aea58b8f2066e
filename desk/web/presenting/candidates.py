"""The card while nobody is settled on: who it could be, with the evidence for each, and what else can be done."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contacts.address import domain_of
from contacts.creating import company_at
from contacts.identifying import holders
from contacts.person import Employment, Person
from core.i18n import gettext as _
from core.i18n import ngettext
from desk.access import visible_mailbox_ids
from desk.tickets.gathering import MOST, forged, how_many
from desk.tickets.senders import came_from
from desk.tickets.strangers import candidates_now
from desk.tickets.ticket import Ticket
from desk.tickets.unrecorded import forgotten_at, is_one_of_several, kept_days
from desk.tickets.unseen import as_seen, unseen
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import person_url
from desk.web.presenting.rows import who
from desk.web.presenting.times import near
from desk.web.presenting.words import said
from desk.web.requests import db
from desk.web.signing_in import me
from rules.free_mail import is_free_mail

FULL = 50                    # points that fill a bar
FORGED = -100                # as much as an address speaks for somebody


def unknown(ticket: Ticket) -> dict[str, Any]:
    """Nobody is settled on: who it could be, and what else can be done."""
    address = ticket.requester_address
    name = who(ticket)
    found, deleted = candidates(ticket), _deleted(ticket)
    gone = deleted is not None or ticket.of_a_deleted
    return {
        "known": False, "name": name if not address or name != address.value or gone else "",
        "address": address.value if address and not gone else "", "candidates": found, "acts": _acts_of_deleted(ticket) if gone else _acts(ticket),
        "unrecorded": _unrecorded(ticket, deleted), "deleted": deleted is not None, "restore_url": url_for("persons.restore", uid=deleted.uid) if deleted and me().admin else None,
        "standing": standing(ticket), "url": None, "favourite_url": None, "tickets": [], "change_url": url_for("requesters.edit", number=ticket.number),
    }


def _unrecorded(ticket: Ticket, deleted: Person | None) -> dict[str, str] | None:
    """Of a ticket that is nobody's, and about which nothing is to be decided: what else came from there, and until when it is kept."""
    if ticket.held or ticket.requester_id is not None or deleted is not None or is_one_of_several(ticket):
        return None
    days, until = kept_days(db(), ticket.mailbox), forgotten_at(db(), ticket)
    others = how_many(db(), ticket, Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())))
    more = _("%(n)s or more other tickets of this address are nobody’s either.", n=MOST) if others >= MOST else ngettext(
        "%(n)s other ticket of this address is nobody’s either.", "%(n)s other tickets of this address are nobody’s either.", others) if others else ""
    kept = _("Deleted for good on %(day)s, unless something happens on it.", day=near(until)) if until else ngettext(
        "Deleted for good %(n)s day after the last thing that happens on it once it is closed.",
        "Deleted for good %(n)s days after the last thing that happens on it once it is closed.", days)
    return {"others": more, "kept": kept, "come": _("They come along when the person is created.") if others and not forged(ticket) else ""}


def standing(ticket: Ticket) -> str:
    """What is settled about who asks: a form that says otherwise was filled in before somebody settled it."""
    return "held" if ticket.held else ticket.requester.uid if ticket.requester else "nobody"


def _deleted(ticket: Ticket) -> Person | None:
    """The deleted person who alone holds the address."""
    if ticket.requester_address is None:
        return None
    persons = [holding.person for holding in holders(db(), ticket.requester_address)]
    return None if any(one.living for one in persons) else next(iter(persons), None)


def _acts_of_deleted(ticket: Ticket) -> list[dict[str, Any]]:
    """What can be done about a deleted person who writes, beside restoring (section 0.18)."""
    if not ticket.waits_for_a_deleted:
        return []
    return [{"label": _("Treat the sender as new"), "then": _("the address is no longer the deleted person’s"), "icon": "user-plus", "press": "c",
             "url": url_for("requesters.update", number=ticket.number, act="new")},
            {"label": _("Spam"), "icon": "ban", "url": url_for("requesters.update", number=ticket.number, act="spam")}]


def _acts(ticket: Ticket) -> list[dict[str, Any]]:
    """What can be done about an unknown sender, each a form of its own."""
    def url(**what: Any) -> str:
        return url_for("requesters.update", number=ticket.number, **what)

    found: list[dict[str, Any]] = []
    forged, domain = ticket.trust.get("result") == "fail", _domain(ticket)
    company = company_at(db(), domain) if domain else None
    if ticket.requester_address is not None and not forged:
        found.append({"label": _("Create %(name)s", name=who(ticket)), "icon": "user-plus", "url": url(act="create"), "press": "c"})
        if company is not None:
            found.append({"label": _("Create at %(company)s", company=company.name), "icon": "building", "press": "f",
                          "url": url(act="create", company=company.uid)})
        else:
            found.append({"label": _("Create with a company …"), "icon": "building", "press": "f", "link": True,
                          "url": url_for("requesters.edit", number=ticket.number, _anchor="new")})
    if ticket.held:
        days = kept_days(db(), ticket.mailbox)
        found.append({"label": _("Keep no record"), "then": ngettext("deleted %(n)s day after it is closed", "deleted %(n)s days after it is closed", days),
                      "icon": "message-reply", "url": url(act="none"), "press": "q"})
        found.append({"label": _("Spam"), "icon": "ban", "url": url(act="spam")})
        found.append({"label": _("Block the address or the domain …"), "icon": "shield-x", "choices": [
            (_("Take nothing more from %(sender)s", sender=one), url(act="block", what=what)) for one, what in _blockable(ticket, domain)]})
        if domain and not is_free_mail(domain) and not forged:
            found.append({"label": _("Always for @%(domain)s …", domain=domain), "icon": "repeat", "choices": [
                (_("Create a person for everybody there"), url(act="create", always=1, company=company.uid if company else None)),
                (_("Keep no record of anybody there"), url(act="none", always=1)), (_("Everything from there is spam"), url(act="spam", always=1))]})
    return found


def _domain(ticket: Ticket) -> str:
    address = came_from(db(), ticket)
    return domain_of(address.normalised) if address is not None and address.kind == "email" else ""


def _blockable(ticket: Ticket, domain: str) -> list[tuple[str, str]]:
    address = ticket.requester_address
    if address is None:
        return []
    return [(address.value, "address"), *([(f"@{domain}", "domain")] if domain and not is_free_mail(domain) else [])]


def company_of(ticket: Ticket) -> str:
    """What the company of a stranger may be called: the one at the domain, else the domain's own name, a guess."""
    domain = _domain(ticket)
    if not domain or is_free_mail(domain):
        return ""
    known = company_at(db(), domain)
    return known.name if known is not None else domain.rsplit(".", 1)[0].rpartition(".")[2].replace("-", " ").title()


def candidates(ticket: Ticket) -> list[dict[str, Any]]:
    """The living among the candidates, the best first."""
    found_now = candidates_now(db(), ticket)
    kept = as_seen(found_now, unseen(db(), me(), found_now))
    if not kept:
        return []
    persons = {p.uid: p for p in db().scalars(select(Person).where(
        Person.uid.in_([one["person_id"] for one in kept]), Person.binned_at.is_(None), Person.merged_into_id.is_(None),
    ).options(selectinload(Person.employments).options(joinedload(Employment.company))))}
    holding = {h.person.uid for h in holders(db(), ticket.requester_address)} if ticket.requester_address else set()
    found = [_candidate(ticket, persons[one["person_id"]], one, holds=one["person_id"] in holding)
             for one in kept if one["person_id"] in persons]
    return sorted(found, key=lambda one: -one["points"])


def _candidate(ticket: Ticket, person: Person, kept: dict[str, Any], *, holds: bool) -> dict[str, Any]:
    forged = ticket.trust.get("result") == "fail"
    against = [{"points": FORGED, "words": ticket.trust.get("why", ""), "sentence": ticket.trust.get("sentence")}] if forged else []
    clues = [_clue(clue) for clue in (*kept["evidence"], *against)]
    return {
        "name": person.name, "company": _works(person), "face": person_face(person.name, person), "url": person_url(person),
        "points": sum(clue["points"] for clue in clues), "clues": clues,
        "reject_url": url_for("rejections.create", number=ticket.number, uid=person.uid) if ticket.held and not holds else None,
        "forged": forged, "holds": holds,
        "link_url": url_for("requesters.update", number=ticket.number, act="person", person=person.uid, scope="ticket" if holds else None),
    }


def _clue(clue: dict[str, Any]) -> dict[str, Any]:
    points = clue["points"]
    return {"text": said(clue.get("sentence") or clue["words"]), "points": points, "against": points < 0,
            "width": min(100, abs(points) * 100 // FULL)}


def _works(person: Person) -> str:
    job = person.employment
    company = job.company.name if job else ""
    return " · ".join(filter(None, (company, _("has left") if person.status == "left" else "")))
