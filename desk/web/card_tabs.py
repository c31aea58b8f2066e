"""A layout tab of a card as a page; also again after its fields could not be saved, with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from contacts.company import Company
from contacts.person import Person
from desk.web.pages import page
from desk.web.presenting import company_frame, person_frame
from desk.web.presenting.activities import here
from desk.web.presenting.laid_out import laid_out
from desk.web.presenting.panel_drawing import Card

Typed = Mapping[str, Any]


def person_tab(person: Person, key: str, *, typed: Typed | None = None, errors: Mapping[str, str] | None = None, again: bool = False) -> str:
    """The tab of fields, or that of details. ``again``: saving once more is offered although there is a duplicate."""
    card = Card(person, not request.args.get("as_of"), typed or {}, errors or {})
    company = person.employment.company if person.employment else None
    saving = _saving(person, "persons", key, again) | ({"company_uid": company.uid, "company_version": company.version} if company else {})
    return page("web/persons/tab.html", current="persons", errors=card.errors, saving=saving, person=person_frame.framed(person, key) | laid_out(card, key))


def company_tab(company: Company, key: str, *, typed: Typed | None = None, errors: Mapping[str, str] | None = None, again: bool = False) -> str:
    """The overview, or a tab of one's own."""
    card = Card(company, typed=typed or {}, errors=errors or {})
    saving = _saving(company, "companies", key, again)
    return page("web/companies/tab.html", current="companies", errors=card.errors, saving=saving,
                company=company_frame.framed(company, key) | laid_out(card, key))


def _saving(whose: Person | Company, of: str, key: str, again: bool) -> dict[str, Any]:
    return {"url": url_for("card_fields.update", of=of, uid=whose.uid), "version": whose.version, "tab": key, "back": here(), "again": again}
