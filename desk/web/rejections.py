"""Candidates an agent rules out: "not this one", and back again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.editing import person_called
from core.i18n import gettext as _
from desk.tickets.ruling_out import rule_in, rule_out
from desk.web.requests import db
from desk.web.showing import back_to, ticket_to_change
from desk.web.signing_in import me

bp = Blueprint("rejections", __name__)


@bp.post("/tickets/<int:number>/rejections/<uid>")
@login_required
def create(number: int, uid: str) -> Any:
    """It is not this person: they are not proposed for the address again. The answer offers to take it back."""
    ticket = ticket_to_change(number)
    person = person_called(db(), uid)
    rule_out(db(), ticket, person, by=me())
    return back_to(ticket, _("Not %(name)s, then.", name=person.name), url_for("rejections.undo", number=number, uid=uid))


@bp.post("/tickets/<int:number>/rejections/<uid>/undo")
@login_required
def undo(number: int, uid: str) -> Any:
    """It may be this person after all."""
    ticket = ticket_to_change(number)
    rule_in(db(), ticket, person_called(db(), uid), by=me())
    return back_to(ticket, _("It is as before."))
