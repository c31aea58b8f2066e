"""What persons have in the fields that a rule about duplicates may name, as it is compared, and who has the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.custom_field import CustomValue
from contacts.custom_fields import custom_fields
from contacts.person import Employment, Person
from contacts.variants import key_of, mailbox
from core.among import among
from core.fold import fold
from core.search import rows_with

#: Fields by how much they tell: by the first of a rule others are found, through its index.
ORDER = ("email", "phone", "customer_number", "name", "company", "last_name", "title", "first_name")
#: Persons looked at for one value: more have no name in common.
MOST = 5000
LIVING = (Person.binned_at.is_(None), Person.merged_into_id.is_(None))
Values = dict[int, frozenset[Any]]


def order(field: str) -> int:
    """How much a field tells: the organisation's own come after those that are hardly ever shared."""
    return ORDER.index(field) if field in ORDER else ORDER.index("name")


def values(db: Session, field: str, ids: Collection[int]) -> Values:
    """Person → what they have in this field; nothing for an empty one."""
    if field.startswith("custom."):
        return _together((row.person_id or 0, compared(row)) for row in db.scalars(select(CustomValue).where(
            CustomValue.field_id == _own(db, field), among(CustomValue.person_id, ids))))
    if field in ("email", "phone"):
        return _together((person, mailbox(db, value) if field == "email" else value) for person, value in db.execute(
            select(Holding.person_id, Address.normalised).join(Address, Address.id == Holding.address_id).where(
                among(Holding.person_id, ids), Holding.until.is_(None), Address.kind == field)))
    if field == "company":
        return _together((person, company) for person, company in db.execute(select(
            Employment.person_id, Employment.company_id).where(among(Employment.person_id, ids), Employment.ended_on.is_(None))))
    column: Any = {"name": Person.sort_name, "title": Person.title, "customer_number": Person.customer_number, "last_name": Person.last_name,
                   "first_name": Person.first_name}[field]
    return _together((person, _plain(field, value)) for person, value in db.execute(
        select(Person.id, column).where(among(Person.id, ids))) if value)


def having(db: Session, field: str, wanted: Collection[Any]) -> set[int]:
    """The living who have one of these values in the field."""
    found = db.scalars(_found(db, field, wanted).where(*LIVING).limit(MOST)).all()
    same = values(db, field, found) if field in ("email", "customer_number", "last_name") and found else {}
    return {one for one in found if not same or same.get(one, frozenset()) & set(wanted)}


def compared(row: CustomValue) -> Any:
    """A value of a field of the organisation's own, as two are compared: texts folded, of a long one the beginning."""
    return row.folded if row.folded is not None else row.number if row.number is not None else row.day


def _own(db: Session, field: str) -> int:
    return next((one.id for one in custom_fields(db, "person", retired=True) if one.slot == field), 0)


def _found(db: Session, field: str, wanted: Collection[Any]) -> Select[int]:
    persons = select(Person.id)
    if field.startswith("custom."):
        column: Any = {str: CustomValue.folded, float: CustomValue.number, date: CustomValue.day}[type(next(iter(wanted)))]
        return persons.join(CustomValue, CustomValue.person_id == Person.id).where(CustomValue.field_id == _own(db, field), column.in_(wanted))
    if field == "name":
        return persons.where(among(Person.sort_name, wanted))
    if field == "last_name":                    # names are ordered by it: what begins so, and ends or goes on with the first name
        return persons.where(or_(*(or_(Person.sort_name == one, (Person.sort_name >= f"{one} ") & (Person.sort_name < f"{one}!"))
                                   for one in wanted)))
    if field == "customer_number":
        near = [one for value in wanted for one in rows_with(db, "person_search", value)]
        return persons.where(or_(Person.customer_number.in_([spelt for value in wanted for spelt in (value, value.upper())]),
                                 Person.id.in_(near)))
    if field == "company":
        return persons.join(Employment, Employment.person_id == Person.id).where(
            among(Employment.company_id, wanted), Employment.ended_on.is_(None))
    return persons.join(Holding, Holding.person_id == Person.id).join(Address, Address.id == Holding.address_id).where(
        Holding.until.is_(None), Address.kind == field, _address(field, wanted))


def _address(field: str, wanted: Collection[str]) -> ColumnElement[bool]:
    """By the index of addresses; other spellings of a mailbox are found by what is left without tag and dots."""
    if field == "phone":
        return among(Address.normalised, wanted)
    keys = {key_of(value) for value in wanted}
    return or_(among(Address.normalised, keys | set(wanted)), among(Address.reduced, keys))


def _plain(field: str, value: str) -> str:
    return value if field == "name" else fold(value)


def _together(rows: Iterable[tuple[int, Any]]) -> Values:
    found: dict[int, set[Any]] = {}
    for person, value in rows:
        if value is not None and value != "":
            found.setdefault(person, set()).add(value)
    return {person: frozenset(some) for person, some in found.items()}
