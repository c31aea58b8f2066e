"""Relations between persons and companies: who may be tied to whom, and what becomes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_company, bin_person, restore_person
from contacts.company import Company
from contacts.covering import cover_of, helpers
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from contacts.relating import change_relation, end_relation, put_back, relate, relation_called, unrelate
from contacts.relation import Relation, RelationKind
from contacts.relation_kinds import DEFAULTS, archive_kind, kinds, move_kind, save_kind
from contacts.ties import count_ties, ties
from core.clock import now
from core.errors import Conflict, Refused, Unknown
from core.history import Change, FactRow, FactSubject
from core.i18n import speaking

TODAY = now().date()


@pytest.fixture
def jonas(db: Session) -> Agent:
    agent = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
    db.add(agent)
    db.flush()
    return agent


def person(db: Session, first: str, last: str = "Vang", address: str = "") -> Person:
    return create_person(db, {"first_name": first, "last_name": last}, by=None, exempt=True,
                         addresses=[{"kind": "email", "value": address}] if address else [])


@pytest.fixture
def mads(db: Session) -> Person:
    return person(db, "Mads", "Kjær", "mads@frokost.example")


@pytest.fixture
def lone(db: Session) -> Person:
    return person(db, "Lone", "Friis", "lone@frokost.example")


@pytest.fixture
def frokost(db: Session) -> Company:
    return create_company(db, "Frokost ApS")


def kind(db: Session, name: str) -> RelationKind:
    return db.scalars(select(RelationKind).where(RelationKind.name == name)).one()


def said(db: Session, whose: Person | Company, **asked: bool) -> list[tuple[str, str]]:
    return [(tie.words, tie.other.name) for tie in ties(db, whose, **asked)]


def test_a_fresh_desk_has_kinds_in_the_readers_language(db: Session) -> None:
    assert [(k.between, k.name, k.reverse, k.meaning) for k in kinds(db)] == list(DEFAULTS)


def test_two_persons(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    """S47: seen from both, each in its own words."""
    relate(db, kind(db, "deputy of"), lone, mads, by=jonas)
    assert said(db, lone) == [("deputy of", "Mads Kjær")]
    assert said(db, mads) == [("has as deputy", "Lone Friis")]


def test_a_person_and_a_company_and_two_companies(db: Session, mads: Person, frokost: Company, jonas: Agent) -> None:
    """S45, S46: whichever is named first."""
    mother = create_company(db, "Frokost Holding A/S")
    relate(db, kind(db, "owner of"), frokost, mads, by=jonas)
    relate(db, kind(db, "parent company of"), mother, frokost, by=jonas)
    assert said(db, mads) == [("owner of", "Frokost ApS")]
    assert said(db, frokost) == [("subsidiary of", "Frokost Holding A/S"), ("owned by", "Mads Kjær")]


def test_any_number_and_the_same_human_twice(db: Session, mads: Person, frokost: Company, jonas: Agent) -> None:
    """S44, S48, S53: one human has several roles, and several records."""
    again = person(db, "Mads", "Kjaer")
    relate(db, kind(db, "also recorded as"), mads, again, by=jonas)
    for name in ("owner of", "former employee of"):
        relate(db, kind(db, name), mads, frokost, by=jonas)
    assert said(db, mads) == [("former employee of", "Frokost ApS"), ("owner of", "Frokost ApS"), ("also recorded as", "Mads Kjaer")]
    assert said(db, again) == [("also recorded as", "Mads Kjær")]
    assert count_ties(db, mads) == 3


@pytest.mark.parametrize("name", ["owner of", "parent company of"])
def test_sides_fit_the_kind(db: Session, mads: Person, lone: Person, jonas: Agent, name: str) -> None:
    with pytest.raises(Refused):
        relate(db, kind(db, name), mads, lone, by=jonas)


def test_nobody_is_related_to_themselves_or_twice(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    with pytest.raises(Refused, match="themselves"):
        relate(db, kind(db, "deputy of"), mads, mads, by=jonas)
    relate(db, kind(db, "deputy of"), lone, mads, since=date(2026, 1, 1), until=date(2026, 1, 31), by=jonas)
    with pytest.raises(Refused, match="already"):
        relate(db, kind(db, "deputy of"), lone, mads, since=date(2026, 1, 31), by=jonas)
    relate(db, kind(db, "deputy of"), lone, mads, since=date(2026, 2, 1), by=jonas)
    relate(db, kind(db, "deputy of"), mads, lone, by=jonas)
    relate(db, kind(db, "also recorded as"), mads, lone, by=jonas)
    with pytest.raises(Refused, match="already"):
        relate(db, kind(db, "also recorded as"), lone, mads, by=jonas)


def test_what_cannot_be(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    deputy = kind(db, "deputy of")
    with pytest.raises(Refused) as refused:
        relate(db, deputy, lone, mads, since=date(2026, 2, 2), until=date(2026, 2, 1), details="x" * 2001, by=jonas)
    assert set(refused.value.errors) == {"until", "details"}
    archive_kind(db, deputy, by=jonas)
    with pytest.raises(Refused, match="no longer offered"):
        relate(db, deputy, lone, mads, by=jonas)


def test_who_is_in_the_bin_is_not_listed_nor_tied(db: Session, mads: Person, lone: Person, frokost: Company, jonas: Agent) -> None:
    relation = relate(db, kind(db, "deputy of"), lone, mads, by=jonas)
    relate(db, kind(db, "owner of"), mads, frokost, by=jonas)
    bin_person(db, lone, by=jonas)
    bin_company(db, frokost, by=jonas)
    assert said(db, mads) == [] and count_ties(db, mads) == 0
    with pytest.raises(Unknown):
        relation_called(db, relation.uid)
    with pytest.raises(Refused, match="deleted"):
        relate(db, kind(db, "manager of"), lone, mads, by=jonas)
    restore_person(db, lone, by=jonas)
    assert said(db, mads) == [("has as deputy", "Lone Friis")]


def test_a_merged_persons_relation_to_themselves_waits_for_an_unmerge(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    relation = relate(db, kind(db, "also recorded as"), mads, lone, by=jonas)
    relation.other_person_id = mads.id
    db.flush()
    db.expire(relation)
    assert said(db, mads) == []
    relation.other_person_id = relation.other_origin_person_id
    db.flush()
    db.expire(relation)
    assert said(db, mads) == [("also recorded as", "Lone Friis")]


def test_what_holds_and_what_is_past(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    relate(db, kind(db, "assistant of"), lone, mads, until=TODAY - timedelta(days=1), by=jonas)
    ends = relate(db, kind(db, "deputy of"), lone, mads, by=jonas)
    end_relation(db, ends, by=jonas)
    assert said(db, mads) == [("has as deputy", "Lone Friis")]
    assert said(db, mads, past=True) == [("has as assistant", "Lone Friis")]
    with pytest.raises(Refused, match="ended already"):
        end_relation(db, ends, by=jonas)


def test_changed_and_turned_round(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    relation = relate(db, kind(db, "deputy of"), lone, mads, by=jonas)
    version = relation.version
    change_relation(db, relation, {"kind": kind(db, "manager of"), "turned": True, "details": "Since the summer"}, by=jonas, version=version)
    assert said(db, mads) == [("manager of", "Lone Friis")]
    assert (relation.person_id, relation.origin_person_id, relation.other_origin_person_id) == (mads.id, mads.id, lone.id)
    with pytest.raises(Conflict):
        change_relation(db, relation, {"details": "Another"}, by=jonas, version=version)


def test_both_histories_tell(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    relation = relate(db, kind(db, "deputy of"), lone, mads, details="In June", by=jonas)
    unrelate(db, relation, by=jonas)
    db.flush()
    for side in (mads, lone):
        told = db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
            FactSubject.subject_uid == side.uid, FactRow.kind == "relation.changed").order_by(FactRow.id)).all()
        assert [fact.data["change"] for fact in told] == ["added", "removed"]
        assert "June" not in str([fact.data for fact in told])
    assert [(c.field, c.before, c.after) for c in db.scalars(select(Change).where(Change.fact_id == told[-1].id))] == [("details", "In June", None)]


def test_taken_away_and_put_back_as_it_was(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    relation = relate(db, kind(db, "deputy of"), lone, mads, details="In June", since=date(2026, 6, 1), until=date(2026, 6, 30), by=jonas)
    uid = relation.uid
    unrelate(db, relation, by=jonas)
    assert db.scalars(select(Relation)).all() == []
    for _again in range(2):
        back = put_back(db, uid, by=jonas)
    assert (back.uid, back.details, back.since, back.until, back.person_id, back.other_person_id, back.origin_person_id) == (
        uid, "In June", date(2026, 6, 1), date(2026, 6, 30), lone.id, mads.id, lone.id)
    with pytest.raises(Unknown):
        put_back(db, "0" * 24, by=jonas)


def test_put_back_where_it_belongs_by_then(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    """Taken away while one side was merged, put back when they are two again."""
    again = person(db, "Mads", "Kjaer")
    relation = relate(db, kind(db, "deputy of"), lone, again, by=jonas)
    again.merged_into_id, relation.other_person_id = mads.id, mads.id
    db.flush()
    db.expire(relation)
    assert said(db, mads) == [("has as deputy", "Lone Friis")]
    uid = relation.uid
    unrelate(db, relation, by=jonas)
    back = put_back(db, uid, by=jonas)
    assert (back.other_person_id, back.other_origin_person_id) == (mads.id, again.id)
    unrelate(db, back, by=jonas)
    again.merged_into_id = None
    db.flush()
    back = put_back(db, uid, by=jonas)
    assert (back.other_person_id, back.other_origin_person_id) == (again.id, again.id)


def test_assistants_and_deputies_of_those_on_leave(db: Session, mads: Person, lone: Person, jonas: Agent) -> None:
    """The assistant always, the deputy while the leave has an end; nobody for an address that two hold."""
    soren = person(db, "Søren", "Bøgh", "soren@frokost.example")
    relate(db, kind(db, "deputy of"), lone, mads, by=jonas)
    assert helpers(db, {"mads@frokost.example"}) == []
    leave = relate(db, kind(db, "replaces during leave"), soren, mads, since=TODAY, until=TODAY + timedelta(days=3), by=jonas)
    relate(db, kind(db, "assistant of"), lone, mads, by=jonas)
    assert [(h.name, h.of, h.address, h.meaning, h.until) for h in helpers(db, {"mads@frokost.example"})] == [
        ("Søren Bøgh", "Mads Kjær", "soren@frokost.example", "deputy", TODAY + timedelta(days=3)),
        ("Lone Friis", "Mads Kjær", "lone@frokost.example", "assistant", None)]
    assert [one.person_id for one in cover_of(db, mads)] == [lone.id, soren.id, lone.id]
    change_relation(db, leave, {"since": TODAY + timedelta(days=1)}, by=jonas)
    assert [h.name for h in helpers(db, {"mads@frokost.example"})] == ["Lone Friis"]
    create_person(db, {"first_name": "Another"}, by=None, exempt=True, share=True, addresses=[{"kind": "email", "value": "mads@frokost.example"}])
    assert helpers(db, {"mads@frokost.example"}) == []


def test_kinds_are_added_renamed_ordered_archived(db: Session, jonas: Agent) -> None:
    made = save_kind(db, None, {"between": "person-person", "name": "neighbour of", "reverse": ""}, by=jonas)
    assert (made.reverse, kinds(db)[-1]) == ("neighbour of", made)
    move_kind(db, made, up=True, by=jonas)
    assert kinds(db)[-2] is made
    save_kind(db, made, {"reverse": "lives beside"}, by=jonas, version=made.version)
    archive_kind(db, made, by=jonas)
    assert made not in kinds(db) and kinds(db, archived=True)[-1] is made
    archive_kind(db, made, by=jonas, back=True)
    assert kinds(db)[-2] is made


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": " "}, "name"), ({"name": "deputy of"}, "name"), ({"name": "x" * 81}, "name"), ({"between": "person-dog"}, "between"),
    ({"between": "company-company", "meaning": "deputy"}, "meaning"), ({"meaning": "lord"}, "meaning")])
def test_kinds_that_cannot_be(db: Session, jonas: Agent, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        save_kind(db, None, {"between": "person-person", "name": "aunt of", "reverse": "niece of"} | changed, by=jonas)
    assert list(refused.value.errors) == [field]


def test_a_name_that_comes_back_as_it_was_shown_stays(db: Session, jonas: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy = kind(db, "deputy of")
    monkeypatch.setattr("contacts.relation_kinds._", lambda text: {"deputy of": "vikar for"}.get(text, text))
    with speaking("nb"):
        save_kind(db, deputy, {"name": "vikar for", "reverse": "har som vikar"}, by=jonas)
    assert (deputy.name, deputy.reverse) == ("deputy of", "har som vikar")
