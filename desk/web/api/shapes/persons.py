"""Persons as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from contacts.address import KINDS, Holding
from contacts.agent import Agent
from contacts.custom_fields import custom_fields
from contacts.custom_values import Card, Custom, customs, kind_of
from contacts.person import Employment, LegalBasis, Person
from desk.retention.falling_due import midnight
from desk.retention.planned import Planned, planned
from desk.web.api.schemas import persons as shapes


def persons(db: Session, found: Sequence[Person]) -> list[shapes.Person]:
    """Persons with everything on their cards: a handful of questions for a whole page."""
    db.flush()
    ids = [person.id for person in found]
    by_id = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_(ids)).options(
        joinedload(Person.service_level), joinedload(Person.category), joinedload(Person.business),
        *(joinedload(one).options(lazyload(Agent.addresses))
          for one in (Person.support_contact, Person.our_contact, Person.created_by)),
        selectinload(Person.legal_bases).joinedload(LegalBasis.wording), selectinload(Person.employments).options(joinedload(Employment.company)),
    ).execution_options(populate_existing=True))}
    held: dict[int, list[Holding]] = {}
    for holding in db.scalars(select(Holding).where(Holding.person_id.in_(ids)).order_by(Holding.id)):
        held.setdefault(holding.person_id, []).append(holding)
    own, going = own_of(db, Person, ids), planned(db, by_id.values())
    return [_person(by_id[i], held.get(i, []), own.get(i, {}), going[i]) for i in ids]


def person(db: Session, found: Person) -> shapes.Person:
    """One of them."""
    return persons(db, [found])[0]


def own_of(db: Session, kind: type[Card], ids: Sequence[int]) -> dict[int, Custom]:
    """What stands in the user-defined fields that are in use, of many at once."""
    keys = {field.key for field in custom_fields(db, kind_of(kind))}
    return {i: {key: value for key, value in own.items() if key in keys} for i, own in customs(db, kind, ids).items()}


def address(holding: Holding) -> shapes.Address:
    """An address as one person holds it."""
    row = holding.address
    return shapes.Address(
        id=holding.uid, kind=row.kind, value=row.value, label=holding.label, primary=holding.primary,
        origin=holding.origin, proof=holding.proof, health=row.health, from_=holding.since, to=holding.until)


def employment(job: Employment) -> shapes.Employment:
    """A position."""
    return shapes.Employment(
        id=job.uid, company_id=job.company.uid, company=job.company.called, position=job.position, status=job.status,
        primary=job.primary, from_=job.started_on, to=job.ended_on)


def _person(p: Person, held: Sequence[Holding], own: Custom, going: Planned) -> shapes.Person:
    level, category, business = p.service_level, p.category, p.business
    support, ours, by = p.support_contact, p.our_contact, p.created_by
    in_order = sorted(held, key=lambda h: (h.until is not None, KINDS.index(h.address.kind), not h.primary, h.id))
    return shapes.Person(
        id=p.uid, first_name=p.first_name, last_name=p.last_name, title=p.title, status=p.status,
        preferred_language=p.preferred_language, service_level=level.name if level else None,
        support_contact=support.email if support else None, our_contact=ours.email if ours else None,
        category=category.name if category else None, business=business.name if business else None,
        private_customer=p.private_customer, customer_number=p.customer_number, block_mass_mail=p.block_mass_mail,
        to_be_completed=p.to_be_completed, version=p.version, custom=own,
        addresses=[address(h) for h in in_order], employments=[employment(job) for job in p.employments],
        legal_bases=[shapes.LegalBasis(purpose=b.purpose, basis=b.basis, source=b.source, at=b.at, event=b.event, proof=b.proof,
                                          wording_version=b.wording.version if b.wording else None) for b in p.legal_bases],
        created=shapes.Created(how=p.created_how, why=p.created_why, by=by.email if by else None, at=p.created_at),
        delete_planned=shapes.DeletePlanned(at=midnight(going.on), why=f"{going.why}: {going.act} counted from {going.since} on {going.start}")
        if going.on and p.living else None)
