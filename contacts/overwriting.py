"""Which pieces of information a merge overwrites, field by field (W92, W93); and giving them back when it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.merge import Merge
from contacts.merged import merge_of, merges_into
from contacts.ordering import keys_of_person
from contacts.overwritable import columns, held, values, write
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _

#: What is used first of several: chosen between in the same way.
FIRST = ("email", "phone", "chat", "link", "employment")
SIDES = ("from", "into")
_NOTHING = object()


def checked(db: Session, choose: Mapping[str, str]) -> dict[str, str]:
    """A choice of sides. Raises Refused for a field or a side there is not."""
    unknown = [name for name in choose if name not in (*columns(db), *FIRST)]
    if unknown:
        raise Refused(_("A person has no field %(names)s.", names=", ".join(sorted(unknown))), {"choose": N_("There is no such field.")})
    if any(side not in SIDES for side in choose.values()):
        raise Refused(N_("Choose “from” or “into” for each field."), {"choose": N_("From or into.")})
    return dict(choose)


def suggested(db: Session, person: Person, into: Person) -> dict[str, str]:
    """Whose value stands unless somebody chooses: that of the person who goes on, where there is one that is no guess."""
    mine, theirs = values(db, person), values(db, into)
    found = {name: "from" if _empty(theirs[column]) and not _empty(mine[column]) else "into" for name, column in columns(db).items()}
    if into.name_guessed and not person.name_guessed and person.name:
        found |= {"first_name": "from", "last_name": "from"}
    if into.language_guessed and person.preferred_language and not person.language_guessed:
        found["preferred_language"] = "from"
    return found


def overwrite(db: Session, merge: Merge, person: Person, into: Person, choose: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Write what was chosen; what was before and after on either is kept with the merge. Returns what changed on who goes on."""
    named, mine, theirs = columns(db), values(db, person), values(db, into)
    sides = suggested(db, person, into) | {name: side for name, side in choose.items() if name in named}
    wanted = {column: mine[column] for name, column in named.items() if sides[name] == "from"}
    derived = _derived(person, into, sides, wanted)
    theirs |= {column: getattr(into, column) for column in derived}
    changed = {column: (theirs[column], value) for column, value in (wanted | derived).items() if theirs[column] != value}
    before: dict[str, Any] = {"into": {column: was for column, (was, _now) in changed.items()}, "from": {}}
    after: dict[str, Any] = {"into": {column: value for column, (_was, value) in changed.items()}, "from": {}}
    if "customer_number" in changed and person.customer_number:      # nobody else can have it
        before["from"]["customer_number"], after["from"]["customer_number"] = person.customer_number, None
        person.customer_number = None
        db.flush()
    for column, (_was, value) in changed.items():
        write(db, into, column, value)
    db.flush()
    merge.before, merge.after = merge.before | before, merge.after | after
    return {column: both for column, both in changed.items() if column in named.values()}


def _derived(person: Person, into: Person, sides: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    def of(column: str) -> Any:
        return values.get(column, getattr(into, column))

    names = [person if sides[name] == "from" else into for name in ("first_name", "last_name")]
    spoken = person if sides["preferred_language"] == "from" else into
    renamed = person if all(one is person for one in names) else None
    keys = keys_of_person(of("first_name") or "", of("last_name") or "")
    if renamed:
        keys = {name: getattr(renamed, name) for name in keys}
    return {**keys, "name_guessed": any(one.name_guessed for one in names), "language_guessed": spoken.language_guessed,
            "to_be_completed": into.to_be_completed and person.to_be_completed and not of("private_customer")}


def foreseen(db: Session, merge: Merge, into: Person) -> tuple[dict[str, Any], list[str]]:
    """What undoing a merge would give back to who goes on, and the columns that stay because they were changed since."""
    kept, before = merge.after.get("into", {}), merge.before.get("into", {})
    back = {column: before[column] for column in kept if _held(db, into, column, kept[column], merge) and not (
        column == "customer_number" and _taken(db, before[column], merge.person_id, into.id))}
    return back, [column for column in kept if column not in back and column in columns(db).values()]


def give_back(db: Session, merge: Merge, person: Person, into: Person) -> tuple[dict[str, tuple[Any, Any]], list[str]]:
    """Let what a merge overwrote be as before, on either and on whom they have become part of since; what was changed since
    stays. Returns the columns that came back, from what to what, and those that stayed."""
    back, stayed = foreseen(db, merge, into)
    changed = {column: (merge.after["into"][column], was) for column, was in back.items() if column in columns(db).values()}
    for column, was in back.items():
        _replace(db, into, column, was, merge.after["into"][column], merge)
    db.flush()
    for column, was in merge.before.get("from", {}).items():
        if column == "customer_number" and _taken(db, was):
            stayed = list(dict.fromkeys((*stayed, column)))
        elif held(db, person, column) == merge.after["from"][column]:
            write(db, person, column, was)
    db.flush()
    return changed, stayed


def _held(db: Session, person: Person, column: str, value: Any, since: Merge) -> bool:
    """Whether what a merge wrote has stood until it was overwritten by the next, or until today."""
    over = _overwritten(db, person, column, since)
    return bool(_stands(db, person, column) == value if over is None else over.before["into"][column] == value)


def _replace(db: Session, person: Person, column: str, value: Any, instead: Any, since: Merge) -> None:
    """Where a merge let a field hold ``instead``, let it have held this: beneath the next that overwrote it; else as it stands
    today, or stood when the person became part of another, and so on whoever took it over from there."""
    over = _overwritten(db, person, column, since)
    if over is not None:
        over.before = over.before | {"into": over.before["into"] | {column: value}}
        return
    up = merge_of(db, person) if person.merged_into_id is not None else None
    if up is not None and up.after["into"].get(column, _NOTHING) == instead:
        into = db.get_one(Person, up.into_id)
        if _held(db, into, column, instead, up):
            _replace(db, into, column, value, instead, up)
            up.after = up.after | {"into": up.after["into"] | {column: value}}
            if column == "customer_number" and value:            # whoever took it over has it
                up.after = up.after | {"from": up.after["from"] | {column: None}}
                up.before = up.before | {"from": up.before["from"] | {column: value}}
    if up is not None and column in up.before["from"]:
        up.before = up.before | {"from": up.before["from"] | {column: value}}
    else:
        write(db, person, column, value)
        db.flush()


def _overwritten(db: Session, person: Person, column: str, since: Merge) -> Merge | None:
    """The next merge into the person that overwrote this field."""
    return next((one for one in merges_into(db, person, since) if column in one.before.get("into", {})), None)


def _stands(db: Session, person: Person, column: str) -> Any:
    """What a person's field holds, or held when it was taken along into another: a customer number is one person's at a time."""
    up = merge_of(db, person) if person.merged_into_id is not None else None
    taken = up.before.get("from", {}) if up is not None else {}
    return taken[column] if column in taken else held(db, person, column)


def _empty(value: Any) -> bool:
    """Whether nothing stands in a field; a no says nothing, a number of 0 does."""
    return value is False or value in (None, "")


def _taken(db: Session, number: str | None, *but: int) -> bool:
    return bool(number) and db.scalar(select(Person.id).where(Person.customer_number == number, Person.id.not_in(but))) is not None
