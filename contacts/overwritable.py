"""The fields of a person that a merge may overwrite: those that every person has, and the organisation's own, read and written alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from contacts.custom_fields import custom_fields
from contacts.custom_kinds import read
from contacts.custom_values import custom_of, put
from contacts.person import Person
from core.errors import Refused

#: Field, as the API calls it → the column of a person.
COLUMNS = {
    "first_name": "first_name", "last_name": "last_name", "title": "title", "status": "status",
    "preferred_language": "preferred_language", "service_level": "service_level_id", "support_contact": "support_contact_id",
    "our_contact": "our_contact_id", "category": "category_id", "business": "business_id", "private_customer": "private_customer",
    "customer_number": "customer_number", "block_mass_mail": "block_mass_mail", "photo": "photo_digest"}


def columns(db: Session) -> dict[str, str]:
    """The same with the organisation's own fields, which are called ``custom.key`` in both."""
    return COLUMNS | {field.slot: field.slot for field in custom_fields(db, "person", retired=True)}


def values(db: Session, person: Person) -> dict[str, Any]:
    """Column → what stands in it."""
    own = custom_of(db, person)
    return {column: own.get(column.removeprefix("custom.")) if is_own(column) else getattr(person, column)
            for column in columns(db).values()}


def held(db: Session, person: Person, column: str) -> Any:
    """What stands in one column."""
    return custom_of(db, person).get(column.removeprefix("custom.")) if is_own(column) else getattr(person, column)


def write(db: Session, person: Person, column: str, value: Any) -> None:
    """Let it stand there. What no longer fits its field is left out."""
    if not is_own(column):
        setattr(person, column, value)
        return
    field = next((one for one in custom_fields(db, "person", retired=True) if one.slot == column), None)
    if field is not None:
        try:
            put(db, person, field, read(field, value, held=value))
        except Refused:
            return


def is_own(column: str) -> bool:
    """Whether it is a field of the organisation's own."""
    return column.startswith("custom.")
