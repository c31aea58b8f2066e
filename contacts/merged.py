"""Who was merged into whom: the one who goes on, and all who became part of somebody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.merge import Merge
from contacts.person import Person

#: Persons that one goes on for; more are not merged together.
MOST = 200


def root_of(db: Session, person: Person) -> Person:
    """The person who goes on, at the end of the chain."""
    while person.merged_into_id is not None:
        person = db.get_one(Person, person.merged_into_id)
    return person


def survivor_of(db: Session, uid: str) -> Person | None:
    """The person with this uid, or whoever goes on for them, also one in the bin; None where there is none any more."""
    person = db.scalar(select(Person).where(Person.uid == uid))
    return root_of(db, person) if person is not None else None


def goes_on(db: Session, person_id: int | None) -> int | None:
    """The id of who goes on for a person that was kept by id."""
    person = db.get(Person, person_id) if person_id is not None else None
    return root_of(db, person).id if person is not None else person_id


def tree_of(db: Session, person: Person) -> list[int]:
    """Ids of the person and of all who are part of them, however long the chain."""
    found, level = [person.id], [person.id]
    while level:
        level = list(db.scalars(select(Person.id).where(Person.merged_into_id.in_(level)).order_by(Person.id).limit(MOST)))
        found += level
    return found


def parts_of(db: Session, person: Person) -> Sequence[Person]:
    """The persons who are part of this one, in the order in which they came."""
    ids = tree_of(db, person)[1:]
    return db.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)).all() if ids else []


def merge_of(db: Session, person: Person) -> Merge | None:
    """The merge that made the person part of another, while it holds."""
    return db.scalar(select(Merge).where(Merge.person_id == person.id, Merge.undone_at.is_(None)).order_by(Merge.id.desc()).limit(1))


def merges_into(db: Session, person: Person, since: Merge) -> Sequence[Merge]:
    """The merges into a person that came after this one and hold, the earliest first."""
    return db.scalars(select(Merge).where(Merge.into_id == person.id, Merge.undone_at.is_(None), Merge.id > since.id).order_by(Merge.id)).all()


def named_of(db: Session, uids: Collection[str]) -> dict[str, str]:
    """Uid of a merged person → uid of who goes on; those who are not merged are left out."""
    found = db.scalars(select(Person).where(Person.uid.in_(uids), Person.merged_into_id.is_not(None))).all() if uids else ()
    return {one.uid: root_of(db, one).uid for one in found}
