"""Merging two records of one human (S53, W90-W95), and taking them apart again at any time (C19).

Nothing is merged by itself. What is a person's goes over in one statement a kind and keeps whose it was
(:mod:`contacts.following`), so that parting is a question of origin, however long ago and however much came since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import (  # noqa: F401 - what they hold follows
    activity,
    campaign,
    file,
    infotag,
    note,
    order,
    project,
    rejection,
    relation,
    sale,
    selection,
)
from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.custom_values import told
from contacts.duplicates import notice
from contacts.editing import check_version, reindex
from contacts.facts import PersonMerged, PersonUnmerged
from contacts.firsts import choose_firsts, part_firsts, use_first, used_first
from contacts.following import come_back, go, join
from contacts.keeping_at_hand import hand_back, hand_over
from contacts.legal_holds import needs_no_hold
from contacts.merge import Merge
from contacts.merged import MOST, merge_of, root_of, tree_of
from contacts.name_keys import forget_keys
from contacts.overwriting import checked, give_back, overwrite
from contacts.person import Person
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.search import forget


@dataclass(frozen=True, slots=True)
class Parted:
    """What an unmerge did: how many rows of each kind went back, and the columns that stayed because they were changed since."""

    root: Person
    moved: Mapping[str, int] = field(default_factory=dict)
    stayed: tuple[str, ...] = ()


def merge(
    db: Session, person: Person, into: Person, choose: Mapping[str, str] | None = None, *, by: Agent,
    version: int | None = None, into_version: int | None = None,
) -> Merge:
    """Let a person become part of another. ``choose`` says of fields (:func:`contacts.overwritable.columns` and ``FIRST``) whose
    value stands, ``from`` or ``into``; of the rest it is as :func:`contacts.overwriting.suggested`.

    Raises Refused for a person with themselves and for a deleted one, Conflict where one has been merged meanwhile, Stale where
    one is no longer as its ``version`` says.
    """
    chosen = checked(db, choose or {})
    _lock(db, person, into)
    _may_merge(db, person, into)
    check_version(person, version)
    check_version(into, into_version)
    kept = Merge(person_id=person.id, into_id=into.id, before={}, after={}, by_uid=by.uid)
    first = choose_firsts(kept, used_first(db, person), used_first(db, into), chosen)
    changes = overwrite(db, kept, person, into, chosen)
    go(db, person.id, into.id)
    person.merged_into_id = into.id
    hand_over(db, kept, person, into)
    db.add(kept)
    _settle(db, person, into)
    use_first(db, into, first, kept)
    forget(db, "person_search", person.id)
    forget_keys(db, person.id)
    reindex(db, into)
    record(db, PersonMerged(person.uid, into.uid), by=by.uid, changes=told(changes))
    db.flush()
    return kept


def unmerge(db: Session, person: Person, *, by: Agent, version: int | None = None) -> Parted:
    """Take a person out again: with everything that was theirs or of whoever was merged into them, and with what has come since
    from their addresses. What the merge overwrote is as before, unless it was changed since.

    Raises Refused for one who is not merged, or whose survivor is deleted; Stale where the survivor is no longer as ``version``
    says.
    """
    root = root_of(db, person)
    _lock(db, person, root)
    kept, root = merge_of(db, person), root_of(db, person)
    if person.merged_into_id is None or kept is None:
        raise Refused(N_("This person is not merged with anybody."))
    if root.restricted_at is not None:
        raise Refused(N_("The person who goes on is restricted. Lift the restriction first."))
    if root.binned_at is not None:
        raise Refused(N_("The person who goes on is deleted. Restore that person first."))
    needs_no_hold(db, root)
    check_version(root, version)
    into = db.get_one(Person, kept.into_id)
    tree = tree_of(db, person)
    out, on = part_firsts(db, kept, into, used_first(db, root))
    changes, stayed = give_back(db, kept, person, into)
    hand_back(db, kept)
    person.merged_into_id, kept.undone_at = None, now()
    db.flush()
    rest = tree_of(db, root)
    moved = come_back(db, rest, tree, person.id)
    join(db, rest[1:], root.id)
    _settle(db, person, root)
    use_first(db, person, out, kept, kept.before.get("first", {}).get("from"))
    use_first(db, root, on, kept)
    for one in (person, root):
        reindex(db, one)
        notice(db, one)
    record(db, PersonUnmerged(person.uid, root.uid), by=by.uid, changes=told(changes))
    db.flush()
    return Parted(root, moved, tuple(stayed))


def _lock(db: Session, *persons: Person) -> None:
    """Hold their addresses, as whoever files a letter from one of them does, then both persons, each in one order for everybody;
    read both anew. A letter is filed before us, and goes along, or after us, and finds who goes on."""
    db.flush()
    ids = [one.id for one in persons]
    held = select(Holding.address_id).where(Holding.person_id.in_(ids), Holding.until.is_(None))
    db.scalars(select(Address.id).where(Address.id.in_(held)).order_by(Address.normalised).with_for_update(of=Address)).all()
    db.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(of=Person, key_share=True).execution_options(
        populate_existing=True)).all()


def _may_merge(db: Session, person: Person, into: Person) -> None:
    if person.id == into.id:
        raise Refused(N_("A person cannot be merged with themselves."), {"into": N_("Choose another person.")})
    for one, name in ((person, "from"), (into, "into")):
        if one.merged_into_id is not None:
            raise Conflict(_("%(name)s was merged into %(other)s in the meantime.", name=one.name, other=root_of(db, one).name),
                           {name: N_("Merged in the meantime.")})
        if one.restricted_at is not None:
            raise Refused(N_("A restricted person cannot be merged. Lift the restriction first."), {name: N_("This person is restricted.")})
        if one.binned_at is not None:
            raise Refused(N_("A deleted person cannot be merged. Restore the person first."), {name: N_("This person is deleted.")})
    needs_no_hold(db, person, into)
    if len(tree_of(db, person)) + len(tree_of(db, into)) > MOST:
        raise Refused(N_("Too many persons would be merged together."))


def _settle(db: Session, *persons: Person) -> None:
    """Rows have moved past the session: what it knows of them is read anew. Whoever has one of the two before them hears of it."""
    for one in persons:
        one.raise_version()
    db.flush()
    db.expire_all()
    db.info.pop("custom_fields", None)
