"""Copying a person to another company: a second employment on the same card, or a second card (W87-W89, 0.17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.company import Company
from contacts.custom_fields import custom_fields
from contacts.custom_values import custom_of, set_custom
from contacts.editing import FIELDS, SYNCED, create_person, employ
from contacts.facts import PersonCopied
from contacts.person import Employment, Person
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.options import option

NAMES = ("name", "first_name", "last_name")
#: One person's alone, whatever the duplicate rule says.
UNIQUE = ("customer_number",)
ADDRESSES = ("email", "phone", "chat", "link")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a second card would have: which fields and addresses go along, and which stay with the original."""

    fields: dict[str, Any]
    addresses: list[Holding]
    stays: list[str]
    custom: dict[str, Any]


def employ_also(
    db: Session, person: Person, company: Company, *, position: str | None, started_on: date | None, by: Agent,
) -> Employment:
    """A parallel employment on the same card. Raises Refused where they work there already."""
    if any(job.company_id == company.id and job.ended_on is None for job in person.employments):
        raise Refused(N_("They work there already."), {"company": N_("Choose another company.")})
    job = employ(db, person, company, position=position, started_on=started_on, primary=person.employment is None, by=by)
    person.raise_version()
    db.flush()
    return job


def copy_card(db: Session, person: Person, company: Company, *, position: str | None, by: Agent, addresses: bool = True) -> Person:
    """A second card at the company with the fields of the first, and the ``addresses``, which both hold then. Nothing related is
    copied or moved (W89), and whoever has left there is active here.

    The fields of the duplicate rule stay with the original, or there would be two of what may be there once (W81). Raises
    Refused where no name would be left.
    """
    copied = to_copy(db, person)
    if not any(copied.fields.get(name) for name in NAMES):
        raise Refused(N_("No two persons may have the same name here, so there cannot be a second card. Take a second employment on this one."),
                      {"as": N_("Choose the second employment.")})
    fields = {name: value for name, value in copied.fields.items() if name not in SYNCED or not getattr(company, name)}
    fields |= {name: getattr(company, name) for name in SYNCED if getattr(company, name)} | {"status": "active"}
    made = create_person(
        db, fields, by=by, how="copy", employments=[{"company": company, "position": position}], share=True,
        addresses=[{"kind": one.address.kind, "value": one.address.value, "label": one.label, "primary": one.primary}
                   for one in copied.addresses if addresses])
    set_custom(db, made, copied.custom)
    record(db, PersonCopied(person.uid, made.uid, company.uid), by=by.uid)
    db.flush()
    return made


def to_copy(db: Session, person: Person) -> Copied:
    """What a second card would have, and what stays: of each part of the duplicate rule what is not a name, unless it is names
    alone; and what is one person's alone."""
    kept = set(UNIQUE)
    for rule in option(db, "contacts.duplicate_rule"):
        others = [name for name in rule if name not in NAMES]
        kept |= set(others or ("first_name", "last_name"))
    held = holdings_of(db, person)
    kinds = kept.intersection(ADDRESSES)
    fields = {name: value for name in FIELDS if name not in kept and (value := getattr(person, name)) not in (None, "")}
    stays = [name for name in FIELDS if name in kept and getattr(person, name)]
    stays += [kind for kind in ADDRESSES if kind in kinds and any(one.address.kind == kind for one in held)]
    offered = {field.key: field for field in custom_fields(db, "person")}
    own = {key: value for key, value in custom_of(db, person).items() if key in offered}
    stays += [offered[key].slot for key in own if offered[key].slot in kept]
    return Copied(fields, [one for one in held if one.address.kind not in kinds], stays,
                  {key: value for key, value in own.items() if offered[key].slot not in kept})
