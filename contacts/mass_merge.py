"""Merging pairs who may be one, many at a time: an agent ticks them, sees what each would become, and approves it (W90-W93).

Nothing is merged by itself: it waits for a word as every other bulk act. Each pair can be taken apart again, from here or for ever after.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from contacts.duplicate_pair import DuplicatePair
from contacts.mass_update import asker
from contacts.merged import merge_of
from contacts.merging import merge, unmerge
from contacts.overwritable import columns, values
from contacts.overwriting import suggested
from contacts.person import Person
from core.bulk import Bulk, Skipped, ask
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation, OperationItem

MOST = 500
GONE = N_("There is no such pair any more.")


def plan_merges(db: Session, pairs: Collection[str], by: Agent) -> Operation:
    """Ask for it: ``pairs`` are uids of pairs of the review. A worker plans it; approved, it runs. The caller rings ``operations``."""
    uids = list(dict.fromkeys(pairs))
    if not uids:
        raise Refused(N_("Choose some first."))
    if len(uids) > MOST:
        raise Refused(_("At most %(most)s at once.", most=MOST))
    operation = ask(db, "persons.merge", {}, by=by.uid, phase="plan")
    found, seen = _pairs(db, uids), set[int]()
    rows: list[dict[str, Any]] = []
    for uid in uids:
        pair = found.get(uid)
        both = {pair.person_id, pair.other_id} if pair else set()
        rows.append({"operation_id": operation.id, "kind": "merge", "state": "laid", "subject_uid": None,
                     "data": {"pair": uid, "again": bool(both & seen)}})
        seen |= both
    db.execute(insert(OperationItem), rows)
    return operation


def ordered(pair: DuplicatePair) -> tuple[Person, Person]:
    """Who becomes part of whom: whoever is complete goes on, then who has a customer number, then who was there first."""
    into, person = sorted((pair.person, pair.other), key=lambda one: (one.to_be_completed, not one.customer_number, one.id))
    return person, into


class MassMerge(Bulk):
    """The kind ``persons.merge``: each item is a pair, its subject the person who becomes part of the other."""

    kind = "persons.merge"

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """Uid of a pair → the pair; who asked, under the empty word."""
        return {**_pairs(db, [item.data["pair"] for item in items]), "": asker(db, operation)}

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """What stands on who goes on, and what would."""
        pair: DuplicatePair | None = at.get(item.data["pair"])
        if pair is None or not (pair.person.living and pair.other.living):
            raise Skipped(GONE)
        person, into = ordered(pair)
        item.subject_uid = into.uid
        item.data = item.data | {"name": _("%(one)s and %(other)s", one=person.name, other=into.name), "other": person.uid}
        if pair.state == "two":
            raise Skipped(N_("Somebody has found them to be two persons."))
        if item.data["again"]:
            raise Skipped(N_("One of the two is in a pair before this one. Merge that one first, then look at this pair again."))
        before, after = _fields(db, person, into)
        item.subject_uid = person.uid
        item.data = item.data | {"name": person.name, "into": into.uid, "versions": [person.version, into.version],
                                 "before": before, "after": {"into": into.name, **after}}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Merge them, unless one of them has changed since it was shown."""
        pair: DuplicatePair | None = at.get(item.data["pair"])
        both = {one.uid: one for one in (pair.person, pair.other)} if pair else {}
        person, into = both.get(item.subject_uid or ""), both.get(item.data["into"])
        if pair is None or person is None or into is None or at[""] is None or not (person.living and into.living):
            raise Refused(GONE)
        if pair.state == "two":
            raise Conflict(N_("Somebody has found them to be two persons."))
        if [person.version, into.version] != item.data["versions"]:
            raise Conflict(N_("Somebody has changed this since it was shown."))
        mine, theirs = item.data["versions"]
        kept = merge(db, person, into, by=at[""], version=mine, into_version=theirs)      # compared again once both are locked
        item.data = item.data | {"undo": {"merge": kept.uid}}

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Take them apart, unless somebody did, or merged them otherwise since."""
        person, by = db.scalar(select(Person).where(Person.uid == item.subject_uid)), asker(db, operation)
        kept = merge_of(db, person) if person is not None and person.merged_into_id is not None else None
        if person is None or by is None or kept is None or kept.uid != item.data["undo"]["merge"]:
            raise Conflict(N_("Somebody has taken the two apart since."))
        parted = unmerge(db, person, by=by)
        if parted.stayed:
            item.data = item.data | {"note": _("Changed since, so it stayed: %(fields)s", fields=", ".join(parted.stayed))}


def _pairs(db: Session, uids: Collection[str]) -> dict[str, DuplicatePair]:
    return {pair.uid: pair for pair in db.scalars(select(DuplicatePair).where(DuplicatePair.uid.in_(uids)).options(
        joinedload(DuplicatePair.person), joinedload(DuplicatePair.other)))}


def _fields(db: Session, person: Person, into: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that the merge would overwrite: what stands there, and what would."""
    sides, named, mine, theirs = suggested(db, person, into), columns(db), values(db, person), values(db, into)
    taken = [column for name, column in named.items() if sides[name] == "from" and mine[column] != theirs[column]]
    return {column: theirs[column] for column in taken}, {column: mine[column] for column in taken}
