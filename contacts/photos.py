"""The photo on a person's card (C9, C10): put there, and taken away."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import PersonPhotoChanged
from contacts.person import Person
from core.history import record


def set_photo(db: Session, person: Person, digest: str | None, *, by: Agent) -> None:
    """Let the picture with this digest (:func:`core.pictures.square`, kept in :mod:`core.files`) be the photo, or none."""
    before = person.photo_digest
    if before == digest:
        return
    person.photo_digest = digest
    db.flush()
    record(db, PersonPhotoChanged(person.uid, "removed" if digest is None else "replaced" if before else "added"), by=by.uid)
