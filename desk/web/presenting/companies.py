"""Companies as their list and their own page show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from contacts.companies import domains_of
from contacts.company import Company, CompanyDomain
from contacts.person import Employment, Person
from core.i18n import day, ngettext
from core.i18n import gettext as _
from desk.tickets.ticket import Ticket
from desk.web.presenting.changes import changes
from desk.web.presenting.faces import agent_entry, person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.persons import emails
from desk.web.presenting.ticket_lines import ticket_lines
from desk.web.presenting.words import language_alone
from desk.web.requests import db
from desk.web.signing_in import me

SHOWN = 100


def lines(companies: Sequence[Company]) -> list[dict[str, Any]]:
    """The list."""
    ids = [company.id for company in companies]
    domains = dict(db().execute(select(CompanyDomain.company_id, func.min(CompanyDomain.domain)).where(
        CompanyDomain.company_id.in_(ids)).group_by(CompanyDomain.company_id)).all())
    people = dict(db().execute(select(Employment.company_id, func.count()).join(Person).where(
        Employment.company_id.in_(ids), Employment.ended_on.is_(None), Person.binned_at.is_(None),
        Person.merged_into_id.is_(None)).group_by(Employment.company_id)).all())
    return [{"url": company_url(c), "name": c.name, "domain": domains.get(c.id, ""), "persons": people.get(c.id, 0),
             "category": c.category.name if c.category else "",
             "our_contact": c.our_contact.name if c.our_contact else ""} for c in companies]


def binned(companies: Sequence[Company]) -> list[dict[str, Any]]:
    """Those in the bin."""
    return [{"name": c.name, "binned": day(c.binned_at) if c.binned_at else "",
             "restore_url": url_for("companies.restore", uid=c.uid)} for c in companies]


def whole(company: Company) -> dict[str, Any]:
    """The company's own page."""
    people = _people(company)
    works = select(Employment.person_id).where(Employment.company_id == company.id, Employment.ended_on.is_(None))
    plain = {name: getattr(company, name) or "" for name in ("name", "phone", "address", "website")}
    return plain | ticket_lines(Ticket.requester_id.in_(works)) | {
        "number": company.organisation_number or "", "domains": domains_of(db(), company),
        "language": language_alone(company.language), "our_contact": agent_entry(company.our_contact) if company.our_contact else None,
        "category": company.category.name if company.category else "",
        "business": company.business.name if company.business else "", "persons": people, "notes": "",
        "persons_text": _counted(people), "history": changes(company.uid),
        "edit_url": url_for("companies.edit", uid=company.uid),
        "delete_url": url_for("companies.destroy", uid=company.uid) if me().admin else None}


def _people(company: Company) -> list[dict[str, Any]]:
    """Who works there, then who has left."""
    jobs = db().scalars(select(Employment).join(Person).where(
        Employment.company_id == company.id, Person.binned_at.is_(None), Person.merged_into_id.is_(None)).options(
        selectinload(Employment.person)).order_by(Employment.ended_on.is_not(None), Person.sort_name).limit(SHOWN)).all()
    known = emails([job.person_id for job in jobs])
    return [{"url": person_url(job.person), "name": job.person.name or known.get(job.person_id, _("(no name)")),
             "face": person_face(job.person.name), "position": job.position or "", "primary": job.primary,
             "email": known.get(job.person_id, ""), "left": job.ended_on is not None} for job in jobs]


def _counted(people: Sequence[dict[str, Any]]) -> str:
    left = sum(person["left"] for person in people)
    said = [str(len(people) - left)] if people else []
    return ", ".join(said + ([ngettext("one has left", "%(n)s have left", left)] if left else []))
