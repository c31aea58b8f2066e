"""A company whose days in the bin are over goes for good (S63-S65, S70), and nothing of persons with it.

Its domains are free, its own notes and files go; notes and files of persons, and sales, projects and activities stay. Where something of others still
says that it was with this company (an employment of a living person, a sale), a row without a name stays to say so, as *Deleted company*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from contacts.bin import Binned
from contacts.company import Company, CompanyDomain
from contacts.custom_field import CustomValue
from contacts.favourite import AtHand
from contacts.file import File
from contacts.imported_row import ImportedRow
from contacts.infotag import Tagged
from contacts.legal_hold import LegalHold
from contacts.legal_holds import standing
from contacts.note import Note
from contacts.person import Employment, Person
from contacts.relation import Relation
from contacts.selection import SelectionMember
from core.database import Base
from core.history import Change, Fact, FactSubject, record
from core.operations import OperationItem
from core.search import forget

#: What is a company's alone. Tables whose rows stay are all others that point at companies.
OWN = (CompanyDomain, CustomValue, Tagged, SelectionMember)


@dataclass(frozen=True, slots=True)
class CompanyPurged(Fact):
    """A company went for good at the end of its days in the bin."""

    kind: ClassVar[str] = "company.purged"
    company_uid: str


def due(db: Session, before: datetime, most: int) -> Sequence[Company]:
    """Companies that lie in the bin since before this moment and under no legal hold, when the persons who went with them are gone."""
    waits = exists().where(Employment.company_id == Company.id, Employment.person_id == Person.id, Person.binned_at < before)
    lies = exists().where(Binned.of == "company", Binned.record_id == Company.id)
    held = exists().where(standing("company"), LegalHold.record_id == Company.id)
    return db.scalars(select(Company).where(Company.binned_at < before, lies, ~waits, ~held).order_by(Company.id).limit(most)).all()


def purge_company(db: Session, company: Company) -> list[str]:
    """Take it away; return the digests of its files, for whoever removes what nobody else has. It commits nothing."""
    digests = forget_own(db, company.id, company.uid)
    db.execute(delete(Binned).where(Binned.of == "company", Binned.record_id == company.id))
    forget(db, "company_search", company.id)
    record(db, CompanyPurged(company.uid))
    db.flush()
    if any(db.scalar(select(column).where(column == company.id).limit(1)) for column in _pointing()):
        for name, value in NOTHING.items():
            setattr(company, name, value)
    else:
        db.delete(company)
    db.flush()
    return digests


#: What is left of one that something of others still points at.
NOTHING: dict[str, Any] = {"name": "", "sort_name": "", "order_key": "", "organisation_number": None, "phone": None, "address": None, "website": None,
                           "language": None, "category_id": None, "business_id": None, "our_contact_id": None}


def forget_own(db: Session, number: int, uid: str) -> list[str]:
    """What is a company's alone goes: notes, files (whose digests are returned), relations, values, places in lists, and what the history keeps of its
    values; that something happened stays."""
    digests = list(db.scalars(select(File.digest).where(File.company_id == number, File.person_id.is_(None))))
    for kind in (Note, File):
        own = (kind.company_id == number, kind.person_id.is_(None), *((Note.project_id.is_(None),) if kind is Note else ()))
        db.execute(delete(kind).where(*own))
        db.execute(update(kind).where(kind.company_id == number).values(company_id=None))
    db.execute(delete(Relation).where(or_(Relation.company_id == number, Relation.other_company_id == number)))
    for table in OWN:
        db.execute(delete(table).where(table.company_id == number))
    db.execute(delete(LegalHold).where(LegalHold.of == "company", LegalHold.record_id == number))      # lifted: nothing else gets here
    db.execute(delete(Change).where(Change.fact_id.in_(select(FactSubject.fact_id).where(FactSubject.subject_uid == uid))))
    for kept in (AtHand, ImportedRow, OperationItem):
        db.execute(delete(kept).where(kept.subject_uid == uid))
    return digests


def _pointing() -> list[Any]:
    """Columns of others that say with which company something was."""
    tables: Sequence[Table] = Base.metadata.sorted_tables
    return [column for table in tables for column in table.columns if any(key.column.table.name == "companies" for key in column.foreign_keys)]
