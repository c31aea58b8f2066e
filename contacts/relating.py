"""Tying persons and companies to each other: made, changed, ended, taken away, put back (S44-S53)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.companies import company_called
from contacts.company import Company
from contacts.editing import person_called
from contacts.facts import RelationChanged
from contacts.person import Person
from contacts.relation import Relation, RelationKind
from contacts.relation_kinds import kind_called
from core.clock import now
from core.database import take_turns
from core.errors import Conflict, Refused, Unknown
from core.history import Change, FactRow, FactSubject, record
from core.i18n import N_
from core.i18n import gettext as _

Party = Person | Company
FIELDS = ("details", "since", "until")
LONGEST = 2000
TIES = {"person-person": N_("This kind of relation is between two persons."),
        "person-company": N_("This kind of relation is between a person and a company."),
        "company-company": N_("This kind of relation is between two companies.")}


def relate(
    db: Session, kind: RelationKind, first: Party, second: Party, *, details: str = "", since: date | None = None,
    until: date | None = None, by: Agent,
) -> Relation:
    """Tie two: the first is to the second what the kind's name says. Where a kind ties a person to a company, either may be named first.

    ``until`` is the last day. Raises Refused for sides that do not fit the kind or are one and the same, for days in the wrong
    order, and for what is recorded already for these days.
    """
    if kind.archived:
        raise Refused(N_("This kind of relation is no longer offered."), {"kind": N_("Choose another kind.")})
    if kind.between == "person-company" and isinstance(first, Company):
        first, second = second, first
    made = Relation(details="", kind=kind)
    _seat(db, made, first, second)
    return _save(db, made, {"details": details, "since": since, "until": until}, "added", by)


def change_relation(
    db: Session, relation: Relation, fields: Mapping[str, Any], *, by: Agent, version: int | None = None,
) -> Relation:
    """Change ``details``, ``since``, ``until``, or the ``kind``; ``turned`` lets the sides change places.

    Raises Conflict when a colleague was faster, and Refused as :func:`relate` does.
    """
    if version is not None and relation.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    first, second = parties(relation)
    if fields.get("turned"):
        first, second = second, first
        relation.raise_version()
    before = relation.kind
    relation.kind = fields.get("kind", before)
    _seat(db, relation, first, second)
    named = {"relation_kind": (before.name, relation.kind.name)} if relation.kind is not before else {}
    return _save(db, relation, {name: fields[name] for name in FIELDS if name in fields}, "edited", by, named)


def end_relation(db: Session, relation: Relation, *, by: Agent, on: date | None = None) -> None:
    """Today (or another day) is the last on which it holds. Raises Refused where it has ended, or has not begun by then."""
    day = on or now().date()
    if relation.until is not None and relation.until <= day:
        raise Refused(N_("This relation has ended already."))
    _save(db, relation, {"until": day}, "ended", by)


def unrelate(db: Session, relation: Relation, *, by: Agent) -> None:
    """Take a relation away, as if it had never been. The history keeps it, and :func:`put_back` finds it there."""
    _record(db, relation, "removed", by, {name: (getattr(relation, name), None) for name in FIELDS if getattr(relation, name)})
    db.delete(relation)
    db.flush()


def put_back(db: Session, uid: str, *, by: Agent) -> Relation:
    """A relation that was taken away is there again, under the same name. Raises Unknown where there was none, or a side is gone."""
    relation = db.scalar(select(Relation).where(Relation.uid == uid))
    if relation is not None:
        return relation
    row = db.scalar(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == uid, FactRow.kind == RelationChanged.kind).order_by(FactRow.id.desc()).limit(1))
    if row is None or row.data["change"] != "removed":
        raise Unknown(N_("There is no such relation."))
    kept = {change.field: change.before for change in db.scalars(select(Change).where(Change.fact_id == row.id))}
    relation = Relation(uid=uid, details="", kind=kind_called(db, row.data["relation_kind"]))
    _seat(db, relation, _party(db, row.data, ""), _party(db, row.data, "other_"))
    relation.origin_person_id, relation.other_origin_person_id = row.data["origin_id"], row.data["other_origin_id"]
    days = {name: date.fromisoformat(value) for name in ("since", "until") if (value := kept.get(name))}
    return _save(db, relation, {"details": kept.get("details") or "", **days}, "restored", by)


def relation_called(db: Session, uid: str, *, of: Party | None = None) -> Relation:
    """The relation with this uid, between sides that are both there. Raises Unknown, also where it is not one ``of`` this card."""
    relation = db.scalar(select(Relation).where(Relation.uid == uid))
    sides = parties(relation) if relation else ()
    if relation is None or any(_gone(side) for side in sides) or (of is not None and of not in sides):
        raise Unknown(N_("There is no such relation."))
    return relation


def parties(relation: Relation) -> tuple[Party, Party]:
    """Who is tied: the first, and whom the first is something to."""
    first, second = relation.person or relation.company, relation.other_person or relation.other_company
    if first is None or second is None:
        raise Unknown(N_("There is no such relation."))
    return first, second


def _seat(db: Session, relation: Relation, first: Party, second: Party) -> None:
    """Let these be the sides. Raises Refused where they do not fit the kind."""
    found = f"{_called(first)}-{_called(second)}"
    if found != relation.kind.between:
        raise Refused(_(TIES[relation.kind.between]), {"other": N_("Choose one that fits the kind.")})
    if first is second:
        raise Refused(N_("Nobody is related to themselves."), {"other": N_("Choose somebody else.")})
    if _gone(first) or _gone(second):
        raise Refused(N_("One of the two is deleted. Restore it first."), {"other": N_("Choose somebody else.")})
    before = {person.id: origin for person, origin in ((relation.person, relation.origin_person_id),
                                                       (relation.other_person, relation.other_origin_person_id)) if person}
    with db.no_autoflush:
        for side, mine in ((first, ""), (second, "other_")):
            person = side if isinstance(side, Person) else None
            setattr(relation, f"{mine}person", person)
            setattr(relation, f"{mine}company", None if person else side)
            setattr(relation, f"{mine}origin_person_id", before.get(person.id, person.id) if person else None)


def _save(
    db: Session, relation: Relation, fields: Mapping[str, Any], change: str, by: Agent, named: Mapping[str, tuple[Any, Any]] | None = None,
) -> Relation:
    with db.no_autoflush:
        clean = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
        _check(relation, clean)
        first, second = parties(relation)
        take_turns(db, "relation " + " ".join(sorted((first.uid, second.uid))))
        changes = {name: (getattr(relation, name) or None, value or None) for name, value in clean.items() if getattr(relation, name) != value}
        for name, value in clean.items():
            if getattr(relation, name) != value:
                setattr(relation, name, value)
        _unheard(db, relation)
    new = relation.id is None
    moved = db.is_modified(relation)
    db.add(relation)
    db.flush()
    if new or moved:
        _record(db, relation, change, by, {**(named or {}), **{name: both for name, both in changes.items() if both[0] != both[1]}})
    return relation


def _check(relation: Relation, fields: Mapping[str, Any]) -> None:
    errors = {}
    if len(fields.get("details", "")) > LONGEST:
        errors["details"] = _("At most %(most)s characters.", most=LONGEST)
    since, until = fields.get("since", relation.since), fields.get("until", relation.until)
    if since and until and until < since:
        errors["until"] = N_("The last day is before the first.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)


def _unheard(db: Session, relation: Relation) -> None:
    """Raises Refused where the two are tied in this way already, on some of the same days."""
    first, second = parties(relation)
    ways = [(first, second)] + ([(second, first)] if relation.kind.name == relation.kind.reverse and _called(first) == _called(second) else [])
    for other in db.scalars(select(Relation).where(
            Relation.kind_id == relation.kind.id, Relation.uid != (relation.uid or ""), or_(*(_between(*way) for way in ways)))):
        if (relation.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (relation.until or date.max):
            raise Refused(N_("The two are related like this already."), {"other": N_("Change the relation that is there, or choose other days.")})


def _between(first: Party, second: Party) -> Any:
    one = Relation.person_id if isinstance(first, Person) else Relation.company_id
    other = Relation.other_person_id if isinstance(second, Person) else Relation.other_company_id
    return and_(one == first.id, other == second.id)


def _record(db: Session, relation: Relation, change: str, by: Agent, changes: Mapping[str, tuple[Any, Any]]) -> None:
    def uid(side: Party | None) -> str | None:
        return side.uid if side else None

    record(db, RelationChanged(
        relation.uid, change, relation.kind.uid, uid(relation.person), uid(relation.company), uid(relation.other_person),
        uid(relation.other_company), relation.origin_person_id, relation.other_origin_person_id), by=by.uid, changes=changes)


def _party(db: Session, fact: Mapping[str, Any], side: str) -> Party:
    """Who stood there: of a person whoever holds now what was theirs before any merge."""
    person, company = fact[f"{side}person_uid"], fact[f"{side}company_uid"]
    if not person:
        return company_called(db, company)
    origin = db.get(Person, fact[f"{side}origin_id"]) if fact[f"{side}origin_id"] else None
    return person_called(db, origin.uid if origin else person)


def _called(side: Party) -> str:
    return "person" if isinstance(side, Person) else "company"


def _gone(side: Party) -> bool:
    return not side.living if isinstance(side, Person) else side.binned_at is not None

