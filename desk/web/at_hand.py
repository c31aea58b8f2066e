"""Keeping a person or a company at hand: favourites (S8, W28)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.at_hand import keep
from contacts.companies import company_called
from contacts.editing import person_called
from core.i18n import gettext as _
from desk.web.pages import see_other
from desk.web.presenting.links import company_url, person_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("at_hand", __name__)


@bp.post("/persons/<uid>/favourite", defaults={"on": True}, endpoint="add_person")
@bp.post("/persons/<uid>/favourite/end", defaults={"on": False}, endpoint="drop_person")
@login_required
def person(uid: str, *, on: bool) -> Any:
    """Into the favourites, or out of them."""
    person = person_called(db(), uid)
    keep(db(), me(), "person", person.uid, "favourite", on=on)
    return see_other(person_url(person), said=_said(on, person.name))


@bp.post("/companies/<uid>/favourite", defaults={"on": True}, endpoint="add_company")
@bp.post("/companies/<uid>/favourite/end", defaults={"on": False}, endpoint="drop_company")
@login_required
def company(uid: str, *, on: bool) -> Any:
    """Into the favourites, or out of them."""
    company = company_called(db(), uid)
    keep(db(), me(), "company", company.uid, "favourite", on=on)
    return see_other(company_url(company), said=_said(on, company.name))


@bp.post("/persons/<uid>/subscription", defaults={"on": True}, endpoint="follow_person")
@bp.post("/persons/<uid>/subscription/end", defaults={"on": False}, endpoint="leave_person")
@login_required
def person_changes(uid: str, *, on: bool) -> Any:
    """Be told of its changes, or no more (W29)."""
    person = person_called(db(), uid)
    keep(db(), me(), "person", person.uid, "subscribed", on=on)
    return see_other(person_url(person), said=_told(on, person.name))


@bp.post("/companies/<uid>/subscription", defaults={"on": True}, endpoint="follow_company")
@bp.post("/companies/<uid>/subscription/end", defaults={"on": False}, endpoint="leave_company")
@login_required
def company_changes(uid: str, *, on: bool) -> Any:
    """Be told of its changes, or no more (W29)."""
    company = company_called(db(), uid)
    keep(db(), me(), "company", company.uid, "subscribed", on=on)
    return see_other(company_url(company), said=_told(on, company.name))


def _told(on: bool, name: str) -> str:
    return _("The bell tells you when %(name)s is changed.", name=name) if on else _("The bell is silent about %(name)s.", name=name)


def _said(on: bool, name: str) -> str:
    return _("%(name)s is a favourite now.", name=name) if on else _("%(name)s is no favourite any more.", name=name)
