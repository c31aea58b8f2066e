"""Turning a person into a private customer (T6, T7)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import login_required

from contacts.customers import make_customer
from contacts.editing import person_called
from core.i18n import gettext as _
from desk.web.forms import version
from desk.web.pages import see_other
from desk.web.presenting.links import person_url
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("customers", __name__)


@bp.post("/persons/<uid>/customer")
@login_required
def create(uid: str) -> Any:
    """With the next number."""
    person = person_called(db(), uid)
    number = make_customer(db(), person, by=me(), version=version())
    return see_other(person_url(person), said=_("%(name)s is a private customer with the number %(number)s.", name=person.name, number=number))
