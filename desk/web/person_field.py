"""The field in which a person is named: by e-mail address or name, typed, with suggestions."""

from __future__ import annotations

from sqlalchemy import or_, select

from contacts.address import Address, Holding, normalise_email
from contacts.person import Person
from contacts.searching import search_persons
from core.errors import Refused
from core.i18n import N_
from desk.web.requests import db


def typed_person(text: str, field: str = "who", *, restricted: bool = False) -> Person | None:
    """The one whose address or name was typed; ``restricted``: also one whose data may not be used, for admins. Raises Refused where that is nobody, or
    several."""
    if not text:
        return None
    if "@" in text:
        found = list(db().scalars(select(Person).join(Holding, Holding.person_id == Person.id).join(Address).where(
            Address.kind == "email", Address.normalised == normalise_email(text), Holding.until.is_(None),
            or_(Person.binned_at.is_(None), Person.restricted_at.is_not(None)) if restricted else Person.binned_at.is_(None),
            Person.merged_into_id.is_(None)).limit(2)))
    else:
        found = list(search_persons(db(), text[:200], restricted=None if restricted else False, limit=2).rows)
    if len(found) != 1:
        raise Refused(N_("Some fields cannot be saved like this."), {field: N_("Several persons fit. Write the e-mail address.") if found
                                                                    else N_("Nobody is found by this.")})
    return found[0]
