"""Who comes back (restored, taken apart, given an address) is held against the rule about duplicates; what was said of pairs stays said."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.binning import bin_person, restore_person
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicates import matches, told_apart, warned_of
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.handing_on import hand_on
from contacts.merge import NotTheSame
from contacts.merging import merge, unmerge
from contacts.person import Person
from core.options import set_option


def made(db: Session, name: str = "Vang", email: str = "") -> Person:
    return create_person(db, {"first_name": "Ole", "last_name": name}, by=None, exempt=True,
                         addresses=[{"kind": "email", "value": email}] if email else [])


def jonas(db: Session) -> Agent:
    return add_agent(db, "jonas@desk.example", name="Jonas Berg", role="admin")


def pairs(db: Session) -> list[tuple[int, int, str]]:
    return [(one.person_id, one.other_id, one.state) for one in db.scalars(select(DuplicatePair))]


def test_restored_apart_or_given_an_address(db: Session) -> None:
    """W80: no act is lost, and the pair waits; a door that says nothing of duplicates warns of nobody."""
    by, old = jonas(db), made(db)
    bin_person(db, old, by=by)
    new = made(db)
    set_option(db, "contacts.duplicate_rule", [["name"]])
    restore_person(db, old, by=by)
    assert old.binned_at is None and pairs(db) == [(old.id, new.id, "open")]
    assert [match.person.id for match in warned_of(db, old)] == [new.id]
    set_option(db, "contacts.duplicates_form", "queue")
    assert warned_of(db, old) == []
    merge(db, old, new, {}, by=by)
    db.delete(db.scalars(select(DuplicatePair)).one())
    unmerge(db, old, by=by)
    assert pairs(db) == [(old.id, new.id, "open")]


def test_an_address_that_moves(db: Session) -> None:
    """W83: a rule of two fields that only the address makes true."""
    by, one, other = jonas(db), made(db, email="ole@kunde.example"), made(db)
    kari = create_person(db, {"first_name": "Kari", "last_name": "Lund"}, by=None, exempt=True, share=True,
                         addresses=[{"kind": "email", "value": "ole@kunde.example"}])
    set_option(db, "contacts.duplicate_rule", [["name", "email"]])
    hand_on(db, holdings_of(db, kari)[0], other, by=by)
    assert [holding.address.value for holding in holdings_of(db, other)] == ["ole@kunde.example"] and pairs(db) == [(one.id, other.id, "open")]


def test_what_was_said_of_a_pair_holds_for_who_goes_on(db: Session) -> None:
    """W80: “not the same” carries over to the survivor and comes back when they part, however long the chain."""
    by, one, into, last, other = jonas(db), made(db), made(db), made(db), made(db)
    db.add(NotTheSame(person_id=one.id, other_id=other.id))
    db.flush()
    set_option(db, "contacts.duplicate_rule", [["name"]])
    merge(db, one, into, {}, by=by)
    assert told_apart(db, [into.id], [other.id]) == {into.id: {other.id}, other.id: {into.id}}
    assert other.id not in [match.person.id for match in matches(db, into)]
    merge(db, into, last, {}, by=by)
    assert told_apart(db, [other.id], [last.id])
    unmerge(db, one, by=by)
    assert not told_apart(db, [last.id], [other.id]) and told_apart(db, [one.id], [other.id])
