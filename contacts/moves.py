"""The moves of a person, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.facts import PersonMoved
from contacts.person import Person
from core.history import FactRow, FactSubject


def moves_of(db: Session, person: Person, *, most: int) -> Sequence[FactRow]:
    """What the history tells of them: also those that were taken back, and taking back."""
    return db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == person.uid, FactRow.kind == PersonMoved.kind).order_by(FactSubject.fact_id.desc()).limit(most)).all()
