"""Everything registered on a company, as on a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.companies import company_called
from desk.web.pages import page
from desk.web.pasts import asked_past
from desk.web.presenting.company_frame import framed
from desk.web.requests import db

bp = Blueprint("company_history", __name__, url_prefix="/companies/<uid>/history")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """A page of it, the latest first."""
    company = company_called(db(), uid)
    return page("web/companies/history.html", current="companies", company=framed(company, "history"),
                past=asked_past("company_history.index", company.uid))
