"""Companies as their list and their own pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from contacts.company import Company, CompanyDomain
from contacts.person import Employment, Person
from core.i18n import gettext as _
from desk.tickets.dialogue import dialogue
from desk.web.presenting.faces import agent_face, person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.persons import emails
from desk.web.presenting.relations import period
from desk.web.presenting.rows import shown_state
from desk.web.presenting.times import stamp
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me


def lines(companies: Sequence[Company]) -> list[dict[str, Any]]:
    """The list."""
    ids = [company.id for company in companies]
    domains = dict(db().execute(select(CompanyDomain.company_id, func.min(CompanyDomain.domain)).where(
        CompanyDomain.company_id.in_(ids)).group_by(CompanyDomain.company_id)).all())
    people = dict(db().execute(select(Employment.company_id, func.count()).join(Person).where(
        Employment.company_id.in_(ids), Employment.ended_on.is_(None), Person.binned_at.is_(None),
        Person.merged_into_id.is_(None)).group_by(Employment.company_id)).all())
    return [{"uid": c.uid, "url": company_url(c), "name": c.name, "domain": domains.get(c.id, ""), "persons": people.get(c.id, 0),
             "category": c.category.name if c.category else "",
             "our_contact": c.our_contact.name if c.our_contact else ""} for c in companies]


def talks(company: Company) -> list[dict[str, Any]]:
    """Which of us have been in contact with the company, and what about (S13)."""
    return [{"url": url_for("tickets.show", number=talk.ticket.number), "subject": talk.ticket.subject or _("(no subject)"),
             "state": shown_state(talk.ticket), "state_label": state(shown_state(talk.ticket)), "who": _name(talk.ticket.requester),
             "who_url": person_url(talk.ticket.requester), "agents": [agent_face(one) for one in talk.agents],
             "names": ", ".join(one.name for one in talk.agents) or (_("nobody yet") if talk.ticket.open else "–"), "messages": talk.messages,
             "at": stamp(talk.last_at), "at_iso": talk.last_at.isoformat()} for talk in dialogue(db(), me(), company) if talk.ticket.requester]


def people(jobs: Sequence[Employment]) -> list[dict[str, Any]]:
    """Those who work there, or have."""
    known = emails([job.person_id for job in jobs])
    return [{"url": person_url(job.person), "name": job.person.name or known.get(job.person_id, _("(no name)")),
             "face": person_face(job.person.name, job.person), "position": job.position or "", "primary": job.primary,
             "email": known.get(job.person_id, ""), "left": job.ended_on is not None, "period": period(job.started_on, job.ended_on)}
            for job in jobs]


def _name(person: Person | None) -> str:
    return (person.name if person else "") or _("(no name)")
