"""Deleting persons and companies into the bin, where they are masked and can be restored (S62, S68-S71)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import index_company
from contacts.duplicates import notice
from contacts.editing import reindex
from contacts.facts import CompanyBinned, PersonBinned
from contacts.name_keys import forget_keys
from contacts.person import Employment, Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import gettext as _
from core.search import forget


def bin_person(db: Session, person: Person, *, by: Agent) -> None:
    """Put a person into the bin: found and shown nowhere, restorable."""
    if person.binned_at is not None:
        raise Refused("This person is in the bin already.")
    person.binned_at = now()
    forget(db, "person_search", person.id)
    forget_keys(db, person.id)
    record(db, PersonBinned(person.uid), by=by.uid)
    db.flush()


def restore_person(db: Session, person: Person, *, by: Agent) -> None:
    """Bring a person back, name and all. Raises Refused where a company that they work at was deleted meanwhile."""
    if person.binned_at is None:
        raise Refused("This person is not in the bin.")
    gone = db.scalar(select(Company).join(Employment, Employment.company_id == Company.id).where(
        Employment.person_id == person.id, Employment.ended_on.is_(None), Company.binned_at.is_not(None)).order_by(Company.id).limit(1))
    if gone is not None:
        raise Refused(_("%(name)s is deleted. Restore it first.", name=gone.name))
    person.binned_at = None
    reindex(db, person)
    notice(db, person)
    record(db, PersonBinned(person.uid, restored=True), by=by.uid)
    db.flush()


def bin_company(db: Session, company: Company, *, by: Agent) -> None:
    """Put a company into the bin. Raises Refused while persons work there."""
    if company.binned_at is not None:
        raise Refused("This company is in the bin already.")
    works = db.scalar(select(Employment.id).join(Person).where(
        Employment.company_id == company.id, Employment.ended_on.is_(None), Person.binned_at.is_(None)).limit(1))
    if works is not None:
        raise Refused(_("Persons still work at %(name)s. Move or delete them first.", name=company.name))
    company.binned_at = now()
    forget(db, "company_search", company.id)
    record(db, CompanyBinned(company.uid), by=by.uid)
    db.flush()


def restore_company(db: Session, company: Company, *, by: Agent) -> None:
    """Bring a company back."""
    if company.binned_at is None:
        raise Refused("This company is not in the bin.")
    company.binned_at = None
    index_company(db, company)
    record(db, CompanyBinned(company.uid, restored=True), by=by.uid)
    db.flush()
