"""Locking access to the e-mails of a person, and opening it again (T36-T38). For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from contacts.editing import person_called
from core.i18n import gettext as _
from desk.locking_mail import lock, unlock
from desk.web.pages import see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("mail_locks", __name__, url_prefix="/persons/<uid>/mail-lock")


@bp.post("")
@admins_only
def create(uid: str) -> Any:
    """Lock it."""
    person = person_called(db(), uid)
    lock(db(), person, by=me())
    return see_other(url_for("person_mails.index", uid=person.uid), said=_("Access to the e-mails of %(name)s is locked.", name=person.name))


@bp.post("/end")
@admins_only
def destroy(uid: str) -> Any:
    """Open it."""
    person = person_called(db(), uid)
    unlock(db(), person, by=me())
    return see_other(url_for("person_mails.index", uid=person.uid), said=_("Access to the e-mails of %(name)s is open.", name=person.name))
