"""Searching tickets, persons and companies at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contacts.address import Holding
from contacts.company import Company, CompanyDomain
from contacts.person import Employment, Person
from contacts.searching import search_companies, search_persons
from core.i18n import gettext as _
from desk.tickets.listing import Page
from desk.tickets.searching import search_tickets
from desk.web.pages import page
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.marking import marked
from desk.web.presenting.rows import rows
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("searches", __name__)
KINDS = ("all", "tickets", "persons", "companies")
FEW, MANY = 8, 50


@bp.get("/search")
@login_required
def index() -> str:
    """What fits: some of each kind, or one kind by pages."""
    query = request.args.get("q", "").strip()[:200]
    kind = request.args.get("kind", "all") if request.args.get("kind") in KINDS else "all"
    found: dict[str, Any] = {"rows": [], "persons": [], "companies": [], "older": None}
    counts = {}
    for name, key, look in (("tickets", "rows", _tickets), ("persons", "persons", _persons), ("companies", "companies", _companies)):
        if query:
            some = look(query, kind)
            counts[name] = _count(len(some[key]), more=some.pop("more"))
            if kind in ("all", name):
                found |= some
    return page("web/search/index.html", current="search", q=query, kinds=_kinds(query, kind, counts) if query else [],
                newer=None, **found)


def _count(found: int, *, more: bool) -> str:
    return f"{found}+" if more else str(found)


def _tickets(query: str, kind: str) -> dict[str, Any]:
    found: Page = search_tickets(db(), me(), query, cursor=_cursor("tickets"), limit=MANY if kind == "tickets" else 20, brief=True)
    shown = rows(found.tickets, lambda ticket: url_for("tickets.show", number=ticket.number))
    for row in shown:
        row |= {name: marked(row[name], query) for name in ("who", "subject", "preview")}
    return {"rows": shown, "more": bool(found.next), **_older(query, kind, found.next)}


def _persons(query: str, kind: str) -> dict[str, Any]:
    found = search_persons(db(), query, cursor=_cursor("persons"), limit=MANY if kind == "persons" else FEW)
    ids = [person.id for person in found.rows]
    jobs = {job.person_id: job.company.name for job in db().scalars(select(Employment).where(
        Employment.person_id.in_(ids), Employment.primary, Employment.ended_on.is_(None)).options(
        selectinload(Employment.company)))}
    mails = {h.person_id: h.address.value for h in db().scalars(select(Holding).join(Holding.address).where(
        Holding.person_id.in_(ids), Holding.until.is_(None)).order_by(Holding.primary)) if h.address.kind == "email"}
    return {"persons": [_person(p, jobs.get(p.id, ""), mails.get(p.id, ""), query) for p in found.rows], "more": bool(found.next),
            **(_older(query, kind, found.next) if kind == "persons" else {})}


def _companies(query: str, kind: str) -> dict[str, Any]:
    found = search_companies(db(), query, cursor=_cursor("companies"), limit=MANY if kind == "companies" else FEW)
    domains = {row.company_id: row.domain for row in db().scalars(select(CompanyDomain).where(
        CompanyDomain.company_id.in_([company.id for company in found.rows])))}
    return {"companies": [_company(c, domains.get(c.id, ""), query) for c in found.rows], "more": bool(found.next),
            **(_older(query, kind, found.next) if kind == "companies" else {})}


def _person(person: Person, company: str, email: str, query: str) -> dict[str, Any]:
    return {"url": person_url(person), "name": marked(person.name, query), "face": person_face(person.name), "title": person.title or "",
            "company": marked(company, query), "email": marked(email, query)}


def _company(company: Company, domain: str, query: str) -> dict[str, Any]:
    return {"url": company_url(company), "name": marked(company.name, query), "domain": marked(domain, query)}


def _cursor(kind: str) -> str:
    return request.args.get("cursor", "") if request.args.get("kind") == kind else ""


def _older(query: str, kind: str, cursor: str | None) -> dict[str, Any]:
    if not cursor:
        return {"older": None}
    return {"older": url_for("searches.index", q=query, kind="tickets" if kind == "all" else kind, cursor=cursor)}


def _kinds(query: str, kind: str, counts: dict[str, str]) -> list[dict[str, Any]]:
    labels = {"all": _("All"), "tickets": _("Tickets"), "persons": _("Persons"), "companies": _("Companies")}
    return [{"label": label, "url": url_for("searches.index", q=query, kind=name),
             "current": name == kind, "count": counts.get(name)} for name, label in labels.items()]
