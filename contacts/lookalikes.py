"""Persons worth a closer look when a stranger writes: by name, phone, address, company and the threads they touch.

Every question has a limit and goes through an index. Where a name is so common that its limit is reached, whoever is
meant comes by another way, or cannot be told from the others anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, select, union_all
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.creating import company_at
from contacts.name_keys import NameKey
from contacts.person import Employment, Person
from contacts.rejection import Rejection
from contacts.stranger import Known, Stranger, Surroundings
from rules.hearing import asked, in_local, nearest
from rules.matching import compare

MOST_OF_A_NAME = 300
MOST_NEAR = 600
#: Carriers of a name above which nobody is looked for who is only nearly called so.
COMMON = 40
#: Of a company with more people only those are looked at whose name is the same, or another form of it.
MOST_PEOPLE = 100
MOST_AT_LOCAL = 40
MOST_LOOKED_AT = 150
#: Letters before the ``@`` that are worth asking for at other domains.
FEWEST_LETTERS = 5
TOP = "\U0010ffff"


def lookalikes(db: Session, stranger: Stranger) -> tuple[list[Known], Surroundings]:
    """The living who may be meant, and what is known of them together; whoever was rejected for the address is left out."""
    around = Surroundings()
    found = dict.fromkeys(trace.person_id for trace in stranger.traces)
    found |= dict.fromkeys(_by_address(db, stranger, around))
    found |= dict.fromkeys(_at_company(db, stranger, around))
    found |= dict.fromkeys(_by_name(db, stranger, around))
    rejected = _rejected(db, stranger)
    return known(db, [one for one in found if one not in rejected][:MOST_LOOKED_AT]), around


def _by_name(db: Session, stranger: Stranger, around: Surroundings) -> list[int]:
    """Persons of the name: as it is, in other forms, spelled nearly so."""
    name = stranger.supposed
    wanted = asked(name) if " " in name else in_local(stranger.local) if not stranger.called else asked("")
    if not (wanted.same or wanted.near):
        return []
    parts = [_keyed(NameKey.key.in_(kind), MOST_OF_A_NAME) for kind in (wanted.same, wanted.forms) if kind]
    rows = _rows(db, parts)
    same = {person: None for key, person in rows if key in wanted.same}
    forms = {person: None for key, person in rows if key in wanted.forms}
    around.carriers = dict(Counter(key for key, _person in rows if key in wanted.same))
    around.same, around.alike = len(same), len(same | forms)
    if around.same > COMMON:
        return list(same)[:COMMON]
    rows = _rows(db, [_keyed(and_(NameKey.key >= low, NameKey.key < high), MOST_NEAR) for low, high in wanted.near])
    near = nearest(name, rows) if " " in name else [person for _key, person in rows]
    return [*same, *list(forms)[:COMMON], *near[:COMMON]]


def _rows(db: Session, parts: Sequence[Select[Any]]) -> list[tuple[str, int]]:
    return [(key, person) for key, person in db.execute(union_all(*parts))] if parts else []


def _keyed(condition: Any, most: int) -> Select[Any]:
    found = select(NameKey.key, NameKey.person_id).where(condition).limit(most).subquery()
    return select(found.c.key, found.c.person_id)


def _by_address(db: Session, stranger: Stranger, around: Surroundings) -> list[int]:
    """Holders of the signature's phones, of addresses that the text names, of this very one before, and of the same name at
    another domain."""
    parts = []
    if stranger.phones:
        parts.append(_holders(and_(Address.kind == "phone", Address.normalised.in_(stranger.phones))))
    if told := [one for one in (stranger.address, *stranger.mentions) if one]:
        parts.append(_holders(and_(Address.kind == "email", Address.normalised.in_(told))))
    if len(stranger.local) >= FEWEST_LETTERS:
        parts.append(_holders(and_(Address.kind == "email", Address.normalised >= f"{stranger.local}@",
                                   Address.normalised < f"{stranger.local}@{TOP}")))
    if not parts:
        return []
    rows = db.execute(union_all(*parts)).all()
    around.phone_holders = dict(Counter(value for kind, value, _person in set(map(tuple, rows)) if kind == "phone"))
    return [person for _kind, _value, person in rows]


def _holders(condition: Any) -> Select[Any]:
    found = select(Address.kind, Address.normalised, Holding.person_id).join(
        Holding, Holding.address_id == Address.id).where(condition).limit(MOST_AT_LOCAL).subquery()
    return select(found.c.kind, found.c.normalised, found.c.person_id)


def _at_company(db: Session, stranger: Stranger, around: Surroundings) -> list[int]:
    """Of the people of the company whose domain it is: those whose name has something in common."""
    company = company_at(db, stranger.domain) if stranger.domain else None
    if company is None:
        return []
    around.company_id, around.company = company.id, company.name
    people = db.execute(select(Employment.person_id, Person.first_name, Person.last_name).join(
        Person, Person.id == Employment.person_id).where(
        Employment.company_id == company.id, Employment.ended_on.is_(None)).limit(MOST_PEOPLE)).all()
    around.people, name = len(people), stranger.supposed
    if len(people) == MOST_PEOPLE:
        wanted = asked(name)
        return list(_namesakes_at(db, company.id, (*wanted.same, *wanted.forms)))
    return [person for person, first, last in people if compare(name, f"{first} {last}").points > 0] if name else []


def _namesakes_at(db: Session, company_id: int, keys: Sequence[str]) -> Sequence[int]:
    return [] if not keys else db.scalars(select(NameKey.person_id).join(Employment, Employment.person_id == NameKey.person_id).where(
        NameKey.key.in_(keys), Employment.company_id == company_id, Employment.ended_on.is_(None)).limit(MOST_AT_LOCAL)).all()


def _rejected(db: Session, stranger: Stranger) -> set[int]:
    if stranger.address_id is None:
        return set()
    return set(db.scalars(select(Rejection.person_id).where(Rejection.address_id == stranger.address_id)))


def known(db: Session, ids: Sequence[int]) -> list[Known]:
    """The living among these persons, with all that they may be compared by: four questions, however many."""
    if not ids:
        return []
    emails, phones, companies = _by_person(), _by_person(), _by_person()
    for person, kind, value in db.execute(select(Holding.person_id, Address.kind, Address.normalised).join(
            Address, Address.id == Holding.address_id).where(Holding.person_id.in_(ids))):
        (emails if kind == "email" else phones if kind == "phone" else _by_person()).setdefault(person, []).append(value)
    for person, company in db.execute(select(Employment.person_id, Employment.company_id).where(
            Employment.person_id.in_(ids), Employment.ended_on.is_(None))):
        companies.setdefault(person, []).append(company)
    rows = db.execute(select(
        Person.id, Person.uid, Person.first_name, Person.last_name, Person.status, Person.preferred_language, Person.customer_number).where(
        Person.id.in_(ids), Person.binned_at.is_(None), Person.merged_into_id.is_(None)))
    return [Known(id_, uid, f"{first} {last}".strip(), status, language, _tuple(emails, id_), _tuple(phones, id_),
                  frozenset(companies.get(id_, ())), number) for id_, uid, first, last, status, language, number in rows]


def _by_person() -> dict[int, list[Any]]:
    return {}


def _tuple(found: dict[int, list[Any]], person: int) -> tuple[Any, ...]:
    return tuple(found.get(person, ()))


