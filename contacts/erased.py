"""Who was erased: the uid alone stays, so that whoever asks for it hears that, and nobody gets it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Gone, Unknown
from core.history import Fact, FactRow, FactSubject
from core.i18n import N_


@dataclass(frozen=True, slots=True)
class PersonErased(Fact):
    """A person was erased for good; ``reason``: request, objection, unlawful, no_longer_needed, or bin."""

    kind: ClassVar[str] = "person.erased"
    person_uid: str
    reason: str


def nobody(db: Session, uid: str) -> Unknown | Gone:
    """What is raised where there is no such person: Gone for one who was erased."""
    erased = db.scalar(select(FactRow.id).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == uid, FactRow.kind == PersonErased.kind).limit(1))
    return Unknown(N_("There is no such person.")) if erased is None else Gone(N_("This person was erased."))
