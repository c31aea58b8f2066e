"""The scan of the whole register: who is found, what is remembered, how it is stopped and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from contacts import duplicate_scan, pair_blocks
from contacts.address import Holding
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.company import Company
from contacts.creating import create_company
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicate_review import count_open, open_pairs, take_back, tell_apart
from contacts.duplicate_scan import scan
from contacts.editing import create_person, edit_person
from contacts.enrolling import add_agent
from contacts.merge import NotTheSame
from contacts.person import Person
from core.database import Database
from core.history import FactRow
from core.operations import Operation, turn
from jobs import duplicates as nightly
from jobs import operations as job


def named(db: Session, name: str, *addresses: str, company: Company | None = None, **fields: Any) -> Person:
    first, _space, last = name.rpartition(" ")
    made = create_person(db, {"first_name": first, "last_name": last, **fields}, by=None, exempt=True, share=True,
                         addresses=[{"kind": "email" if "@" in one else "phone", "value": one} for one in addresses],
                         employments=[{"company": company}] if company else ())
    made.preferred_language = None
    return made


def scanned(database: Database, most: int = 50) -> Operation:
    """Ask for a scan and let a worker do it to its end."""
    with database.write() as db:
        asked = scan(db)
    for _slice in range(most):
        job.run()
        with database.read() as db:
            if (found := db.get_one(Operation, asked.id)).state not in ("approved", "running"):
                return found
    raise AssertionError(f"not done after {most} slices")


def found(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        return [(pair.person.name, pair.other.name) for pair in open_pairs(db, limit=100).pairs]


def clues(database: Database) -> dict[str, int]:
    with database.read() as db:
        return {clue["clue"]: clue["points"] for pair in open_pairs(db).pairs for clue in pair.evidence}


@pytest.mark.parametrize(("one", "other", "same"), [
    (("Bjørn Ås", "91 00 12 34"), ("Bjoern Aas", "+47 91001234"), True),
    (("Kristian Christensen", "kristian@kunde.example"), ("Christian Kristensen", "kristian@kunde.example"), True),
    (("Ole Hansen", "o.le.hansen@kunde.example"), ("Ole Hansen", "olehansen@kunde.example"), True),
    (("Sigbjørn Utvær", "sigbjorn.sau@kunde.example"), ("Sigbjørn Utvær", "sigbjorn.sau@annen.example"), True),
    (("Hansen Ole", "91 00 12 34"), ("Ole Hansen", "91 00 12 34"), True),
    (("Sigbjørn Utvær",), ("Sigbjørn Utvær",), True),
    (("Kari Vik", "91 00 12 34"), ("Ole Hansen", "91 00 12 34"), False),
    (("Kari Hansen", "post@kunde.example"), ("Ole Hansen", "post@kunde.example"), False),
    (("Ole Hansen", "ole.hansen@kunde.example"), ("Ole Hansen", "ole.hansen@annen.example"), False),
])
def test_who_may_be_one(fresh_database: Database, one: Sequence[str], other: Sequence[str], same: bool) -> None:
    """Nordic letters, how names sound, spellings of addresses, phones, rare names; a name that others have too is not enough."""
    with fresh_database.write() as db:
        for number in range(4):
            named(db, f"Ole Hansen{'' if number else ' Moe'}", f"ole{number}@fylling.example")
        named(db, *one)
        named(db, *other)
    assert scanned(fresh_database).state == "done"
    assert ((one[0], other[0]) in found(fresh_database)) is same


def test_a_name_within_one_company(fresh_database: Database) -> None:
    """C17, C18: the same name at one company, without any address, and not at two; a short form and an initial too."""
    with fresh_database.write() as db:
        kunde, annen = create_company(db, "Kunde AS"), create_company(db, "Annen AS")
        for company in (kunde, kunde, annen):
            named(db, "Ole Hansen", company=company)
        for number in range(20):
            named(db, "Ole Hansen", f"ole{number}@fylling.example")
    assert scanned(fresh_database).state == "done"
    assert found(fresh_database) == [("Ole Hansen", "Ole Hansen")]
    with fresh_database.read() as db:
        (pair,) = open_pairs(db).pairs
        assert {job.company.name for person in (pair.person, pair.other) for job in person.employments} == {"Kunde AS"}
        assert [clue["words"] for clue in pair.evidence][-1] == "Same company, Kunde AS" or "company" in clues(fresh_database)


def test_another_customer_number_speaks_against(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        named(db, "Ole Hansen", "91 00 12 34", customer_number="1")
        named(db, "Ole Hansen", "91 00 12 34", customer_number="2")
    scanned(fresh_database)
    assert clues(fresh_database)["number"] < 0 < clues(fresh_database)["phone"]


def test_what_is_not_the_same_is_remembered(fresh_database: Database) -> None:
    """By the next scan too; and taken back it is there again."""
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")
        named(db, "Bjørn Ås", "91 00 12 34")
        named(db, "Bjørn Ås", "91 00 12 34")
    scanned(fresh_database)
    with fresh_database.write() as db:
        (pair,) = open_pairs(db).pairs
        tell_apart(db, pair, by=db.get_one(Agent, nora.id))
        tell_apart(db, pair, by=db.get_one(Agent, nora.id))
        assert count_open(db) == 0 and len(db.scalars(select(NotTheSame)).all()) == 1
        db.delete(pair)
    scanned(fresh_database)
    assert found(fresh_database) == []
    with fresh_database.write() as db:
        db.add(pair := DuplicatePair(person_id=1, other_id=2, points=60, evidence=[], state="two"))
        db.flush()
        take_back(db, pair, by=db.get_one(Agent, nora.id))
        assert [row.data["taken_back"] for row in db.scalars(select(FactRow).where(
            FactRow.kind == "person.told_apart").order_by(FactRow.id))] == [False, True]
    scanned(fresh_database)
    assert len(found(fresh_database)) == 1


def test_what_is_alike_no_more_goes(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        jonas = add_agent(db, "jonas@desk.example", "a sentence is easier", name="Jonas Berg", role="admin")
        named(db, "Bjørn Ås", "91 00 12 34")
        other = named(db, "Bjørn Ås", "91 00 12 34")
        named(db, "Kari Vik", "95 00 12 34")
        third = named(db, "Kari Vik", "95 00 12 34")
    scanned(fresh_database)
    assert len(found(fresh_database)) == 2
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, other.id), {"first_name": "Turid", "last_name": "Moe"}, by=None)
        bin_person(db, db.get_one(Person, third.id), by=db.get_one(Agent, jonas.id))
    assert found(fresh_database) == [("Bjørn Ås", "Turid Moe")]
    scanned(fresh_database)
    with fresh_database.read() as db:
        assert db.scalars(select(DuplicatePair)).all() == []


def test_a_pair_by_the_rule_stays(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        one, other = named(db, "Ole Hansen"), named(db, "Kari Vik")
        db.add(DuplicatePair(person_id=one.id, other_id=other.id, points=45, evidence=[], origin="rule"))
    scanned(fresh_database)
    assert found(fresh_database) == [("Ole Hansen", "Kari Vik")]


def test_in_slices_stopped_and_resumed(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on where it was: after a slice, after a pause, after its worker died."""
    monkeypatch.setattr(duplicate_scan, "SLICE", -1.0)
    monkeypatch.setattr(pair_blocks, "ROWS", 6)
    monkeypatch.setattr(pair_blocks, "ADDRESSES", 2)
    monkeypatch.setattr(pair_blocks, "COMPANIES", 1)
    with fresh_database.write() as db:
        for number, name in enumerate(("Bjørn Ås", "Turid Moe", "Sigbjørn Utvær", "Ragnhild Kvam")):
            company = create_company(db, f"Kunde {number} AS")
            for _twice in range(2):
                named(db, name, f"9{number}001234", company=company)
        asked = scan(db)
        assert scan(db) is asked
    for _slice in range(3):
        job.run()
    with fresh_database.write() as db:
        operation = db.get_one(Operation, asked.id)
        at = (operation.state, dict(operation.result))
        assert at[0] == "approved" and at[1]["stage"] != ""
        turn(db, operation, "paused")
    job.run()
    with fresh_database.write() as db:
        operation = db.get_one(Operation, asked.id)
        assert (operation.state, dict(operation.result)) == ("paused", at[1])
    nightly.scan()
    with fresh_database.write() as db:
        assert len(db.scalars(select(Operation)).all()) == 1
        turn(db, db.get_one(Operation, asked.id), "approved")
    done = scanned(fresh_database, most=200)
    assert done.id == asked.id and done.state == "done" and done.result["found"] == 4
    assert len(found(fresh_database)) == 4


