"""The person card: who writes, how we know, what they may expect; or who it could be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from contacts.address import Address, Holding, normalise_email
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.person import Employment, Person
from contacts.purpose import USUAL
from core.i18n import gettext as _
from core.retelling import retell
from desk.access import visible_mailbox_ids
from desk.tickets.recipients import written
from desk.tickets.ticket import Ticket
from desk.web.looking_up import note_lookup
from desk.web.presenting.absence import away_note
from desk.web.presenting.candidates import standing, unknown
from desk.web.presenting.faces import agent_entry, person_face
from desk.web.presenting.links import addresses_url, company_url, person_edit_url, person_url
from desk.web.presenting.places import Place
from desk.web.presenting.relations import cover
from desk.web.presenting.retention import came_by, deleted_when
from desk.web.presenting.times import brief, length, near
from desk.web.presenting.words import kind_of_phone, language_alone, state
from desk.web.requests import db
from desk.web.signing_in import me

EARLIER = 5
COUNTED = 1000
KINDS = {"email": "mail"}


def card(ticket: Ticket) -> dict[str, Any]:
    """The card beside a ticket, as web/tickets/_card.html wants it."""
    if ticket.requester_id is None or (ticket.held and ticket.open):
        return unknown(ticket)
    person = db().scalars(select(Person).where(Person.id == ticket.requester_id).options(
        joinedload(Person.service_level), joinedload(Person.category), joinedload(Person.business),
        *(joinedload(agent).lazyload(Agent.addresses) for agent in (Person.support_contact, Person.our_contact, Person.created_by)),
        selectinload(Person.employments).joinedload(Employment.company), selectinload(Person.legal_bases))).one()
    note_lookup([person.uid], "ticket", me().id)
    set_committed_value(ticket, "requester", person)     # for whoever draws more of the ticket
    if not person.living:
        return restricted(ticket, person) if person.answered else unknown(ticket)
    return {**person_facts(person), **_tickets(person, ticket), "change_url": url_for("requesters.edit", number=ticket.number)}


def restricted(ticket: Ticket, person: Person) -> dict[str, Any]:
    """Whose data may not be used: who they are, so that they are answered, and no more (Art. 18)."""
    address = ticket.requester_address
    return {"known": False, "restricted": True, "name": person.name, "address": address.value if address else "", "candidates": [], "acts": [], "unrecorded": None,
            "deleted": False, "restore_url": None, "standing": standing(ticket), "url": person_url(person) if me().admin else None, "favourite_url": None,
            "tickets": [], "change_url": None}


def card_at(text: str) -> dict[str, Any] | None:
    """The card of whoever is written to first in a list of addresses; None where there is no address yet."""
    address = next((one.address for one in written(text)[:1]), "")
    if not address:
        return None
    person = db().scalar(select(Person).join(Holding, Holding.person_id == Person.id).join(Address).where(
        Address.kind == "email", Address.normalised == normalise_email(address), Holding.until.is_(None),
        Person.merged_into_id.is_(None), Person.binned_at.is_(None)).order_by(Holding.id).limit(1))
    if person is not None:
        note_lookup([person.uid], "ticket", me().id)
    return {**person_facts(person), **_tickets(person, None)} if person else {"known": False, "address": address}


def person_facts(person: Person) -> dict[str, Any]:
    """What a card says of a person, here and on the person's own page."""
    job, level = person.employment, person.service_level
    return {
        "known": True, "name": person.name, "face": person_face(person.name, person),
        "title": person.title or (job.position if job else ""), "company": job.company.name if job else "",
        "company_url": company_url(job.company) if job else "", "url": person_url(person),
        "edit_url": person_edit_url(person), "favourite_url": None, "status": None,
        "addresses": [_address(holding) for holding in holdings_of(db(), person)],
        "add_address_url": addresses_url(person),
        "language": language_alone(person.preferred_language), "language_note": _("guessed from their mail") if person.language_guessed and person.preferred_language else "",
        "company_note": _("guessed from their address") if job and job.guessed else "",
        "service_level": level.name if level else "",
        "service_note": _("answer within %(time)s", time=_minutes(level.first_answer_minutes)) if level and level.first_answer_minutes else "",
        "support_contact": _agent(person.support_contact), "our_contact": _agent(person.our_contact),
        "cover": cover(person), "category": person.category.name if person.category else "",
        "business": person.business.name if person.business else "", "incomplete": _incomplete(person),
        "held_because": held_because(person), "held_url": person_url(person), "deleted_when": deleted_when(person),
    }


