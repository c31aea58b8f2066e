"""What somebody else has got while a person lay in the bin: an address, the customer number. Who restores them says whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import bin as bins
from contacts.address import Holding
from contacts.agent import Agent
from contacts.editing import reindex
from contacts.facts import AddressAdded, AddressMoved
from contacts.handing_on import one_is_primary
from contacts.person import Person
from core.clock import now
from core.errors import Conflict
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _

#: Answer → what becomes of it: the other keeps it, it comes back, both have it.
ANSWERS = ("keep", "back", "share")


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that two would have: ``key`` names it in the answers, ``kind`` is email, phone, chat, link or number."""

    key: str
    kind: str
    value: str
    person: Person
    others: Sequence[Person]

    @property
    def answers(self) -> tuple[str, ...]:
        """What may be said of it: nobody shares a customer number."""
        return ANSWERS[:2] if self.kind == "number" else ANSWERS


def clashes(db: Session, persons: Sequence[Person]) -> list[Clash]:
    """What of these persons, who are in the bin, living persons have got since."""
    found: list[Clash] = []
    for person in persons:
        for holding in _theirs(db, person):
            others = [one.person for one in _taken(db, person, holding)]
            if others:
                found.append(Clash(holding.uid, holding.address.kind, holding.address.value, person, others))
        other = _has_number(db, person)
        if other is not None:
            found.append(Clash(f"number-{person.uid}", "number", other.customer_number or "", person, [other]))
    return found


def needs_answers(db: Session, persons: Sequence[Person], answers: Mapping[str, str]) -> None:
    """Raises Conflict (``conflicts``) while it is not said of everything whose it is."""
    open_ = [one for one in clashes(db, persons) if answers.get(one.key) not in one.answers]
    if open_:
        raise Conflict(N_("Somebody else has got what belonged to this person. Say whose it is."),
                       {one.key: _said(one) for one in open_}, conflicts=[
                           {"key": one.key, "kind": one.kind, "value": one.value, "person_id": one.person.uid,
                            "holders": [{"id": other.uid, "name": other.name} for other in one.others], "answers": list(one.answers)} for one in open_])


def give_back(db: Session, person: Person, answers: Mapping[str, str], *, by: Agent) -> None:
    """Let addresses and number be whose they are said to be; what nobody has got comes back by itself."""
    for holding in _theirs(db, person):
        taken = _taken(db, person, holding)
        answer = answers.get(holding.uid, "") if taken else "back"
        if answer == "back":
            for other in taken:
                _let_go(db, other, person, by)
        if answer == "keep" and holding.until is None:
            holding.until, holding.primary, holding.asked_at = now(), False, None
            record(db, AddressMoved(person.uid, holding.address.uid, taken[0].person.uid), by=by.uid)
        if answer in ("back", "share") and holding.until is not None:
            holding.until = None
            record(db, AddressAdded(person.uid, holding.address.uid, holding.origin), by=by.uid)
    row, owner = bins.lying(db, "person", person.id), _has_number(db, person)
    if row is not None and row.number and (owner is None or answers.get(f"number-{person.uid}") == "back"):
        if owner is not None:
            owner.customer_number = None
            db.flush()
            reindex(db, owner)
        person.customer_number = row.number
    db.flush()
    one_is_primary(db, person)


def _theirs(db: Session, person: Person) -> Sequence[Holding]:
    """What they held when they were deleted: what was taken since was taken from somebody who could not say anything."""
    found = db.scalars(select(Holding).where(Holding.person_id == person.id).order_by(Holding.id)).all()
    return [one for one in found if one.until is None or (person.binned_at is not None and one.until >= person.binned_at)]


def _taken(db: Session, person: Person, holding: Holding) -> Sequence[Holding]:
    """Those of living persons who have held it since; who shared it before goes on sharing it."""
    return db.scalars(select(Holding).join(Person, Person.id == Holding.person_id).where(
        Holding.address_id == holding.address_id, Holding.person_id != person.id, Holding.until.is_(None), Holding.since >= person.binned_at,
        Person.binned_at.is_(None), Person.merged_into_id.is_(None)).order_by(Holding.id)).all()


def _has_number(db: Session, person: Person) -> Person | None:
    row = bins.lying(db, "person", person.id)
    return db.scalar(select(Person).where(Person.customer_number == row.number, Person.id != person.id)) if row is not None and row.number else None


def _let_go(db: Session, holding: Holding, to: Person, by: Agent) -> None:
    holding.until, holding.primary, holding.asked_at = now(), False, None
    db.flush()
    one_is_primary(db, holding.person)
    holding.person.raise_version()
    reindex(db, holding.person)
    record(db, AddressMoved(holding.person.uid, holding.address.uid, to.uid), by=by.uid)


def _said(one: Clash) -> str:
    names = ", ".join(other.name for other in one.others)
    return (_("%(names)s has customer number %(value)s now.", names=names, value=one.value) if one.kind == "number"
            else _("%(names)s has %(value)s now.", names=names, value=one.value))
