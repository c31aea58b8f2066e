"""Bulk acts: planned, approved, run in chunks, paused, cancelled and taken back, whatever happens to the worker."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from contacts.agent import Agent
from contacts.custom_fields import save_field
from contacts.custom_values import custom_of
from contacts.editing import create_person, edit_person
from contacts.enrolling import add_agent
from contacts.infotag import Infotag
from contacts.infotags import infotags_on, put_on, save_infotag, take_off
from contacts.mass_update import MARKS, WHAT, plan_update
from contacts.person import Person
from core import bulk
from core.database import Database
from core.errors import Forbidden, Refused
from core.operations import Operation, OperationItem
from desk.operating import act_on, acts
from jobs import operations as job

FIELDS = ("title", "preferred_language", "block_mass_mail", "private_customer", "status")


@pytest.fixture
def nora(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")


def persons(database: Database, many: int) -> list[str]:
    with database.write() as db:
        return [create_person(db, {"first_name": "Ole", "last_name": f"Hansen {n}"}, by=None, exempt=True).uid for n in range(many)]


def asked(database: Database, nora: Agent, uids: list[str], changes: dict[str, Any]) -> int:
    """A mass update, planned by a worker."""
    with database.write() as db:
        operation_id = plan_update(db, "persons", uids, changes, by=nora).id
    job.run()
    return operation_id


def act(database: Database, operation_id: int, name: str, by: Agent) -> None:
    with database.write() as db:
        act_on(db, db.get_one(Operation, operation_id), name, by=by)


def acted(database: Database, operation_id: int, name: str, by: Agent) -> str:
    """Do it, and let a worker come by."""
    act(database, operation_id, name, by)
    job.run()
    with database.read() as db:
        return db.get_one(Operation, operation_id).state


def states(database: Database, operation_id: int) -> list[tuple[str, str | None]]:
    with database.read() as db:
        return [(item.state, item.reason) for item in db.scalars(select(OperationItem).where(
            OperationItem.operation_id == operation_id).order_by(OperationItem.id))]


def register(database: Database) -> dict[str, dict[str, Any]]:
    with database.read() as db:
        return {one.uid: {name: getattr(one, name) for name in (*WHAT["persons"].fields, *MARKS, "sort_name")} for one in db.scalars(select(Person))}


def test_planned_approved_and_run(fresh_database: Database, nora: Agent) -> None:
    """Nothing changes before the word; what says so already is skipped, and what is gone is an error of its own."""
    uids = persons(fresh_database, 3)
    with fresh_database.write() as db:
        edit_person(db, db.scalars(select(Person).where(Person.uid == uids[1])).one(), {"title": "Chief"}, by=None)
    before = register(fresh_database)
    operation_id = asked(fresh_database, nora, [*uids, "f" * 24], {"title": "Chief"})
    assert [state for state, _why in states(fresh_database, operation_id)] == ["planned", "skipped", "planned", "failed"]
    assert register(fresh_database) == before
    with fresh_database.read() as db:
        operation = db.get_one(Operation, operation_id)
        items = db.scalars(select(OperationItem).where(OperationItem.operation_id == operation_id).order_by(OperationItem.id)).all()
        assert (operation.state, operation.total, acts(db, operation)) == ("planned", 2, ["approve", "cancel"])
        assert (items[0].data["before"], items[0].data["after"]) == ({"title": None}, {"title": "Chief"})
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    assert {one["title"] for one in register(fresh_database).values()} == {"Chief"}
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert register(fresh_database) == before


def test_one_that_fails_holds_up_no_other(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    uids = persons(fresh_database, 5)
    operation_id = asked(fresh_database, nora, uids, {"title": "Chief"})
    edit, poisoned = WHAT["persons"].edit, uids[2]

    def poison(db: Any, person: Person, fields: Any, *, by: Any) -> None:
        if person.uid == poisoned:
            raise ValueError("boom")
        edit(db, person, fields, by=by)

    kind = bulk.BULKS["persons.update"]
    monkeypatch.setattr(bulk, "SLICE", 60.0)        # however long it takes to tell of the error
    monkeypatch.setattr(kind, "what", type(kind.what)(*(poison if name == "edit" else getattr(kind.what, name) for name in kind.what.__slots__)))
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done", "done", "failed", "done", "done"]
    assert "ValueError" in (states(fresh_database, operation_id)[2][1] or "")


def test_paused_resumed_and_the_worker_dies(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chunk is kept with how far it is; whoever comes next goes on there, and each record is changed once."""
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    uids = persons(fresh_database, 5)
    operation_id = asked(fresh_database, nora, uids, {"title": "Chief"})
    for _round in range(3):
        job.run()
    act(fresh_database, operation_id, "approve", nora)
    job.run()
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done", "done", "planned", "planned", "planned"]
    act(fresh_database, operation_id, "pause", nora)
    job.run()
    assert [state for state, _why in states(fresh_database, operation_id)].count("done") == 2
    act(fresh_database, operation_id, "resume", nora)
    with fresh_database.write() as db:      # taken by a worker that is dead, whose lease was let go of
        db.execute(update(Operation).values(state="running", lease="", lease_until=None))
    for _round in range(4):
        job.run()
    with fresh_database.read() as db:
        operation = db.get_one(Operation, operation_id)
        assert (operation.state, operation.done, operation.total) == ("done", 5, 5)
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done"] * 5


