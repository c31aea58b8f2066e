"""A person wants no more of a purpose: to marketing an objection is absolute and nothing is left to decide; any other opens a case (GDPR, Article 21)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.bases import stop
from contacts.person import LegalBasis, Person
from contacts.purposes import purpose_under
from desk.rights.case import RightsCase
from desk.rights.opening import open_case


def stop_and_decide(db: Session, person: Person, key: str, *, by: Agent | None, **given: Any) -> tuple[LegalBasis, RightsCase | None]:
    """As :func:`contacts.bases.stop`, and the case in which it is decided whether the processing has to end; None where nothing is to be decided."""
    before = person.standing_bases.get(key)
    row, purpose = stop(db, person, key, by=by, **given), purpose_under(db, key)
    if row is before or row.event != "objected" or purpose.marketing:
        return row, None
    standing = db.scalar(select(RightsCase).where(RightsCase.person_id == person.id, RightsCase.kind == "objection", RightsCase.closed.is_(False)).limit(1))
    return row, standing or open_case(db, "objection", person=person, phrase=f"{purpose.label}: {row.source}", origin="objection", by=by, acknowledge=False)
