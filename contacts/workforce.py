"""Who works at a company, or has: by name, in pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from contacts.company import Company
from contacts.person import Employment, Person
from core.counting import MOST, upto
from core.errors import Refused
from core.i18n import N_


def workforce(db: Session, company: Company, *, left: bool = False, after: str = "", limit: int = 50) -> Sequence[Employment]:
    """Employments of living persons who are there, or have ``left``; ``after`` is the uid of the one a page begins behind."""
    beyond: list[ColumnElement[bool]] = []
    if after:
        last = db.scalar(select(Employment).where(Employment.uid == after, Employment.company_id == company.id))
        if last is None:
            raise Refused(N_("This page of the list is not there any more. Start from the top."))
        beyond = [tuple_(Person.order_key, Employment.id) > (last.person.order_key, last.id)]
    return db.scalars(select(Employment).join(Employment.person).where(*_there(company, left=left), *beyond).options(
        contains_eager(Employment.person)).order_by(Person.order_key, Employment.id).limit(limit)).all()


def jobs_at(company: Company, *, left: bool = False) -> Select[int]:
    """A question: the ids of the employments there."""
    return select(Employment.id).join(Employment.person).where(*_there(company, left=left))


def count_workforce(db: Session, company: Company, *, left: bool = False, most: int = MOST) -> int:
    """How many there are, counted to ``most``."""
    return db.scalar(select(upto(jobs_at(company, left=left), most))) or 0


def _there(company: Company, *, left: bool) -> list[ColumnElement[bool]]:
    return [Employment.company_id == company.id, Employment.ended_on.is_not(None) if left else Employment.ended_on.is_(None),
            Person.binned_at.is_(None), Person.merged_into_id.is_(None)]