def test_cancelled_in_the_middle_and_taken_back(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    uids = persons(fresh_database, 5)
    operation_id = asked(fresh_database, nora, uids, {"title": "Chief"})
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    assert acted(fresh_database, operation_id, "approve", nora) == "approved"
    act(fresh_database, operation_id, "cancel", nora)
    monkeypatch.setattr(bulk, "SLICE", 4.0)
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert [state for state, _why in states(fresh_database, operation_id)] == ["undone", "undone", "planned", "planned", "planned"]
    assert {one["title"] for one in register(fresh_database).values()} == {None}


def test_who_may_undo_and_when(fresh_database: Database, nora: Agent) -> None:
    with fresh_database.write() as db:
        lars = add_agent(db, "lars@desk.example", "a sentence is easier", name="Lars Dahl")
    operation_id = asked(fresh_database, nora, persons(fresh_database, 1), {"title": "Chief"})
    acted(fresh_database, operation_id, "approve", nora)
    with pytest.raises(Forbidden):
        act(fresh_database, operation_id, "undo", lars)
    with fresh_database.write() as db:      # longer ago than the bin keeps what is deleted
        db.execute(update(Operation).values(ended_at=db.get_one(Operation, operation_id).ended_at.replace(year=2020)))  # type: ignore[union-attr]
    with pytest.raises(Refused):
        act(fresh_database, operation_id, "undo", nora)


VALUES = {"title": st.sampled_from(["Chief", "Clerk", None]), "preferred_language": st.sampled_from(["nb", "da", None]),
          "block_mass_mail": st.booleans(), "private_customer": st.booleans(), "status": st.sampled_from(["active", "left"])}
CHANGES = st.fixed_dictionaries({}, optional=VALUES).filter(bool)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standing=st.lists(CHANGES, min_size=1, max_size=4), changes=CHANGES, meddled=st.lists(CHANGES, max_size=2))
def test_undone_it_is_as_before_or_an_itemised_conflict(
    fresh_database: Database, nora: Agent, standing: list[dict[str, Any]], changes: dict[str, Any], meddled: list[dict[str, Any]],
) -> None:
    """undo(op(x)) == x, or an itemised conflict where somebody has changed the same since."""
    uids = persons(fresh_database, len(standing))
    edited(fresh_database, uids, standing)
    before = register(fresh_database)
    operation_id = asked(fresh_database, nora, uids, changes)
    with fresh_database.read() as db:
        if db.get_one(Operation, operation_id).total == 0:
            return
    acted(fresh_database, operation_id, "approve", nora)
    after = register(fresh_database)
    edited(fresh_database, uids, meddled)
    since = register(fresh_database)
    if acted(fresh_database, operation_id, "undo", nora) != "undone":
        return
    now = register(fresh_database)
    with fresh_database.read() as db:
        items = {item.subject_uid: item for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation_id))}
    for uid in uids:
        item = items[uid]
        touched = item.data.get("after", {})
        if any(since[uid][name] != after[uid][name] for name in touched):
            assert item.state == "conflict" and now[uid] == since[uid]
        else:
            assert all(now[uid][name] == before[uid][name] for name in touched)
        if since[uid] == after[uid]:
            assert now[uid] == before[uid]


def edited(database: Database, uids: list[str], changes: list[dict[str, Any]]) -> None:
    with database.write() as db:
        for uid, some in zip(uids, changes, strict=False):
            edit_person(db, db.scalars(select(Person).where(Person.uid == uid)).one(), some, by=None)


