"""A worker makes a report: it counts what is new first, and tells whoever asked only what they may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contacts.agent import Agent
from core.clock import now
from core.operations import Operation
from desk.mailboxes import add_mailbox
from desk.reports.folding import add
from desk.reports.keeping import ask
from desk.reports.periods import Period
from jobs import operations
from tests.jobs.test_forgetting import Desk

TODAY = now().date()
PERIOD = Period(TODAY - timedelta(days=7), TODAY + timedelta(days=1))


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def make(desk, by):
    with desk.database.write() as db:
        uid = ask(db, PERIOD, "none", [], by=by).uid
    operations.run()
    with desk.database.read() as db:
        operation = db.query(Operation).filter_by(uid=uid).one()
        assert operation.file
        return operation


def test_what_is_new_is_counted_first(desk):
    desk.arrive()
    desk.arrive(subject="Another")
    made = make(desk, desk.nora)
    assert (made.state, made.result["totals"]["now"]["in"]) == ("done", 2)
    assert made.done == made.total > 0
    assert made.file.startswith(b"%PDF")
    assert made.result["folded_at"]


def test_an_agent_gets_what_they_see(desk):
    with desk.database.write() as db:
        hidden = add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
        ole = Agent(email="ole@desk.example", name="Ole Vang")
        db.add(ole)
        db.flush()
        add(db, {("total", "in", TODAY.isoformat(), hidden.id, "", 0): 5, ("agent", "in", TODAY.isoformat(), hidden.id, desk.nora.uid, 0): 5})
    desk.arrive()
    assert make(desk, desk.nora).result["totals"]["now"]["in"] == 6
    seen = make(desk, ole).result
    assert seen["totals"]["now"]["in"] == 1
    assert desk.nora.uid not in repr(seen)


def test_whoever_has_left_gets_none(desk):
    with desk.database.write() as db:
        uid = ask(db, PERIOD, "none", [], by=desk.nora).uid
        db.merge(desk.nora).active = False
    operations.run()
    with desk.database.read() as db:
        operation = db.query(Operation).filter_by(uid=uid).one()
        assert (operation.state, operation.file) == ("failed", None)
