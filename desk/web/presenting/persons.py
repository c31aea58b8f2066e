"""Persons as their list and their own page show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from contacts.address import Address, Holding
from contacts.person import Employment, Person
from core.clock import now
from core.i18n import age, day
from core.i18n import gettext as _
from desk.access import visible_mailbox_ids
from desk.tickets.listing import OPEN, of_each
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.presenting.career import axis, bar, drawn
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.requests import db
from desk.web.signing_in import me


def lines(persons: Sequence[Person]) -> list[dict[str, Any]]:
    """The list: a handful of questions to the database, however many rows."""
    ids = [person.id for person in persons]
    db().scalars(select(Person).where(Person.id.in_(ids)).options(
        selectinload(Person.employments).joinedload(Employment.company), selectinload(Person.service_level))).all()
    known, tickets, heard = emails(ids), open_tickets(ids), _heard(ids)
    return [{"uid": p.uid, "url": person_url(p), "name": p.name or known.get(p.id, _("(no name)")), "face": person_face(p.name, p),
             "title": p.title or (p.employment.position if p.employment else ""), "company": p.employment.company.name if p.employment else "",
             "company_url": company_url(p.employment.company) if p.employment else "", "email": known.get(p.id, ""),
             "service_level": p.service_level.name if p.service_level else "", "incomplete": p.to_be_completed, "restricted": p.restricted_at is not None,
             "last_at": age(heard[p.id], now()) if p.id in heard else "",
             "last_at_iso": heard[p.id].isoformat() if p.id in heard else "", "open_tickets": tickets.get(p.id, 0)}
            for p in persons]


def positions(person: Person) -> dict[str, Any]:
    """Where the person works and worked, with an axis of years where that tells something."""
    return {"employments": [_post(job) for job in person.employments], "axis": axis() if drawn(person.employments) else []}


def open_tickets(ids: Sequence[int]) -> dict[int, int]:
    """Person → open tickets that the agent may see."""
    found = db().execute(select(Ticket.requester_id, func.count()).where(
        Ticket.requester_id.in_(ids), of_each(
            Ticket.shelf.in_(OPEN), Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())))).group_by(Ticket.requester_id))
    return {person_id: count for person_id, count in found if person_id is not None}


def emails(ids: Sequence[int]) -> dict[int, str]:
    """Person → the address used first. Asked for the kind, SQLite would go through all addresses of that kind."""
    found = db().execute(select(Holding.person_id, Address.value, Address.kind).join(
        Address, Holding.address_id == Address.id).where(Holding.person_id.in_(ids), Holding.until.is_(None)).order_by(
        Holding.primary, Holding.id.desc()))
    return {person_id: value for person_id, value, kind in found if kind == "email"}


def _heard(ids: Sequence[int]) -> dict[int, Any]:
    """Person → when they last wrote, to a mailbox that the agent sees."""
    last = select(Message.id).join(Ticket, Ticket.id == Message.ticket_id).where(
        Message.person_id == Person.id, Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me()))).order_by(
        Message.id.desc()).limit(1).correlate(Person).scalar_subquery()
    asked = select(Person.id.label("person"), last.label("message")).where(Person.id.in_(ids)).subquery()
    return dict(db().execute(select(asked.c.person, Message.at).join(Message, Message.id == asked.c.message)).all())


def _post(job: Employment) -> dict[str, Any]:
    began = _date(job.started_on) if job.started_on else ""
    period = f"{began} – {_date(job.ended_on)}" if job.ended_on else f"{began} –" if began else ""
    return {"company": job.company.called, "company_url": company_url(job.company), "position": job.position or "",
            "primary": job.primary and job.ended_on is None, "period": period.strip(), "ended": job.ended_on is not None,
            "bar": bar(job)}


def _date(on: date) -> str:
    return day(datetime.combine(on, time(12), now().tzinfo))
