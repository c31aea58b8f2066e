"""What legal holds keep: whoever erases, purges, deletes or merges asks here first (PRIVACY 6).

A hold on a person keeps the person with everything of theirs; one on a company also whoever works or worked there. What it means for tickets
is said by :mod:`desk.legal_holds`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, CompoundSelect, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.legal_hold import LegalHold
from contacts.person import Employment, Person
from core.errors import Refused
from core.i18n import N_

PERSON_HELD = N_("This person is under legal hold. An admin has to lift it first.")
COMPANY_HELD = N_("This company is under legal hold. An admin has to lift it first.")


def standing(of: str) -> ColumnElement[bool]:
    """A condition on LegalHold: those that hold a record of this kind now."""
    return (LegalHold.of == of) & LegalHold.lifted_at.is_(None)


def held_persons() -> CompoundSelect[int]:
    """A question: the ids of persons under hold, by themselves or with a company."""
    return select(LegalHold.record_id).where(standing("person")).union(
        select(Employment.person_id).join(LegalHold, LegalHold.record_id == Employment.company_id).where(standing("company")))


def is_held(db: Session, person: Person) -> bool:
    """Whether a person is under hold, by themselves or with a company."""
    return db.scalar(select(Person.id).where(Person.id == person.id, Person.id.in_(held_persons()))) is not None


def is_company_held(db: Session, company: Company) -> bool:
    """Whether a company itself is under hold."""
    return db.scalar(select(LegalHold.id).where(standing("company"), LegalHold.record_id == company.id).limit(1)) is not None


def needs_no_hold(db: Session, *persons: Person) -> None:
    """Raises Refused where one of these persons is under hold."""
    if any(is_held(db, one) for one in persons):
        raise Refused(PERSON_HELD)
