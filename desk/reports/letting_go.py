"""Letting a company go from the figures: what was counted of it is counted of nobody in particular from then on.

A company of one person is that person. Whoever erases the one lets the other go (docs/decisions/desk-reports.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from contacts.company import Company
from contacts.person import Employment, Person
from core.database import take_turns
from desk.reports.counting import Cell
from desk.reports.figure import CountedTicket, Figure
from desk.reports.folding import TURN, add


def let_go(db: Session, companies: Sequence[str]) -> None:
    """Count what these companies (uids) were counted for among those without one. The totals stay as they are."""
    take_turns(db, TURN)
    db.flush()
    of_them = (Figure.value.in_(companies), Figure.dimension == "company")
    moved: Counter[Cell] = Counter()
    for row in db.scalars(select(Figure).where(*of_them)):
        moved["company", row.measure, row.day.isoformat(), row.mailbox_id, "", row.bucket] += row.count
    db.execute(delete(Figure).where(*of_them))
    db.execute(update(CountedTicket).where(CountedTicket.company.in_(companies)).values(company=""))
    add(db, moved)


def alone_at(db: Session, person: Person) -> list[str]:
    """The companies (uids) at which nobody but this person works or ever worked: to know of them is to know of the person."""
    other = aliased(Employment)
    return list(db.scalars(select(Company.uid).join(Employment, Employment.company_id == Company.id).where(
        Employment.person_id == person.id, ~select(other.id).where(
            other.company_id == Company.id, other.person_id != person.id).exists()).distinct().order_by(Company.uid)))
