"""Restricting a person, and ending that: masked everywhere as in the bin, but answered when they write (Art. 18 GDPR).

``binned_at`` is the mark by which everything masks; ``restricted_at`` beside it says that the person is not in the bin, lies there for no number of
days, may write and be answered, and is found by admins.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.editing import check_version, reindex
from contacts.facts import PersonRestricted
from contacts.merged import tree_of
from contacts.person import Person
from contacts.restriction import GROUNDS, Restriction
from core.clock import now
from core.errors import Forbidden, Refused
from core.history import record
from core.i18n import N_

LONGEST = 2000


def restrict(db: Session, person: Person, *, ground: str, reason: str, by: Agent, version: int | None = None) -> Restriction:
    """From now on the person is stored and not used. Raises Refused without ground or reason, in the bin, and where they are restricted already."""
    _for_admins(by)
    check_version(person, version)
    if person.restricted_at is not None:
        raise Refused(N_("This person is restricted already."))
    if person.binned_at is not None:
        raise Refused(N_("This person is in the bin. Restore the person first."))
    errors = {} if ground in GROUNDS else {"ground": N_("Choose a ground.")}
    if not 0 < len(reason.strip()) <= LONGEST:
        errors["reason"] = N_("Say in some words why.")
    if errors:
        raise Refused(N_("A restriction needs a ground and a reason."), errors)
    row = Restriction(person_id=person.id, origin_person_id=person.id, ground=ground, reason=reason.strip(), at=now(), by_id=by.id)
    db.add(row)
    _mask(db, person, row.at)
    record(db, PersonRestricted(person.uid, ground), by=by.uid, changes={"reason": (None, row.reason)})
    db.flush()
    return row


def restrict_until_erased(db: Session, person: Person, *, by: Agent | None) -> None:
    """A legal hold keeps whoever is to be erased: they are not used until it lifts. Twice is once; who is masked already stays so."""
    if person.binned_at is None:
        row = Restriction(person_id=person.id, origin_person_id=person.id, ground="erasing", reason="", at=now(), by_id=by.id if by else None)
        db.add(row)
        _mask(db, person, row.at)
        record(db, PersonRestricted(person.uid, row.ground), by=by.uid if by else None)
        db.flush()


def take_back(db: Session, person: Person, *, by: Agent, version: int | None = None) -> None:
    """A restriction that was a slip, before anything else has happened to the person: as if it had not been. Raises Stale after that."""
    _for_admins(by)
    check_version(person, version)
    row = standing(db, person)
    db.delete(row)
    _mask(db, person, None)
    record(db, PersonRestricted(person.uid, row.ground, "taken_back"), by=by.uid)
    db.flush()


def end(db: Session, person: Person, *, by: Agent, told: str, told_how: str = "", mail_uid: str | None = None) -> Restriction:
    """The person is used again. Whoever calls has told them, in this transaction or before (Art. 18(3))."""
    row = standing(db, person)
    row.lifted_at, row.lifted_by_id, row.told, row.told_how, row.mail_uid = now(), by.id, told, told_how, mail_uid
    _mask(db, person, None)
    record(db, PersonRestricted(person.uid, row.ground, "lifted"), by=by.uid, changes={"reason": (None, told_how)} if told_how else None)
    db.flush()
    return row


def put_back(db: Session, person: Person, *, by: Agent, version: int | None = None) -> None:
    """Lifting was a slip: the last restriction goes on. Raises Stale where the person has changed since."""
    _for_admins(by)
    check_version(person, version)
    row = db.scalar(select(Restriction).where(Restriction.person_id == person.id).order_by(Restriction.id.desc()).limit(1))
    if row is None or row.lifted_at is None or person.binned_at is not None:
        raise Refused(N_("There is no restriction to go on with."))
    row.lifted_at = row.lifted_by_id = None
    _mask(db, person, row.at)
    record(db, PersonRestricted(person.uid, row.ground, "put_back"), by=by.uid)
    db.flush()


def unmask(db: Session, person: Person) -> None:
    """The mark goes: whoever calls puts the person into the bin, to be erased, where no admin can change or lift anything any more."""
    _mask(db, person, None)


def standing(db: Session, person: Person) -> Restriction:
    """The restriction that holds. Raises Refused where none does."""
    row = db.scalar(select(Restriction).where(Restriction.person_id == person.id, Restriction.lifted_at.is_(None)).order_by(Restriction.id.desc()).limit(1))
    if row is None or person.restricted_at is None:
        raise Refused(N_("This person is not restricted."))
    return row


def restrictions(db: Session, person: Person) -> list[Restriction]:
    """All of a person's, the latest first."""
    return list(db.scalars(select(Restriction).where(Restriction.person_id == person.id).order_by(Restriction.id.desc())))


def _for_admins(by: Agent) -> None:
    if not by.admin:
        raise Forbidden(N_("Only an admin can restrict a person."))


def _mask(db: Session, person: Person, at: datetime | None) -> None:
    """Both marks, also on whoever is part of the person."""
    person.restricted_at = person.binned_at = at
    db.flush()
    if parts := tree_of(db, person)[1:]:
        db.execute(update(Person.__table__).where(Person.id.in_(parts)).values(restricted_at=at, binned_at=at))  # type: ignore[arg-type]
        for one in [row for row in db.identity_map.values() if isinstance(row, Person) and row.id in set(parts)]:
            db.expire(one, ["binned_at", "restricted_at"])
    if at is None:
        reindex(db, person)
