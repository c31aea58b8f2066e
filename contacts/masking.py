"""Addresses of who is in the bin: shown nowhere, and written to by nobody, until they are restored (S63, section 0.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, normalise_email
from contacts.company import DELETED_COMPANY, Company
from contacts.person import Person
from core.errors import Refused
from core.fold import fold
from core.history import Change, FactRow
from core.i18n import N_
from core.i18n import gettext as _

#: What is said in place of a name (S65).
DELETED = N_("Deleted person")
#: The same of a restricted person.
RESTRICTED = N_("Restricted person")
#: Field of a change that holds a name → whose, as the fact names them.
SAID = {"person": "person", "company": "company", "file": "person"}


def called_instead(person: Person | None) -> str:
    """What is said in place of the name of somebody who is masked."""
    return _(RESTRICTED if person is not None and person.restricted_at is not None else DELETED)


def masked(db: Session, addresses: Iterable[str], *, asker: int | None = None) -> frozenset[str]:
    """Of these mail addresses, normalised, those that somebody in the bin, or restricted, holds and nobody who lives. On the ticket of a restricted
    person, the ``asker`` by id, theirs is not masked: they have written, and are answered."""
    wanted = {normalise_email(one) for one in addresses if one}
    if not wanted:
        return frozenset()
    found: dict[str, set[bool]] = {}
    for value, binned_at, restricted_at, one in db.execute(select(Address.normalised, Person.binned_at, Person.restricted_at, Person.id).join(Holding, Holding.address_id == Address.id).join(
            Person, Person.id == Holding.person_id).where(Address.kind == "email", Address.normalised.in_(wanted), Holding.until.is_(None),
                                                          Person.merged_into_id.is_(None))):
        found.setdefault(value, set()).add(binned_at is not None and not (restricted_at is not None and one == asker))
    return frozenset(value for value, gone in found.items() if gone == {True})


def without_names(db: Session, facts: Sequence[FactRow], changes: Iterable[Change]) -> list[Change]:
    """What changed, with *Deleted person* in place of the name of who is in the bin now: of the customer of a sale, of a file of theirs.
    The rows are copies that are not saved."""
    of, changes = {fact.id: fact.data for fact in facts}, list(changes)
    uids = {value for data in of.values() for name, value in data.items() if name.endswith(("person_uid", "company_uid")) and value}
    gone = {uid for kind in (Person, Company) for uid in db.scalars(select(kind.uid).where(kind.uid.in_(uids), kind.binned_at.is_not(None)))} if uids else set()
    names = _names_of_deleted(db, changes)
    return [_unnamed(change, of.get(change.fact_id, {}), gone, names) for change in changes] if gone or names else changes


def _names_of_deleted(db: Session, changes: Iterable[Change]) -> set[str]:
    """Of names that stand in a list of who takes part, those of somebody in the bin; the list keeps no more of them than that."""
    told = {name for change in changes if change.field == "persons" for value in (change.before, change.after) for name in (value or "").split(", ") if name}
    turned = {fold(" ".join((*words[n:], *words[:n])))[:250]: name for name in told for words in [name.split()] for n in range(len(words))}
    return {turned[found] for found in db.scalars(select(Person.sort_name).where(Person.sort_name.in_(turned), Person.binned_at.is_not(None)))} if turned else set()


def _unnamed(change: Change, data: Mapping[str, Any], gone: Collection[str], names: Collection[str]) -> Change:
    if change.field == "persons":
        return _copy(change, *(", ".join(_(DELETED) if name in names else name for name in value.split(", ")) if value else value
                               for value in (change.before, change.after)))
    if change.field not in SAID:
        return change
    now, before = data.get(f"{SAID[change.field]}_uid"), data.get(f"former_{SAID[change.field]}_uid")
    told = _(DELETED_COMPANY if change.field == "company" else DELETED)
    sides = (before if change.field != "file" else now, now)
    if not set(sides) & set(gone):
        return change
    return _copy(change, *(told if uid in gone and value else value for uid, value in zip(sides, (change.before, change.after), strict=True)))


def _copy(change: Change, before: str | None, after: str | None) -> Change:
    return Change(id=change.id, fact_id=change.fact_id, field=change.field, before=before, after=after)


def needs_living(db: Session, addresses: Iterable[str], *, asker: int | None = None) -> None:
    """Raises Refused where a mail would go to somebody in the bin, or to a restricted person who is not the ``asker``."""
    if gone := masked(db, addresses, asker=asker):
        if db.scalar(select(Person.id).join(Holding, Holding.person_id == Person.id).join(Address, Address.id == Holding.address_id).where(
                Address.normalised.in_(gone), Holding.until.is_(None), Person.restricted_at.is_not(None)).limit(1)) is not None:
            raise Refused(N_("The mail would go to a restricted person, who is written to only on tickets of their own."), {"to": N_("A restricted person.")})
        raise Refused(N_("The mail would go to a deleted person. Restore the person first."), {"to": N_("A deleted person.")})
