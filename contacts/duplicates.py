"""Who is a duplicate by the company's own rule: one or two fields that must not be the same, alone or together (W80-W86).

Names are compared folded, addresses as they are matched. An empty field is the same as nobody's, so that a person without an
e-mail address is no duplicate of another without one (C18).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contacts.custom_fields import custom_fields
from contacts.doors import treatment
from contacts.duplicate_pair import DuplicatePair
from contacts.identifying import evidence
from contacts.merge import NotTheSame
from contacts.person import Person
from contacts.same_fields import having, order, values
from core.batch import defer
from core.database import take_turns
from core.errors import Conflict
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option

#: What a field is called in a sentence.
CALLED = {"name": N_("name"), "email": N_("e-mail address"), "phone": N_("telephone number"), "customer_number": N_("customer number"),
          "company": N_("company"), "title": N_("title"), "last_name": N_("last name"), "first_name": N_("first name")}
SAME = {"name": N_("Same name, by your rule"), "email": N_("Same e-mail address, by your rule"),
        "phone": N_("Same telephone number, by your rule"), "customer_number": N_("Same customer number, by your rule"),
        "company": N_("Same company, by your rule"), "title": N_("Same title, by your rule"),
        "last_name": N_("Same last name, by your rule"), "first_name": N_("Same first name, by your rule")}
#: Field of a rule → field of a person's form that is marked. An address that is added by itself is the ``value``.
MARKED = {"name": "last_name", "email": "addresses", "phone": "addresses", "customer_number": "customer_number",
          "company": "employments", "title": "title", "last_name": "last_name", "first_name": "first_name"}
#: Points of what the company's own rule says, for each field.
POINTS = 45


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody who is the same by these fields of the rule."""

    person: Person
    fields: tuple[str, ...]


def rule(db: Session) -> list[list[str]]:
    """The rule in force; first and last name together are the name."""
    return [["name"] if set(fields) == {"first_name", "last_name"} else fields for fields in option(db, "contacts.duplicate_rule")]


def await_turn(db: Session, how: str = "form") -> None:
    """Of two who save the same at once the second is told: whoever else saves a person waits until this transaction ends."""
    if option(db, "contacts.duplicate_rule") and treatment(db, how) != "queue":
        take_turns(db, "duplicates")


def check(db: Session, person: Person, touched: Collection[str], *, how: str = "form") -> None:
    """Look whether a person who has just been saved is a duplicate by a rule that speaks of one of the fields ``touched``.

    By the treatment of the door: raises Conflict with the fields named (W81, W82) and ``person_id`` of the other, and
    ``nevertheless`` where it may be saved all the same; or lets the pair be looked at later.
    """
    found = matches(db, person, touched)
    if not found:
        return
    act = treatment(db, how)
    if act == "queue":
        keep(db, person, found)
    else:
        raise _refusal(db, found, touched, nevertheless=act == "warn")


def check_later(db: Session, person: Person) -> None:
    """The same for somebody whom a mail made: nobody who writes is kept out, the pair is looked at later."""
    if option(db, "contacts.duplicate_rule"):
        defer(db, _keep_all, person)


def matches(db: Session, person: Person, touched: Collection[str] | None = None) -> list[Match]:
    """The living who are the same by the rule; those whom an agent has found to be others are left out."""
    found: dict[int, tuple[str, ...]] = {}
    for fields in rule(db):
        if touched is None or set(fields) & set(touched):
            for one in _same(db, person, fields):
                found.setdefault(one, tuple(fields))
    for one in told_apart(db, [person.id], found).get(person.id, ()):
        found.pop(one, None)
    persons = db.scalars(select(Person).where(Person.id.in_(list(found))).order_by(Person.id)) if found else ()
    return [Match(one, found[one.id]) for one in persons]


def told_apart(db: Session, ids: Collection[int], others: Collection[int]) -> dict[int, set[int]]:
    """Which of these persons an agent has looked at and found to be two, from either side. What was said of somebody who is part of another by
    now is said of who goes on, until they are apart again."""
    found: dict[int, set[int]] = {}
    if ids and others:
        mine, theirs = _with_parts(db, ids), _with_parts(db, others)
        rows = db.execute(select(NotTheSame.person_id, NotTheSame.other_id).where(or_(
            NotTheSame.person_id.in_(mine) & NotTheSame.other_id.in_(theirs),
            NotTheSame.other_id.in_(mine) & NotTheSame.person_id.in_(theirs))))
        both = mine | theirs
        for one, other in ((both[row.person_id], both[row.other_id]) for row in rows):
            if one != other:
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return found


