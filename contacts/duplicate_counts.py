"""How many persons of the register a rule about duplicates would touch: those who are the same as another already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.person import Employment, Person
from contacts.same_fields import LIVING, order, values

#: Persons who share an address that are looked at: more are not counted.
MOST = 20_000


def touched(db: Session, fields: Sequence[str]) -> int:
    """Living persons who have all of these fields in common with another."""
    fields = ["name"] if set(fields) == {"first_name", "last_name"} else fields
    first, *others = sorted(fields, key=order)
    return _by_address(db, first, others) if first in ("email", "phone") else _by_columns(db, fields)


def _by_columns(db: Session, fields: Sequence[str]) -> int:
    """Counted by the database, which groups by what is kept folded, or in small letters."""
    columns: dict[str, Any] = {"name": Person.sort_name, "title": func.lower(Person.title), "customer_number": func.lower(Person.customer_number),
                               "company": Employment.company_id, "last_name": func.lower(Person.last_name), "first_name": func.lower(Person.first_name)}
    wanted = [columns[name] for name in fields]
    query = select(func.count().label("n")).select_from(Person).where(*LIVING, *(column.is_not(None) for column in wanted))
    if "company" in fields:
        query = query.join(Employment, (Employment.person_id == Person.id) & Employment.ended_on.is_(None))
    same = query.group_by(*wanted).having(func.count() > 1).subquery()
    return int(db.scalar(select(func.sum(same.c.n))) or 0)


def _by_address(db: Session, kind: str, others: Sequence[str]) -> int:
    """Those who share an address are few: they are looked at one by one."""
    shared = select(Holding.address_id).where(Holding.until.is_(None)).group_by(Holding.address_id).having(func.count() > 1)
    rows = db.execute(select(Holding.address_id, Holding.person_id).join(Person, Person.id == Holding.person_id).join(
        Address, Address.id == Holding.address_id).where(
        Address.kind == kind, Address.id.in_(shared), Holding.until.is_(None), *LIVING).limit(MOST)).all()
    theirs = [values(db, name, [person for _address, person in rows]) for name in others]
    told: set[tuple[int, int, Any]] = set()
    for address, person in rows:
        told |= {(address, person, value) for value in (theirs[0].get(person, frozenset()) if theirs else (None,))}
    carriers = Counter((address, value) for address, _person, value in told)
    return len({person for address, person, value in told if carriers[address, value] > 1})