def test_a_pause_in_the_midst_of_a_slice_holds(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is at work hears of it with the next stretch, and nothing of that stretch is kept."""
    with fresh_database.write() as db:
        named(db, "Bjørn Ås", "91 00 12 34")
        named(db, "Bjørn Ås", "91 00 12 34")
        asked = scan(db)
    weighed = duplicate_scan.weighed

    def meanwhile(db: Session, pairs: Any) -> Any:
        with fresh_database.write() as writing:
            turn(writing, writing.get_one(Operation, asked.id), "paused") if writing.get_one(Operation, asked.id).state == "running" else None
        return weighed(db, pairs)

    monkeypatch.setattr(duplicate_scan, "weighed", meanwhile)
    job.run()
    with fresh_database.read() as db:
        assert db.get_one(Operation, asked.id).state == "paused"
        assert db.scalars(select(DuplicatePair)).all() == []


def test_twice_is_once(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        named(db, "Bjørn Ås", "91 00 12 34", "bjorn@kunde.example")
        named(db, "Bjørn Ås", "91 00 12 34", "bjorn@kunde.example")
    for _twice in range(2):
        scanned(fresh_database)
    assert len(found(fresh_database)) == 1


def test_an_address_that_many_hold_proves_little(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        persons = [named(db, f"Ole {word} Hansen") for word in ("", "Moe", "Vik", "Dahl")]
        for person in persons:
            add_address(db, person, "phone", "55 50 12 77", by=None, share=True)
        assert len(db.scalars(select(Holding)).all()) == 4
    scanned(fresh_database)
    assert ("Ole Hansen", "Ole Moe Hansen") not in found(fresh_database)


def test_the_stretches_go_through_their_indexes(shared_database: Database) -> None:
    """On both databases: what is read grows with the stretch, not with the register."""
    asked: list[tuple[str, Any]] = []
    with shared_database.reader() as db:
        connection = db.connection()
        event.listen(connection, "before_cursor_execute", lambda _c, _k, statement, given, *_: asked.append((statement, given)))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            asked.clear()
        for read, _share in pair_blocks.STAGES.values():
            read(db, None)
        statements, explain = list(asked), "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        for statement, given in statements:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given))
            for table in ("persons", "holdings", "employments", "addresses"):
                assert f"Seq Scan on {table}" not in plan and f"'SCAN {table}'" not in plan, plan