def _with_parts(db: Session, ids: Collection[int]) -> dict[int, int]:
    """These persons and all who are part of one → who goes on for them."""
    found = level = {one: one for one in ids}
    while level:
        parts = db.execute(select(Person.id, Person.merged_into_id).where(Person.merged_into_id.in_(level)))
        level = {part: found[into] for part, into in parts if into is not None}
        found = found | level
    return found


def notice(db: Session, person: Person, touched: Collection[str] | None = None) -> None:
    """Look at somebody who came back, or whose addresses did: nothing is refused and nothing lost, but the pairs wait to be looked at."""
    if option(db, "contacts.duplicate_rule"):
        db.flush()
        keep(db, person, matches(db, person, touched))


def warned_of(db: Session, person: Person) -> list[Match]:
    """Whom somebody should be told of who has just done such an act: nobody where the door lets duplicates in without a word."""
    return matches(db, person) if option(db, "contacts.duplicate_rule") and treatment(db) != "queue" else []


def keep(db: Session, person: Person, found: Sequence[Match]) -> None:
    """Let these pairs be looked at by somebody."""
    for match in found:
        low, high = sorted((person.id, match.person.id))
        row = db.scalar(select(DuplicatePair).where(DuplicatePair.person_id == low, DuplicatePair.other_id == high))
        if row is None:
            row = DuplicatePair(person_id=low, other_id=high)
            db.add(row)
        row.origin, row.state, row.points = "rule", "open", POINTS * len(match.fields)
        row.evidence = [_evidence(db, name) for name in match.fields]
    db.flush()


def _keep_all(db: Session, persons: list[Person]) -> None:
    for person in persons:
        keep(db, person, matches(db, person))


def _same(db: Session, person: Person, fields: Sequence[str]) -> set[int]:
    """Those who have all of these fields in common with the person: found by the one that tells most, the other compared."""
    mine = {name: values(db, name, [person.id]).get(person.id, frozenset()) for name in fields}
    if not all(mine.values()):
        return set()
    first, *others = sorted(fields, key=order)
    found = having(db, first, mine[first]) - {person.id}
    for name in others:
        theirs: Mapping[int, frozenset[Any]] = values(db, name, found) if found else {}
        found = {one for one in found if theirs.get(one, frozenset()) & mine[name]}
    return found


def _evidence(db: Session, field: str) -> dict[str, Any]:
    if field in SAME:
        return evidence("rule", POINTS, SAME[field])
    return evidence("rule", POINTS, N_("Same %(field)s, by your rule"), field=called(db, field))


def _refusal(db: Session, found: Sequence[Match], touched: Collection[str], *, nevertheless: bool) -> Conflict:
    """The refusal names the fields, as the form calls them, and the other."""
    match = found[0]
    said = _("%(name)s has the same %(fields)s already.", name=match.person.name, fields=fields_said(db, match.fields))
    alone = set(touched) <= {"email", "phone"}
    errors = {"value" if alone and MARKED.get(name) == "addresses" else MARKED.get(name, name): said for name in match.fields}
    return Conflict(said, errors, person_id=match.person.uid, nevertheless=nevertheless, duplicates=[
        {"person_id": one.person.uid, "name": one.person.name, "fields": list(one.fields)} for one in found[:5]])


def fields_said(db: Session, fields: Sequence[str]) -> str:
    """One or two fields in words: ``name and e-mail address``."""
    said = [called(db, name) for name in fields]
    return said[0] if len(said) == 1 else _("%(first)s and %(other)s", first=said[0], other=said[1])


def called(db: Session, field: str) -> str:
    """What a field of the rule is called."""
    own = {one.slot: one.label for one in custom_fields(db, "person", retired=True)} if field not in CALLED else {}
    return _(CALLED[field]) if field in CALLED else own.get(field, field)
