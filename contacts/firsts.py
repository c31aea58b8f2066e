"""What is used first of several, addresses of each kind and positions, when two persons' become one's and when they part.

Told by what it is, the id of the address or of the company: of two rows of the same thing one stays out of sight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.merge import Merge
from contacts.merged import merge_of, merges_into
from contacts.person import Employment, Person

First = dict[str, int | None]


def firsts(db: Session, person: Person) -> dict[str, Any]:
    """Name (a kind of address, or ``employment``) → the row that the person uses first now."""
    return {name: next(row for row in rows if row.primary) for name, rows in _live(db, person).items() if any(row.primary for row in rows)}


def used_first(db: Session, person: Person) -> First:
    """The same by what it is."""
    return {name: _what(row) for name, row in firsts(db, person).items()}


def choose_firsts(merge: Merge, mine: First, theirs: First, choose: Mapping[str, str]) -> First:
    """What is used first of both: that of whoever goes on, unless the other's was chosen or there is no other. It is kept with
    the merge, and what each used."""
    both: First = {}
    for name in mine.keys() | theirs.keys():
        sides = (mine.get(name), theirs.get(name)) if choose.get(name) == "from" else (theirs.get(name), mine.get(name))
        both[name] = sides[0] if sides[0] is not None else sides[1]
    merge.before = merge.before | {"first": {"from": mine, "into": theirs}}
    merge.after = merge.after | {"first": both}
    return both


def part_firsts(db: Session, merge: Merge, into: Person, joint: First) -> tuple[First, First]:
    """What each uses first once they have parted: the one taken out, and who goes on, who used ``joint``. What somebody has chosen
    since stays, with whom it is."""
    kept, after, on = merge.before.get("first", {"from": {}, "into": {}}), merge.after.get("first", {}), dict(joint)
    out: First = dict(kept["from"])
    for name, both in after.items():
        if not _replace(db, into, name, kept["into"].get(name), both, merge, on):
            out[name] = joint.get(name)
    return {name: kept["from"].get(name) if one is None else one for name, one in out.items()}, on


def use_first(db: Session, person: Person, wanted: First, merge: Merge, or_else: First | None = None) -> None:
    """Let these be used first; where one is gone, what was before, else the next that mail reaches."""
    for name, rows in _live(db, person).items():
        asked = [one for one in (wanted.get(name), (or_else or {}).get(name)) if one is not None]
        first = next((row for what in asked for row in rows if _what(row) == what), None)
        if first is None and (asked or all(isinstance(row, Holding) and row.since >= merge.at for row in rows)):
            first = next((row for row in rows if not isinstance(row, Holding) or row.address.health == "ok"), rows[0])
        for row in rows:
            row.primary = row is first
    db.flush()


def _replace(db: Session, person: Person, name: str, what: int | None, instead: int | None, since: Merge, on: First) -> bool:
    """Where a merge let ``instead`` be used first, let it have been this: in the merges into the person since then, and on whoever
    took it over; ``on`` is what who goes on for all uses. False where somebody has chosen another since."""
    for later in merges_into(db, person, since):
        kept, both = later.before["first"], later.after["first"].get(name)
        if kept["into"].get(name) != instead:
            return False
        later.before = later.before | {"first": kept | {"into": kept["into"] | {name: what}}}
        if both != instead or kept["from"].get(name) == instead:
            return True
        what = what if what is not None else kept["from"].get(name)
        later.after = later.after | {"first": later.after["first"] | {name: what}}
    return _replace_above(db, person, name, what, instead, on)


def _replace_above(db: Session, person: Person, name: str, what: int | None, instead: int | None, on: First) -> bool:
    up = merge_of(db, person) if person.merged_into_id is not None else None
    kept: dict[str, First] = up.before["first"] if up is not None else {"from": on}
    if kept["from"].get(name) != instead:
        return False
    if up is None:
        on[name] = what
        return True
    if up.after["first"].get(name) == instead and kept["into"].get(name) != instead:
        other = what if what is not None else kept["into"].get(name)
        if _replace(db, db.get_one(Person, up.into_id), name, other, instead, up, on):
            up.after = up.after | {"first": up.after["first"] | {name: other}}
    up.before = up.before | {"first": kept | {"from": kept["from"] | {name: what}}}
    return True


def _live(db: Session, person: Person) -> dict[str, Sequence[Any]]:
    found: dict[str, Any] = {}
    for holding in holdings_of(db, person):
        found.setdefault(holding.address.kind, []).append(holding)
    jobs = db.scalars(select(Employment).where(Employment.person_id == person.id, Employment.ended_on.is_(None)).order_by(
        Employment.primary.desc(), Employment.id)).all()
    return found | ({"employment": jobs} if jobs else {})


def _what(row: Any) -> int:
    return int(row.address_id if isinstance(row, Holding) else row.company_id)
