"""Who an unknown sender most likely is, in a few words for a row of the list: a few questions, however many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contacts.address import domain_of
from contacts.company import Company, CompanyDomain
from contacts.person import Employment, Person
from core.i18n import gettext as _
from desk.tickets.ticket import Ticket
from desk.tickets.unseen import as_seen, unseen
from desk.web.requests import db
from desk.web.signing_in import me
from rules.role_words import is_role

PROBABLE = 50                # points from which it is more than a name


class Guess(NamedTuple):
    """How sure, and who: a person, else what is known of the sender's company or name; empty where nothing is."""

    lead: str
    who: str


def likely(tickets: Sequence[Ticket]) -> dict[int, Guess]:
    """Ticket → the best of the living candidates."""
    kept: dict[int, list[dict[str, Any]]] = {
        ticket_id: how.get("candidates") or [] for ticket_id, how in db().execute(
            select(Ticket.id, Ticket.identification).where(Ticket.id.in_([ticket.id for ticket in tickets])))}
    hidden = unseen(db(), me(), [one for found in kept.values() for one in found])
    kept = {ticket_id: as_seen(found, hidden) for ticket_id, found in kept.items()}
    persons = _living({one["person_id"] for found in kept.values() for one in found})
    best = {ticket_id: max((one for one in found if one["person_id"] in persons), key=_points, default=None)
            for ticket_id, found in kept.items()}
    companies = _companies({domain for ticket in tickets if best[ticket.id] is None and (domain := _domain(ticket))})
    return {ticket.id: _person(one, persons[one["person_id"]]) if (one := best[ticket.id]) else
            _nobody(_called(ticket), companies.get(_domain(ticket), "")) for ticket in tickets}


def _person(best: dict[str, Any], person: Person) -> Guess:
    job = person.employment
    return Guess(_("Probably") if _points(best) >= PROBABLE else _("Perhaps"),
                 ", ".join(filter(None, (person.name, job.company.name if job else ""))))


def _nobody(name: str, company: str) -> Guess:
    """What is known of a sender whom nobody in the register is like."""
    if is_role(name):
        return Guess(_("Perhaps"), _("%(company)s, shared mailbox", company=company)) if company else Guess(_("Not a person's name"), "")
    return Guess(_("Company"), _("%(company)s is known", company=company)) if company else Guess(_("Nobody alike"), "")


def _called(ticket: Ticket) -> str:
    """What the sender calls themselves, else what their address begins with."""
    return ticket.requester_name or (ticket.requester_address.value.partition("@")[0] if ticket.requester_address else "")


def _domain(ticket: Ticket) -> str:
    return domain_of(ticket.requester_address.normalised) if ticket.requester_address else ""


def _companies(domains: set[str]) -> dict[str, str]:
    """Domain → the name of the living company that has it."""
    if not domains:
        return {}
    return dict(db().execute(select(CompanyDomain.domain, Company.name).join(
        Company, Company.id == CompanyDomain.company_id).where(CompanyDomain.domain.in_(domains), Company.binned_at.is_(None))).all())


def _points(candidate: dict[str, Any]) -> int:
    return sum(clue["points"] for clue in candidate["evidence"])


def _living(uids: set[str]) -> dict[str, Person]:
    if not uids:
        return {}
    return {person.uid: person for person in db().scalars(select(Person).where(
        Person.uid.in_(uids), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).options(
        selectinload(Person.employments).options(joinedload(Employment.company))))}
