"""Who stands beside a person: assistants, and deputies while they are away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from contacts.address import Address, Holding
from contacts.person import Person
from contacts.relation import Relation, RelationKind
from core.clock import now

#: People who stand beside others are few; more than these are not read.
MOST = 20
#: Somebody stands beside another on a ``day``: conditions on a relation, its kind and its first side.
_STANDING: tuple[ColumnElement[bool], ...] = (
    RelationKind.meaning != "", or_(Relation.since.is_(None), Relation.since <= bindparam("day")),
    or_(Relation.until.is_(None), Relation.until >= bindparam("day")), Person.binned_at.is_(None), Person.merged_into_id.is_(None),
    Person.id != Relation.other_person_id)
_COVER = select(Relation).join(Relation.kind).join(Relation.person).where(
    Relation.other_person_id == bindparam("person"), *_STANDING).order_by(RelationKind.place, Relation.id).limit(MOST).options(
    contains_eager(Relation.kind), contains_eager(Relation.person))
_BESIDE = select(Address.normalised, Relation).join(Holding, Holding.address_id == Address.id).join(
    Relation, Relation.other_person_id == Holding.person_id).join(Relation.kind).join(Relation.person).where(
    Address.kind == "email", Address.normalised.in_(bindparam("addresses", expanding=True)), Holding.until.is_(None), *_STANDING).options(
    contains_eager(Relation.kind), contains_eager(Relation.person), joinedload(Relation.other_person)).order_by(
    RelationKind.place, Relation.id).limit(MOST)


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to write to as well: the assistant, or the deputy until a day, of the person at an address."""

    at: str
    of: str
    name: str
    address: str
    meaning: str
    until: date | None


def cover_of(db: Session, person: Person) -> Sequence[Relation]:
    """The relations by which somebody is a person's assistant or deputy today, in the order of their kinds."""
    return db.scalars(_COVER, {"person": person.id, "day": now().date()}).all()


def helpers(db: Session, addresses: Collection[str]) -> list[Helper]:
    """For people who are written to (normalised addresses): their assistants, and the deputies of those on leave.

    On leave is who has a deputy until a certain day. An address that several persons hold has no helpers: whom it
    stands for nobody knows.
    """
    found = [(at, one) for at, one in _relations(db, addresses) if one.kind.meaning == "assistant" or one.until is not None]
    if not found:
        return []
    shared = _shared(db, {at for at, _one in found})
    good = _good(db, {one.person_id for _at, one in found if one.person_id})
    return [Helper(at, one.other_person.name, one.person.name, good[one.person.id], one.kind.meaning, one.until)
            for at, one in found if at not in shared and one.person and one.other_person and one.person.id in good]


def _relations(db: Session, addresses: Collection[str]) -> Sequence[tuple[str, Relation]]:
    if not addresses:
        return []
    rows = db.execute(_BESIDE, {"addresses": list(addresses), "day": now().date()})
    return [(at, one) for at, one in rows if one.other_person and one.other_person.living]


def _shared(db: Session, addresses: Collection[str]) -> set[str]:
    """Those of these addresses that several living persons hold."""
    return set(db.scalars(select(Address.normalised).join(Holding, Holding.address_id == Address.id).join(
        Person, Person.id == Holding.person_id).where(
        Address.kind == "email", Address.normalised.in_(addresses), Holding.until.is_(None), Person.binned_at.is_(None),
        Person.merged_into_id.is_(None)).group_by(Address.normalised).having(func.count() > 1)))


def _good(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Person → the address that mail to them goes to: one that does not come back, the primary one first."""
    found: dict[int, str] = {}
    for person_id, value in db.execute(select(Holding.person_id, Address.value).join(Address, Address.id == Holding.address_id).where(
            Holding.person_id.in_(ids), Holding.until.is_(None), Address.kind == "email", Address.health == "ok",
            Address.suppression == "none").order_by(Holding.primary.desc(), Holding.id)):
        found.setdefault(person_id, value)
    return found
