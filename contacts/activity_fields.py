"""What an activity may hold: its fields and states, checked before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from contacts.activity import KINDS, STATES
from contacts.company import Company
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _

FIELDS = ("kind", "title", "text", "at", "ends_at", "whole_day", "owner_id", "company_id")
LONGEST = {"title": 200, "text": 20_000}


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without spaces around their texts. Raises Refused with what is wrong with each."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Refused(_("An activity has no field %(names)s.", names=", ".join(sorted(unknown))))
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    errors = {name: _("At most %(most)s characters.", most=most) for name, most in LONGEST.items() if len(clean.get(name) or "") > most}
    if "title" in clean and not clean["title"]:
        errors["title"] = N_("Say in a few words what it is about.")
    if clean.get("kind", "task") not in KINDS:
        errors["kind"] = N_("A task, an appointment or a call.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return clean


def fits(clean: Mapping[str, Any]) -> None:
    """The times of it belong together. Raises Refused."""
    at, ends_at = clean.get("at"), clean.get("ends_at")
    if at is None and ends_at is not None:
        raise Refused(N_("Some fields cannot be saved like this."), {"at": N_("Say when it begins.")})
    if at is None and clean.get("kind") == "appointment":
        raise Refused(N_("Some fields cannot be saved like this."), {"at": N_("An appointment needs a day.")})
    if at is not None and ends_at is not None and (ends_at < at or ends_at - at > timedelta(days=366)):
        raise Refused(N_("Some fields cannot be saved like this."), {"ends_at": N_("It ends after it begins, within a year.")})


def company_fits(db: Session, company_id: int | None) -> None:
    """The company is not in the bin. Raises Refused."""
    company = db.get(Company, company_id) if company_id else None
    if company is not None and company.binned_at is not None:
        raise Refused(N_("The company is deleted. Restore it first."), {"company": N_("Choose another company.")})


def state_fits(state: str) -> None:
    """There is such a state. Raises Refused."""
    if state not in STATES:
        raise Refused(_("There is no state %(state)s.", state=state), {"state": _("One of %(names)s.", names=", ".join(STATES))})
