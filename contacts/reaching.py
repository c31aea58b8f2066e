"""Where else a person can be reached when mail to one of their addresses comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.confirming import PROVEN
from contacts.person import Person

#: Bouncing addresses of these, with the living persons who hold them.
_HOLDERS = select(Address.normalised, Holding.person_id).join(Holding, Holding.address_id == Address.id).join(
    Person, Person.id == Holding.person_id).where(
    Address.kind == "email", Address.normalised.in_(bindparam("addresses", expanding=True)), Address.health == "bouncing",
    Holding.until.is_(None), Person.binned_at.is_(None), Person.merged_into_id.is_(None))


def other_ways(db: Session, addresses: Collection[str]) -> dict[str, Holding]:
    """Of those that mail comes back from (normalised): the next good one of whoever holds it, proven and primary ones first.

    An address that several persons hold has no next one: whom it stood for nobody knows.
    """
    held = _holders(db, addresses) if addresses else {}
    if not held:
        return {}
    good: dict[int, Holding] = {}
    for holding in db.scalars(select(Holding).join(Holding.address).where(
            Holding.person_id.in_(set(held.values())), Holding.until.is_(None), Address.kind == "email", Address.health == "ok",
            Address.suppression == "none").order_by(Holding.proof.in_(PROVEN).desc(), Holding.primary.desc(), Holding.id)):
        good.setdefault(holding.person_id, holding)
    return {address: good[person_id] for address, person_id in held.items() if person_id in good}


def _holders(db: Session, addresses: Collection[str]) -> Mapping[str, int]:
    """Bouncing address → the one living person who holds it."""
    found: dict[str, set[int]] = {}
    for address, person_id in db.execute(_HOLDERS, {"addresses": list(addresses)}):
        found.setdefault(address, set()).add(person_id)
    return {address: next(iter(persons)) for address, persons in found.items() if len(persons) == 1}
