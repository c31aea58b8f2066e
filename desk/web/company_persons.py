"""The persons of a company: who works there, or has left, by name and by pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.companies import company_called
from contacts.workforce import workforce
from core.i18n import gettext as _
from desk.web.pages import page
from desk.web.presenting.companies import people
from desk.web.presenting.company_frame import framed
from desk.web.requests import db

bp = Blueprint("company_persons", __name__, url_prefix="/companies/<uid>/persons")
MANY = 50


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of them."""
    company, left = company_called(db(), uid), bool(request.args.get("left"))
    found = workforce(db(), company, left=left, after=request.args.get("after", ""), limit=MANY + 1)

    def at(**more: Any) -> str:
        return url_for("company_persons.index", uid=company.uid, **more)

    kept = {"left": "1"} if left else {}
    kinds = [{"label": _("Who work here"), "url": at(), "current": not left}, {"label": _("Who have left"), "url": at(left="1"), "current": left}]
    return page("web/companies/persons.html", current="companies", company=framed(company, "persons"), persons=people(found[:MANY]),
                kinds=kinds, left=left, newer=at(**kept) if request.args.get("after") else None,
                older=at(after=found[MANY - 1].uid, **kept) if len(found) > MANY else None)
