"""The erasure ledger and the database that remembers what of it was carried out."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core import erasure_ledger as ledger
from core.database import Database
from core.errors import Refused
from core.options import OptionRow

GONE = "0" * 24


class OutOfOrder(Exception):
    """A transaction that comes to nothing."""


@pytest.fixture
def agents(fresh_database):
    """Two rows to erase."""
    with fresh_database.write() as db:
        return [add_agent(db, f"{name}@desk.example").uid for name in ("nora", "ola")]


@pytest.fixture
def eraser(monkeypatch):
    """Erases agents, and tells whom."""
    erased = []

    def erase(database: Database, uid: str) -> None:
        erased.append(uid)
        with database.write() as db:
            db.query(Agent).filter_by(uid=uid).delete()
    monkeypatch.setitem(ledger.REPLAY, "agents", erase)
    return erased


def behind(database):
    with database.read() as db:
        return [entry.n for entry in ledger.behind(db)]


def record(database, *uids, operation="erase"):
    with database.write() as db:
        ledger.record(db, "agents", uids, operation)


def comes_to_nothing(database, uid):
    with suppress(OutOfOrder), database.write() as db:
        ledger.record(db, "agents", [uid], "erase")
        raise OutOfOrder


def test_an_entry_says_no_more_than_what_was_erased_and_when(data_folder):
    ledger.write("persons", "abc", "purge")
    line = json.loads((data_folder / "erasures.jsonl").read_text())
    assert line.pop("at").endswith("Z")
    assert line == {"n": 1, "table": "persons", "uid": "abc", "operation": "purge"}
    assert [entry.uid for entry in ledger.entries()] == ["abc"]


def test_it_may_lie_elsewhere(tmp_path, data_folder, monkeypatch):
    monkeypatch.setenv("SKRANKE_ERASURE_LEDGER", str(tmp_path / "other" / "ledger"))
    ledger.settings.forget()
    ledger.write("persons", "abc", "erase")
    assert (tmp_path / "other" / "ledger").exists()
    assert not (data_folder / "erasures.jsonl").exists()


def test_what_it_contains_is_known_as_soon_as_it_is_written(data_folder):
    assert not ledger.contains("abc")
    ledger.write("persons", "abc", "erase")
    assert ledger.contains("abc")
    assert not ledger.contains("abd")
    ledger.write_all("persons", ["abd", "abe"], "erase")
    assert ledger.contains("abe")


def test_a_database_that_erases_is_not_behind(fresh_database, data_folder):
    assert behind(fresh_database) == []
    record(fresh_database, GONE)
    record(fresh_database, "1" * 24, "2" * 24)
    assert [entry.n for entry in ledger.entries()] == [1, 2, 3]
    assert behind(fresh_database) == []


def test_a_transaction_that_comes_to_nothing_leaves_it_behind_and_may_come_again(fresh_database, data_folder):
    comes_to_nothing(fresh_database, GONE)
    assert behind(fresh_database) == [1]
    record(fresh_database, "1" * 24)
    assert behind(fresh_database) == [1], "who came later does not hide who came to nothing"
    record(fresh_database, GONE)
    assert behind(fresh_database) == []
    assert [entry.uid for entry in ledger.entries()] == [GONE, "1" * 24], "and it is not written twice"
    record(fresh_database, "2" * 24)
    assert behind(fresh_database) == []


def test_a_database_of_before_is_refused_until_it_was_replayed(fresh_database, agents, eraser):
    nora, ola = agents
    ledger.write("agents", nora, "erase")
    ledger.write("agents", GONE, "erase")
    with pytest.raises(Refused, match=r"2 erasures .* skranke db replay"):
        ledger.refuse_if_behind(fresh_database)
    assert ledger.replay(fresh_database) == 2
    assert eraser == [nora], "who is gone already needs nothing"
    ledger.refuse_if_behind(fresh_database)
    assert ledger.replay(fresh_database) == 0
    with fresh_database.read() as db:
        assert [agent.uid for agent in db.query(Agent)] == [ola]


def test_what_nobody_knows_how_to_erase_is_refused_while_it_is_there(fresh_database, agents, monkeypatch):
    monkeypatch.delitem(ledger.REPLAY, "agents", raising=False)
    ledger.write("agents", agents[0], "erase")
    with pytest.raises(Refused, match="“agents”"):
        ledger.replay(fresh_database)
    assert behind(fresh_database) == [1]


def test_a_table_of_a_later_version_is_refused(fresh_database, data_folder):
    ledger.write("robots", GONE, "erase")
    with pytest.raises(Refused, match=r"“robots”.*version"):
        ledger.replay(fresh_database)


def test_an_eraser_that_breaks_off_leaves_it_behind(fresh_database, agents, monkeypatch):
    def broken(_database, _uid):
        raise OutOfOrder
    monkeypatch.setitem(ledger.REPLAY, "agents", broken)
    ledger.write("agents", agents[0], "erase")
    with pytest.raises(OutOfOrder):
        ledger.replay(fresh_database)
    assert behind(fresh_database) == [1]


def test_many_are_replayed_a_batch_at_a_time(fresh_database, agents, eraser, monkeypatch):
    monkeypatch.setattr(ledger, "BATCH", 3)
    ledger.write_all("agents", [f"{n:024}" for n in range(1, 11)] + agents, "erase")
    assert ledger.replay(fresh_database) == 12
    assert sorted(eraser) == sorted(agents)
    assert behind(fresh_database) == []


@pytest.mark.parametrize("loss", [
    lambda path: path.unlink(), lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1])),
    lambda path: path.write_text(path.read_text().replace("2" * 24, "3" * 24)),
], ids=["missing", "shorter", "another desk's"])
def test_a_ledger_that_was_lost_is_refused_with_what_to_do(fresh_database, data_folder, loss):
    record(fresh_database, "1" * 24, "2" * 24)
    loss(ledger.path())
    for act in (lambda: ledger.refuse_if_behind(fresh_database), lambda: ledger.replay(fresh_database),
                lambda: record(fresh_database, GONE)):
        with pytest.raises(Refused, match=r"missing or cut short.*SKRANKE_ERASURE_LEDGER.*--ledger-lost"):
            act()
    ledger.begin_anew(fresh_database)
    assert behind(fresh_database) == [entry.n for entry in ledger.entries()], "what is left of it is carried out once more"
    ledger.replay(fresh_database)
    ledger.refuse_if_behind(fresh_database)
    record(fresh_database, GONE)
    assert behind(fresh_database) == []


def test_an_entry_beyond_a_gap_that_is_lost_is_refused_too(fresh_database, data_folder):
    ledger.write("agents", GONE, "erase")
    record(fresh_database, "1" * 24)
    ledger.path().write_bytes(ledger.path().read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(Refused, match="missing or cut short"):
        ledger.refuse_if_behind(fresh_database)


def test_a_desk_begins_its_ledger_once_and_knows_it_from_then_on(fresh_database, data_folder):
    ledger.begin(fresh_database)
    ledger.begin(fresh_database)
    begun, = ledger.entries()
    assert (begun.n, begun.table, begun.operation) == (1, "", ledger.BEGIN)
    with fresh_database.read() as db:
        assert ledger.behind(db) == [] and ledger.last_seen(db) == 1
    record(fresh_database, GONE)
    ledger.path().unlink()
    with pytest.raises(Refused, match="missing or cut short"):
        ledger.refuse_if_behind(fresh_database)


def test_a_ledger_that_was_begun_or_written_is_not_begun_anew(fresh_database, data_folder):
    ledger.write("", GONE, ledger.BEGIN)
    ledger.begin(fresh_database)
    ledger.refuse_if_behind(fresh_database)
    ledger.begin_anew(fresh_database)
    ledger.path().unlink()
    ledger.write("persons", GONE, "erase")
    ledger.begin(fresh_database)
    assert [entry.operation for entry in ledger.entries()] == ["erase"]
    assert behind(fresh_database) == [1], "a database that comes back is behind it all the same"


def test_a_ledger_that_only_begins_needs_no_erasing(fresh_database, data_folder):
    ledger.write("", GONE, ledger.BEGIN)
    assert ledger.replay(fresh_database) == 0
    assert behind(fresh_database) == []


@pytest.mark.parametrize("line", ['{"n": 1, "table": "persons"}', '{"n": 1, "table": "a", "uid": "b", "operation": "c", "at": "d", "more": 1}'])
def test_a_line_that_is_no_entry_is_refused_in_a_sentence(data_folder, line):
    data_folder.mkdir(exist_ok=True)
    ledger.path().write_text(line + "\n")
    with pytest.raises(Refused, match=r"Line 1 of .*erasures\.jsonl cannot be read"):
        list(ledger.entries())


def test_a_ledger_that_cannot_be_read_is_refused_in_a_sentence(data_folder):
    ledger.path().mkdir(parents=True)
    with pytest.raises(Refused, match=r"erasure ledger .*erasures\.jsonl cannot be read: Is a directory"):
        list(ledger.entries())


def test_a_database_without_tables_has_carried_out_nothing(tmp_path, data_folder):
    made = Database(f"sqlite:///{tmp_path}/none.db")
    assert behind(made) == []
    ledger.write("persons", GONE, "erase")
    with pytest.raises(Refused, match="behind"):
        ledger.refuse_if_behind(made)
    ledger.path().unlink()
    ledger.begin(made)
    assert not ledger.path().exists()
    made.engine.dispose()


def test_what_the_database_remembers_is_no_option(fresh_database, data_folder):
    record(fresh_database, GONE)
    with fresh_database.read() as db:
        row = db.query(OptionRow).filter_by(name=ledger.SEEN).one()
    assert row.value == {"through": 1, "uid": GONE, "beyond": []}
