"""Saving persons from forms, the API and imports: one check, one way in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from contacts.address import Address, Holding
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.bases import give
from contacts.bin import give_way
from contacts.company import Company
from contacts.creating import index_person
from contacts.custom_values import cleaned, custom_of, set_custom, told
from contacts.duplicates import await_turn, check
from contacts.erased import nobody
from contacts.facts import EmploymentChanged, PersonCreated, PersonEdited
from contacts.merged import parts_of
from contacts.ordering import put_in_order
from contacts.person import Employment, LegalBasis, Person
from contacts.purpose import USUAL
from core.errors import Refusals, Refused, Stale
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.options import DUPLICATE_FIELDS, LANGUAGES, option

FIELDS = ("first_name", "last_name", "title", "status", "preferred_language", "service_level_id", "support_contact_id",
          "our_contact_id", "category_id", "business_id", "private_customer", "customer_number", "block_mass_mail")
SYNCED = ("our_contact_id", "category_id", "business_id")
#: Fields that want the feature Service (S79e).
SERVICE = {"preferred_language": "language", "service_level_id": "service_level", "support_contact_id": "support_contact"}
#: Fields of a person that a rule about duplicates calls otherwise.
SAID_AS = {"first_name": "name", "last_name": "name"}
LONGEST = {"first_name": 120, "last_name": 120, "title": 120, "customer_number": 40}


def create_person(
    db: Session, fields: Mapping[str, Any], *, by: Agent | None, how: str = "form", why: str = "",
    addresses: Sequence[Mapping[str, Any]] = (), employments: Sequence[Mapping[str, Any]] = (), share: bool = False,
    exempt: bool = False, basis: str = "", custom: Mapping[str, Any] | None = None,
) -> Person:
    """A person with addresses (``kind``, ``value``, ``label``, ``primary``), employments (``company``, ``position``), and what stands
    in the organisation's own fields (``custom``: key → value).

    Without an employment it is refused while ``contacts.company_required`` (S20), unless a private customer (T6)
    or ``exempt`` (from a ticket: shown as *to be completed*, 0.11). Raises Conflict for an address another living
    person holds, unless ``share``, and for a duplicate by the company's own rule (:mod:`contacts.duplicates`). Our contact
    defaults to who creates (S28); a first primary company fills our contact, category and business where they are not
    given (S31-S33).
    """
    await_turn(db, how)
    wrong = Refusals()
    wrong(_named, fields.get("first_name"), fields.get("last_name"))
    clean = wrong(checked, fields) or {}
    own = wrong(cleaned, db, Person, custom or {}) or {}
    homeless = not employments and not fields.get("private_customer")
    wrong(_served, db, {name for name in SERVICE if clean.get(name)})
    wrong(_at_home, db, homeless and not exempt)
    wrong(_unique_number, db, clean.get("customer_number"), None)
    wrong.settle()
    person = Person(**clean, created_how=how, created_why=why, created_by_id=by.id if by else None,
                    to_be_completed=homeless and exempt)
    if person.our_contact_id is None and by is not None:
        person.our_contact_id = by.id
    put_in_order(person)
    db.add(person)
    db.flush()
    db.add(LegalBasis(person_id=person.id, purpose=USUAL, basis=basis or option(db, "contacts.legal_basis"), source=how,
                      proof=how if how in ("form", "api", "import") else "", by_uid=by.uid if by else None))
    for n, job in enumerate(employments):
        employ(db, person, job["company"], position=job.get("position"), started_on=job.get("from"), primary=n == 0,
               given=clean, by=by, record_it=False)
    for entry in addresses:
        add_address(db, person, entry.get("kind", "email"), entry["value"], label=entry.get("label", ""),
                    primary=entry.get("primary"), by=by, share=share, checked=False)
    db.flush()
    own_changes = set_custom(db, person, own)
    db.expire(person, ["employments", "legal_bases"])
    reindex(db, person)
    check(db, person, {*DUPLICATE_FIELDS, *own_changes}, how=how)
    company = person.employment.company.uid if person.employment else None
    record(db, PersonCreated(person.uid, how, company), by=by.uid if by else None)
    return person


def edit_person(
    db: Session, person: Person, fields: Mapping[str, Any], *, by: Agent | None, version: int | None = None,
    custom: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Change fields of a person, the organisation's own (``custom``) among them; return what changed, each before and after.

    Raises Stale when ``version`` is given and is no longer the person's.
    """
    await_turn(db)
    check_version(person, version)
    wrong = Refusals()
    wrong(_named, fields.get("first_name", person.first_name), fields.get("last_name", person.last_name))
    clean = wrong(checked, fields) or {}
    own = (wrong(cleaned, db, Person, custom, custom_of(db, person)) or {}) if custom else {}
    wrong(_served, db, {name for name in SERVICE if clean.get(name) and clean[name] != getattr(person, name)})
    wrong(_unique_number, db, clean.get("customer_number"), person.id)
    wrong.settle()
    changes = {name: (getattr(person, name), value) for name, value in clean.items() if getattr(person, name) != value}
    _confirm(person, changes if by is None else clean)
    own_changes = set_custom(db, person, own) if own else {}
    if not changes and not own_changes:
        return {}
    for name, (_before, value) in changes.items():
        setattr(person, name, value)
    if person.private_customer:
        person.to_be_completed = False
    put_in_order(person)
    if own_changes:
        person.raise_version()
    db.flush()
    reindex(db, person)
    changes |= own_changes
    check(db, person, {*changes, *(SAID_AS[name] for name in changes if name in SAID_AS)})
    record(db, PersonEdited(person.uid), by=by.uid if by else None, changes=told(changes))
    return changes