def held_because(person: Person) -> str:
    """How and why the person was created, and on what ground they are kept."""
    when, ticket = near(person.created_at), came_by(person, visible_mailbox_ids(db(), me()))
    said = {
        "mail": _("Came in by mail %(number)s on %(day)s.", day=when, number=ticket) if ticket else _("Created %(day)s from a mail.", day=when), "form": _("Created %(day)s by hand.", day=when),
        "api": _("Created %(day)s by another program.", day=when), "import": _("Created %(day)s by an import.", day=when),
        "ticket": _("Created %(day)s from ticket %(number)s.", day=when, number=ticket) if ticket else _("Created %(day)s from a ticket.", day=when),
    }.get(person.created_how, _("Created %(day)s.", day=when))
    by = _("By %(name)s.", name=person.created_by.name) if person.created_by else ""
    bases = {"legitimate_interest": _("Ground: legitimate interest."), "contract": _("Ground: contract."),
             "consent": _("Ground: consent."), "legal_obligation": _("Ground: legal obligation.")}
    standing = person.standing_bases
    ground = bases.get(standing[USUAL].basis, "") if USUAL in standing and standing[USUAL].holds else ""
    if not any(one.holds for one in standing.values()):
        ground = _("No ground to hold them any more.")
    told = " ".join(filter(None, (said, by, retell(person.created_why), ground)))
    return told.replace("..", ".")          # a short month ends with a stop where the sentence does


def _incomplete(person: Person) -> list[str]:
    if not person.to_be_completed:
        return []
    found = []
    if person.name_guessed:
        found.append(_("name"))
    if person.employment is None and not person.private_customer:
        found.append(_("company"))
    if not person.preferred_language:
        found.append(_("language"))
    return found or [_("everything else")]


def _address(holding: Holding) -> dict[str, Any]:
    address = holding.address
    bad = address.health == "bouncing"
    proof = "bounces" if bad else {"authenticated": "verified", "link": "verified", "agent": "word"}.get(holding.proof, "unproven")
    sign = {"bounces": _("bounces"), "verified": _("verified"), "word": _("by an agent"), "unproven": _("unproven")}[proof]
    mail = address.kind == "email"
    return {"kind": KINDS.get(address.kind, address.kind), "value": address.value, "primary": holding.primary, "bad": bad,
            "href": f"tel:{''.join(address.value.split())}" if address.kind == "phone" else "",
            "proof": proof if mail else "", "sign": sign if mail else kind_of_phone(holding.label)}


def _agent(agent: Agent | None) -> dict[str, Any] | None:
    return {**agent_entry(agent), "away": away_note(agent)} if agent else None


def _tickets(person: Person, ticket: Ticket | None) -> dict[str, Any]:
    """Their earlier tickets that the agent may see."""
    visible = (Ticket.requester_id == person.id, Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())),
               Ticket.binned_at.is_(None), Ticket.merged_into_id.is_(None), *((Ticket.id != ticket.id,) if ticket else ()))
    found = db().scalars(select(Ticket).where(*visible).order_by(Ticket.id.desc()).limit(EARLIER + 1)
                         .options(load_only(Ticket.state, Ticket.subject, Ticket.moved_at))).all()
    count = len(found)
    if count > EARLIER:
        count = db().scalar(select(func.count()).select_from(select(Ticket.id).where(*visible).limit(COUNTED).subquery())) or 0
    place = Place(person=person.uid)
    return {"tickets": _lines(found[:EARLIER], place), "ticket_count": count,
            "tickets_url": place.url() if count > EARLIER else None}


def _lines(tickets: Sequence[Ticket], place: Place) -> list[dict[str, Any]]:
    return [{"number": t.number, "state": t.state, "state_label": state(t.state), "subject": t.subject or _("(no subject)"),
             "url": place.ticket_url(t.number), "at": brief(t.moved_at), "at_iso": t.moved_at.isoformat()} for t in tickets]


def _minutes(minutes: int) -> str:
    return length(timedelta(minutes=minutes))
