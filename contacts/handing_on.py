"""An address goes from one person to another: who held it when stays known, and what was written stays whose it was."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.duplicates import notice
from contacts.editing import reindex
from contacts.facts import AddressAdded, AddressMoved
from contacts.identifying import hold, holders
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_


def hand_on(db: Session, holding: Holding, to: Person, *, by: Agent) -> Holding:
    """From now on the other person holds the address, on the agent's word; mail from it is theirs. Returns their holding.

    Raises Refused for the same person, one who is deleted, and an address that is held no more.
    """
    giver, address, at = holding.person, holding.address, now()
    if holding.until is not None:
        raise Refused(N_("This person holds the address no more."))
    if to.id == giver.id:
        raise Refused(N_("This person has the address already."))
    if not to.living:
        raise Refused(N_("This person is deleted. Restore the person first."))
    holding.until, holding.primary, holding.asked_at = at, False, None
    theirs = next((one for one in holders(db, address) if one.person_id == to.id), None)
    if theirs is None:
        first = not any(one.address.kind == address.kind for one in holdings_of(db, to))
        theirs = db.get_one(Holding, hold(db, address, to, origin="agent", proof="agent", primary=first, label=holding.label))
        theirs.since = at
    record(db, AddressMoved(giver.uid, address.uid, to.uid), by=by.uid)
    _settled(db, giver, to)
    notice(db, to, {address.kind})
    return theirs


def take_back(db: Session, holding: Holding, *, by: Agent) -> None:
    """The person holds again what was taken away or handed on; whom it went to holds it no more. Raises Refused where they
    hold it anyway."""
    person, address = holding.person, holding.address
    if holding.until is None or any(one.person_id == person.id for one in holders(db, address)):
        raise Refused(N_("This person has the address already."))
    heir = db.scalar(select(Holding).where(
        Holding.address_id == address.id, Holding.since == holding.until, Holding.until.is_(None), Holding.person_id != person.id))
    if heir is not None:
        heir.until, heir.primary, heir.asked_at = now(), False, None
        record(db, AddressMoved(heir.person.uid, address.uid, person.uid), by=by.uid)
    else:
        record(db, AddressAdded(person.uid, address.uid, holding.origin), by=by.uid)
    holding.until = None
    _settled(db, person, *([heir.person] if heir is not None else []))
    notice(db, person, {address.kind})


def one_is_primary(db: Session, person: Person) -> None:
    """Where the primary address of a kind has gone, the next one is used first: one that mail reaches, if there is one."""
    held = holdings_of(db, person)
    for kind in {one.address.kind for one in held}:
        of_kind = [one for one in held if one.address.kind == kind]
        if not any(one.primary for one in of_kind):
            next((one for one in of_kind if one.address.health == "ok"), of_kind[0]).primary = True
    db.flush()


def _settled(db: Session, *persons: Person) -> None:
    db.flush()
    for person in persons:
        one_is_primary(db, person)
        person.raise_version()
        reindex(db, person)