def employ(
    db: Session, person: Person, company: Company, *, position: str | None = None, started_on: date | None = None,
    primary: bool = True, given: Mapping[str, Any] | None = None, by: Agent | None = None, record_it: bool = True,
) -> Employment:
    """Let a person work at a company; a new primary employment takes our contact, category and business from it."""
    await_turn(db)
    if company.binned_at is not None:
        raise Refused(N_("The company is deleted. Restore it first."), {"company": N_("Choose another company.")})
    if primary:
        for other in db.scalars(select(Employment).where(Employment.person_id == person.id, Employment.primary)):
            other.primary = False
    job = Employment(person_id=person.id, company_id=company.id, position=position, started_on=started_on,
                     primary=primary)
    db.add(job)
    followed = follow(person, company, given or {}) if primary else {}
    person.to_be_completed = False
    db.flush()
    if record_it:
        db.expire(person, ["employments"])
        reindex(db, person)
        check(db, person, {"company"})
        record(db, EmploymentChanged(person.uid, company.uid, "began", job.uid), by=by.uid if by else None, changes=followed)
    return job


def follow(person: Person, company: Company, given: Mapping[str, Any] | None = None) -> dict[str, tuple[Any, Any]]:
    """Becoming linked to a primary company: our contact, category and business are the company's where it has them, and nothing
    else changes (S31-S34, 0.16). What was ``given`` stays. Returns what changed, each before and after."""
    theirs = {name: getattr(company, name) for name in SYNCED if not (given or {}).get(name)}
    changes = {name: (getattr(person, name), value) for name, value in theirs.items() if value and value != getattr(person, name)}
    for name, (_before, value) in changes.items():
        setattr(person, name, value)
    return changes


def person_called(db: Session, uid: str, *, binned: bool = False) -> Person:
    """The person with this uid, following merges. Raises Unknown, also for one in the bin unless asked for, and for a restricted one unless an
    admin reads (:func:`sees_restricted`)."""
    person = db.scalar(select(Person).where(Person.uid == uid))
    while person is not None and person.merged_into_id is not None:
        person = db.get(Person, person.merged_into_id)
    if person is None or (person.binned_at is not None and not binned and not (person.restricted_at is not None and sees_restricted(db))):
        raise nobody(db, uid)
    return person


def sees_restricted(db: Session) -> bool:
    """Whether whoever reads in this session is an admin, who opens and corrects restricted persons too (Art. 18)."""
    return bool(db.info.get("admin"))


