"""Addresses of those who were erased: nobody can list them, for they are kept as a keyed hash; one that somebody knows can be let in again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from contacts.letting_in import let_in
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("erased_addresses", __name__, url_prefix="/settings/erased-addresses")


@bp.get("")
@admins_only
def edit() -> str:
    """The form: an address, and why it may be held again."""
    return _form({}, {})


@bp.post("")
@admins_only
def update() -> Any:
    """Let it in again."""
    given = {name: posted(name) for name in ("value", "reason")}
    try:
        let_in(db(), given["value"], given["reason"], by=me())
    except Refused as refused:
        return _form(given, errors_of(refused)), refused.status
    return see_other(url_for("erased_addresses.edit"), said=_("It may be held again. That, and why, stands in the history; the address does not."))


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    return page("web/settings/erased.html", settings={"current": "erased"}, given=given, errors=errors)