def test_fields_of_ones_own_and_infotags(fresh_database: Database, nora: Agent) -> None:
    """They are changed as other fields are; where somebody has changed one since, the record stays as it is and says so."""
    uids = persons(fresh_database, 4)
    with fresh_database.write() as db:
        for kind in ("number", "choices"):
            save_field(db, None, {"of": "person", "name": kind, "kind": kind, "choices": ["Red", "Blue"] if kind == "choices" else []}, by=nora)
        golf, chess = (save_infotag(db, None, {"name": name}, by=nora) for name in ("Golf", "Chess"))
        people = [db.scalars(select(Person).where(Person.uid == uid)).one() for uid in uids]
        edit_person(db, people[0], {}, custom={"number": 7, "choices": ["Red"]}, by=nora)
        edit_person(db, people[3], {}, custom={"number": 8, "choices": ["Blue"]}, by=nora)
        for person, tag in ((people[0], chess), (people[3], golf)):
            put_on(db, person, tag, by=nora)

    def held() -> list[tuple[Any, list[str]]]:
        with fresh_database.read() as db:
            rows = [db.scalars(select(Person).where(Person.uid == uid)).one() for uid in uids]
            return [(custom_of(db, one), [tagged.tag.name for tagged in infotags_on(db, one)]) for one in rows]
    before = held()
    operation_id = asked(fresh_database, nora, uids, {"custom.number": "8", "custom.choices": "blue", f"infotag.{golf.uid}": True, f"infotag.{chess.uid}": False})
    assert held() == before
    acted(fresh_database, operation_id, "approve", nora)
    assert held() == [({"number": 8, "choices": ["Blue"]}, ["Golf"])] * 4
    assert [state for state, _why in states(fresh_database, operation_id)] == ["done", "done", "done", "skipped"]
    with fresh_database.write() as db:
        one, two = (db.scalars(select(Person).where(Person.uid == uid)).one() for uid in uids[1:3])
        edit_person(db, one, {}, custom={"number": 9}, by=nora)
        take_off(db, two, db.scalars(select(Infotag).where(Infotag.name == "Golf")).one(), by=nora)
    acted(fresh_database, operation_id, "undo", nora)
    assert [state for state, _why in states(fresh_database, operation_id)] == ["undone", "conflict", "conflict", "skipped"]
    assert held()[0] == before[0] and held()[1] == ({"number": 9, "choices": ["Blue"]}, ["Golf"])
    with fresh_database.write() as db, pytest.raises(Refused):
        plan_update(db, "persons", uids, {"custom.number": "many"}, by=nora)


def test_a_worker_that_dies_before_the_word_leaves_nothing_to_run(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """That all is planned, and that it waits, is written at once: whoever comes next plans to the end and does not do it."""
    uids = persons(fresh_database, 2)
    with fresh_database.write() as db:
        operation_id = plan_update(db, "persons", uids, {"title": "Chief"}, by=nora).id
    kind = type(bulk.BULKS["persons.update"])

    def die(*_given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(kind, "forget", die)
        with pytest.raises(KeyboardInterrupt):
            job.run()
    with fresh_database.write() as db:      # its lease is let go of
        assert db.get_one(Operation, operation_id).phase == "plan"
        db.execute(update(Operation).values(lease="", lease_until=None))
    job.run()
    with fresh_database.read() as db:
        assert (db.get_one(Operation, operation_id).state, db.get_one(Operation, operation_id).phase) == ("planned", "run")
    assert {one["title"] for one in register(fresh_database).values()} == {None}


def test_an_outage_is_no_items_fault(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written because the database was away is done when it is back; nothing is done twice."""
    operation_id = asked(fresh_database, nora, persons(fresh_database, 3), {"title": "Chief"})
    away = [True]
    kind = type(bulk.BULKS["persons.update"])
    own = kind.prepare

    def prepared(self: Any, *given_: Any) -> Any:
        if away:
            away.pop()
            raise OperationalError("x", {}, psycopg.OperationalError("gone"), connection_invalidated=True)
        return own(self, *given_)

    monkeypatch.setattr(kind, "prepare", prepared)
    assert acted(fresh_database, operation_id, "approve", nora) == "approved"
    assert {state for state, _why in states(fresh_database, operation_id)} == {"planned"}
    job.run()
    assert {state for state, _why in states(fresh_database, operation_id)} == {"done"}
    with fresh_database.write() as db:      # a commit whose answer was lost: the same is tried again
        db.execute(update(Operation).values(state="running", lease="me", phase="run"))
        ids = list(db.scalars(select(OperationItem.id)))
    bulk._Work(bulk.BULKS["persons.update"], operation_id, "me")._through("run", ids)
    assert {state for state, _why in states(fresh_database, operation_id)} == {"done"}
