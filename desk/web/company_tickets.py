"""The tickets of a company's people, by pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.companies import company_called
from desk.tickets.dialogue import at_company
from desk.web.forms import whole
from desk.web.pages import page
from desk.web.presenting.company_frame import framed
from desk.web.presenting.ticket_lines import ticket_page
from desk.web.requests import db

bp = Blueprint("company_tickets", __name__, url_prefix="/companies/<uid>/tickets")
MANY = 50


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of them, the latest first."""
    company, before = company_called(db(), uid), whole(request.args.get("cursor", ""))
    tickets, following = ticket_page(at_company(company), before=before, limit=MANY)
    return page("web/companies/tickets.html", current="companies", company=framed(company, "tickets"), tickets=tickets,
                newer=url_for("company_tickets.index", uid=company.uid) if before else None,
                older=url_for("company_tickets.index", uid=company.uid, cursor=following) if following else None)