def stand_on(db: Session, person: Person, basis: str, *, by: Agent) -> None:
    """Hold the person on another ground for our service from now on: one more row, and the old ones stay (S7, S27, S29)."""
    before = person.standing_bases.get(USUAL)
    if before is None or not before.holds or before.basis != basis:
        give(db, person, USUAL, basis, source="form", by=by, proof="form")


def check_version(row: Any, version: int | None) -> None:
    """Raises Stale when the record has moved on since it was read."""
    if version is not None and row.version != version:
        raise Stale("Somebody else has changed this in the meantime. Load it again and repeat your change.",
                    version=row.version)


def reindex(db: Session, person: Person) -> None:
    """Let the person be found by what it is called, reached by and where it works now; and by the names of whoever is part of it."""
    values = db.scalars(select(Address.value).join(Holding, Holding.address_id == Address.id).where(
        Holding.person_id == person.id, Holding.until.is_(None))).all()
    companies = db.scalars(select(Company.name).join(Employment, Employment.company_id == Company.id).where(
        Employment.person_id == person.id, Employment.ended_on.is_(None), Company.binned_at.is_(None))).all()
    names = [word for one in parts_of(db, person) for word in (one.name, one.customer_number) if word]
    index_person(db, person, values, " ".join((*companies, *names)))


def _named(first: str | None, last: str | None) -> None:
    if not f"{first or ''}{last or ''}".strip():
        raise Refused("A person needs a name.", {"last_name": "Give a first name, a last name or both."})


def _served(db: Session, fields: Collection[str]) -> None:
    if fields and not option(db, "features.service"):
        raise Refused(N_("Language, service level and support contact belong to Service, which is switched off."),
                      {SERVICE[name]: N_("Service is switched off.") for name in fields})


def _at_home(db: Session, homeless: bool) -> None:
    if homeless and option(db, "contacts.company_required"):
        raise Refused("A person must belong to a company here. Choose a company, or make the person a private customer.",
                      {"employments": "Choose a company."})


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record as they are kept. Raises Refused for what there is not, or cannot be."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Refused(_("A person has no field %(names)s.", names=", ".join(sorted(unknown))))
    clean = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in fields.items()}
    errors = {name: _("At most %(most)s characters.", most=most)
              for name, most in LONGEST.items() if len(clean.get(name) or "") > most}
    if clean.get("preferred_language") not in (None, "", *LANGUAGES):
        errors["preferred_language"] = N_("One of en, nb, da, sv.")
    if clean.get("status", "active") not in ("active", "left"):
        errors["status"] = N_("Active or left.")
    if errors:
        raise Refused("Some fields cannot be saved like this.", errors)
    empty_is_none = ("title", "preferred_language", "customer_number")
    return {name: (value or None) if name in empty_is_none else value for name, value in clean.items()}


def confirm_language(db: Session, person: Person, language: str) -> None:
    """An agent has written to the person in this language: where we had guessed it, it is no guess any more. Written past the
    person's version: nobody's edit is overtaken by it."""
    if person.language_guessed and person.preferred_language == language:
        db.execute(update(Person.__table__).where(Person.id == person.id).values(language_guessed=False))  # type: ignore[arg-type]
        set_committed_value(person, "language_guessed", False)


def _confirm(person: Person, given: Mapping[str, Any]) -> None:
    """What was set, or saved by an agent as it stood, is no guess any more."""
    if {"first_name", "last_name"} & given.keys():
        person.name_guessed = False
    if given.get("preferred_language") or ("preferred_language" in given and person.preferred_language):
        person.language_guessed = False


def _unique_number(db: Session, number: str | None, person_id: int | None) -> None:
    if not number:
        return
    with db.no_autoflush:
        other = db.scalar(select(Person).where(Person.customer_number == number))
        if other is not None and other.id != person_id and other.binned_at is not None and give_way(db, other.id, number):
            db.execute(update(Person.__table__).where(Person.id == other.id).values(customer_number=None))  # type: ignore[arg-type]
            set_committed_value(other, "customer_number", None)
            return
    if other is not None and other.id != person_id:
        raise Refused(_("Customer number %(number)s belongs to somebody else.", number=number),
                      {"customer_number": "This number is taken."})
