"""No port opens while the database does not know what was erased: real processes, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core import erasure_ledger as ledger
from core import schema
from core.database import Database
from skranke import parts
from skranke.cli import skranke
from tests.conftest import forget_caches
from tests.desks import Desk, until
from tests.postgresqls import postgresql


@pytest.fixture
def desk(fresh_database, tmp_path):
    made = Desk(tmp_path, SKRANKE_DATABASE_URL=fresh_database.engine.url.render_as_string(hide_password=False))
    yield made
    made.kill()


@pytest.fixture
def nora(fresh_database):
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example").uid


@pytest.fixture
def eraser(monkeypatch):
    """The program knows how to erase agents."""
    def erase(database, uid):
        with database.write() as db:
            db.execute(delete(Agent).where(Agent.uid == uid))
    monkeypatch.setitem(ledger.REPLAY, "agents", erase)


def refused(desk, *command):
    ended = desk.run(*command)
    assert not desk.answers("/healthz")
    assert not desk.door_open()
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.mark.parametrize("part", parts.PARTS)
def test_no_part_starts_while_somebody_erased_is_there(desk, nora, part):
    ledger.write("agents", nora, "erase")
    assert "skranke db replay" in refused(desk, part)


def test_a_desk_with_somebody_erased_stays_closed_until_they_are_erased_again(desk, nora, fresh_database, request):
    ledger.write("agents", nora, "erase")
    assert "agents" in refused(desk, "up"), "nobody knows how"
    request.getfixturevalue("eraser")
    said = CliRunner().invoke(skranke, ["db", "replay"], catch_exceptions=False)
    assert "1 entries" in said.output
    with fresh_database.read() as db:
        assert db.scalars(select(Agent)).all() == []
    ledger.write("agents", "0" * 24, "erase")
    desk.start().ready()
    assert desk.end() < 10
    with fresh_database.read() as db:
        assert ledger.behind(db) == [], "up replays by itself"


def test_a_ledger_that_is_gone_keeps_the_desk_closed(desk, fresh_database):
    with fresh_database.write() as db:
        ledger.record(db, "agents", ["0" * 24], "erase")
    ledger.path().unlink()
    for command in ("up", "gate"):
        assert "SKRANKE_ERASURE_LEDGER" in refused(desk, command)
    assert desk.run("db", "replay", "--ledger-lost").returncode == 0
    desk.start().ready()
    assert desk.end() < 10


def test_the_doctor_says_so(desk, nora, eraser):
    def doctor():
        return CliRunner().invoke(skranke, ["doctor"], catch_exceptions=False).output
    assert "erasure" not in doctor()
    ledger.write("agents", nora, "erase")
    assert "behind the erasure ledger by 1 entries" in doctor()
    assert "skranke db replay" in doctor()
    CliRunner().invoke(skranke, ["db", "replay"], catch_exceptions=False)
    assert "is carried out" in doctor()
    ledger.path().unlink()
    assert "missing or cut short" in doctor()


def test_who_makes_the_tables_begins_the_ledger(data_folder, tmp_path, monkeypatch):
    """Parts may stand before there are any: they begin nothing then."""
    monkeypatch.setenv("SKRANKE_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    forget_caches()
    said = CliRunner().invoke(skranke, ["db", "upgrade"], catch_exceptions=False)
    assert "up to date" in said.output
    begun, = ledger.entries()
    assert begun.operation == ledger.BEGIN
    CliRunner().invoke(skranke, ["db", "upgrade"], catch_exceptions=False)
    assert list(ledger.entries()) == [begun]


def test_a_database_that_is_away_is_waited_for(tmp_path):
    """Nothing is known of it, so no port opens; nobody has to start the part again either."""
    with postgresql() as server:
        made = Database(server.url)
        schema.upgrade(made)
        made.engine.dispose()
        server.stop()
        gate = Desk(tmp_path, SKRANKE_DATABASE_URL=server.url)
        try:
            gate.start("gate")
            until(lambda: "database.away" in gate.said(), what="it says so")
            assert not gate.door_open()
            server.start()
            until(gate.door_open, what="the door opens", said=gate.said)
        finally:
            gate.kill()
