"""Saying that a stranger's address is not a certain person's: they are not proposed for it again, until that is taken back."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.facts import ResemblanceDenied
from contacts.person import Person
from contacts.rejection import Rejection
from core.database import take_turns
from core.errors import Refused
from core.history import record
from core.i18n import N_


def say_not_same(db: Session, address: Address, person: Person, *, by: Agent) -> None:
    """Who writes from this address is not this person. Saying it twice is saying it once.

    Raises Refused where the person holds the address: then it is to be taken from them instead.
    """
    take_turns(db, f"rejection {address.id} {person.id}")
    if any(h.person_id == person.id and h.until is None for h in address.holdings):
        raise Refused(N_("This person has the address. Take it off their card first."))
    if db.get(Rejection, (address.id, person.id)) is not None:
        return
    db.add(Rejection(address_id=address.id, person_id=person.id, agent_id=by.id))
    db.flush()
    record(db, ResemblanceDenied(person.uid, address.uid), by=by.uid)


def take_back_not_same(db: Session, address: Address, person: Person, *, by: Agent) -> None:
    """It may be this person after all."""
    gone = db.scalar(select(Rejection).where(Rejection.address_id == address.id, Rejection.person_id == person.id))
    if gone is None:
        return
    db.execute(delete(Rejection).where(Rejection.address_id == address.id, Rejection.person_id == person.id))
    db.expunge(gone)
    record(db, ResemblanceDenied(person.uid, address.uid, taken_back=True), by=by.uid)
