"""Tabs of a company's card that were added to its layout, under a name of one's own (W34, W37)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.companies import company_called
from core.errors import Unknown
from core.i18n import N_
from desk.web.card_tabs import company_tab
from desk.web.presenting.laid_out import layout_of, tab_named
from desk.web.requests import db

bp = Blueprint("company_tabs", __name__)


@bp.get("/companies/<uid>/tabs/<key>")
@login_required
def show(uid: str, key: str) -> Any:
    """The panels of the tab."""
    company = company_called(db(), uid)
    if tab_named(layout_of("company").content, key) is None:
        raise Unknown(N_("There is no such tab."))
    return company_tab(company, key)
