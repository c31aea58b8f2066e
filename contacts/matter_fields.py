"""What a matter may hold, checked before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from contacts.activity_fields import company_fits
from contacts.matter_kinds import Kind
from contacts.person import Person
from contacts.sale import SaleStage
from core import money
from core.errors import Refusals, Refused
from core.i18n import N_
from core.i18n import gettext as _

LONGEST = {"title": 200, "text": 20_000}


def checked(kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without spaces around their texts. Raises Refused with what is wrong with each."""
    unknown = set(fields) - set(kind.fields)
    if unknown:
        raise Refused(_("There is no field %(names)s here.", names=", ".join(sorted(unknown))))
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    errors = {name: _("At most %(most)s characters.", most=most) for name, most in LONGEST.items() if len(clean.get(name) or "") > most}
    if "title" in clean and not clean["title"] and kind.of != "order":
        errors["title"] = N_("Say in a few words what it is about.")
    if "state" in clean and clean["state"] not in kind.states:
        errors["state"] = _("One of %(names)s.", names=", ".join(kind.states))
    if errors | _figures(clean):
        raise Refused(N_("Some fields cannot be saved like this."), errors | _figures(clean))
    return clean


def fits(db: Session, kind: Kind, held: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """What it would hold goes together, and what is newly ``given`` is there. Raises Refused."""
    begins, ends = held.get("starts_on"), held.get("ends_on")
    if begins is not None and ends is not None and ends < begins:
        raise Refused(N_("Some fields cannot be saved like this."), {"ends_on": N_("It ends after it begins.")})
    wrong = Refusals()
    if "company_id" in given:
        wrong(company_fits, db, given["company_id"])
    if "person_id" in given:
        wrong(_person_fits, db, given["person_id"])
    if "stage_id" in given:
        wrong(_stage_fits, db, given["stage_id"])
    if kind.of == "order" and given.keys() & {"person_id", "company_id"}:
        wrong(_payable, db, held)
    wrong.settle()


def _figures(clean: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if "currency" in clean and not money.known(clean["currency"] or ""):
        errors["currency"] = N_("Three letters, such as NOK.")
    if clean.get("amount") is not None and not 0 <= clean["amount"] <= money.LARGEST:
        errors["amount"] = N_("Write an amount like 12 500,50.")
    if clean.get("probability") is not None and not 0 <= clean["probability"] <= 100:
        errors["probability"] = N_("Between 0 and 100.")
    return errors


def _person_fits(db: Session, person_id: int | None) -> None:
    person = db.get(Person, person_id) if person_id else None
    if person is not None and not person.living:
        raise Refused(N_("This person is deleted, or part of another."), {"person": N_("Choose another person.")})


def _stage_fits(db: Session, stage_id: int) -> None:
    stage = db.get(SaleStage, stage_id)
    if stage is None or stage.retired_at is not None:
        raise Refused(N_("This stage is no longer used."), {"stage": N_("Choose one of those offered.")})


def _payable(db: Session, held: Mapping[str, Any]) -> None:
    """Who pays: a company, or a person who is a private customer (T2, T8)."""
    person = db.get(Person, held["person_id"]) if held.get("person_id") else None
    if held.get("company_id") is None and person is None:
        raise Refused(N_("Who ordered it? Name a person or a company."), {"person": N_("Name a person or a company.")})
    if held.get("company_id") is None and person is not None and not person.private_customer:
        raise Refused(_("%(name)s is no private customer yet. Name the company that pays, or make the person a private customer first.", name=person.name),
                      {"company": N_("Name the company that pays.")})
