"""Sessions: reading cannot write, writing commits or does nothing, and a waiting writer gets its turn."""

import threading
import time
from contextlib import suppress

import pytest
import sqlean
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from contacts.address import Address
from core import database as module
from core import schema
from core.batch import together
from core.clock import now
from core.putting import put, savepoint
from desk.mailboxes import add_mailbox
from desk.tickets.ticket import Ticket


@pytest.fixture
def sqlite(tmp_path):
    """A database on SQLite, whatever the run is on."""
    made = module.Database(f"sqlite:///{tmp_path / 'lock.db'}")
    schema.upgrade(made)
    yield made
    made.engine.dispose()


def count(database):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Address))


def test_what_raises_writes_nothing(fresh_database):
    def fail():
        with fresh_database.write() as db:
            put(db, Address, value="a@x.example", normalised="a@x.example")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(fresh_database) == 0


def test_put_gives_a_record_like_any_other(fresh_database):
    with fresh_database.write() as db:
        row = put(db, Address, value="a@x.example", normalised="a@x.example")
        row.name = "Changed"
        uid, created = row.uid, row.created_at
    with fresh_database.read() as db:
        read = db.scalars(select(Address)).one()
        assert (read.uid, read.name, read.created_at, read.health) == (uid, "Changed", created, "ok")


def test_a_writer_waits_its_turn_and_gets_it(sqlite):
    def keep_busy(until):
        while time.monotonic() < until:
            with sqlite.write() as db:
                db.execute(text("UPDATE addresses SET name = 'x'"))
                time.sleep(0.05)
            time.sleep(0.004)

    busy = threading.Thread(target=keep_busy, args=(time.monotonic() + 2,))
    busy.start()
    for n in range(5):
        with sqlite.write() as db:
            put(db, Address, value=f"{n}@x.example", normalised=f"{n}@x.example")
    busy.join()
    assert count(sqlite) == 5


def test_a_lock_that_stays_is_an_error_in_the_end(sqlite, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0)
    other = sqlean.connect(sqlite.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), sqlite.write() as db:
        put(db, Address, value="a@x.example", normalised="a@x.example")
    other.execute("ROLLBACK")
    other.close()


def test_a_thread_does_not_wait_for_itself(sqlite):
    """A second transaction that writes, begun while one is open, would wait until it gives up: it is refused at once."""
    with sqlite.write() as db:
        put(db, Address, value="a@x.example", normalised="a@x.example")
        db.flush()
        with pytest.raises(module.WaitsForItself), sqlite.write() as second:
            second.execute(text("UPDATE addresses SET name = 'x'"))
        with sqlite.read() as reading:
            assert reading.scalar(select(func.count()).select_from(Address)) == 0
    with sqlite.writer() as db:
        db.execute(text("UPDATE addresses SET name = 'x'"))
        db.rollback()
        with sqlite.write() as second:
            second.execute(text("UPDATE addresses SET name = 'y'"))
        db.execute(text("SELECT 1"))
        with pytest.raises(module.WaitsForItself), sqlite.write() as second:
            second.execute(text("SELECT 1"))
    with sqlite.read() as db:
        assert db.scalar(select(Address.name)) == "y"


def test_reading_is_reading(fresh_database):
    with pytest.raises(DBAPIError), fresh_database.read() as db:
        db.execute(text("UPDATE addresses SET name = 'x'"))


def test_rows_put_in_a_batch_wait_and_are_seen_by_whoever_asks(fresh_database):
    with fresh_database.write() as db, together(db):
        first = put(db, Address, value="a@x.example", normalised="a@x.example")
        second = put(db, Address, value="b@x.example", normalised="b@x.example")
        assert db.connection().scalar(select(func.count()).select_from(Address)) == 0
        assert set(db.scalars(select(Address))) == {first, second}
        db.add(Address(value="c@x.example", normalised="c@x.example"))
        db.flush()
        last = put(db, Address, value="d@x.example", normalised="d@x.example")
    with fresh_database.read() as db:
        assert db.get(Address, last.id).value == "d@x.example"
        assert db.scalar(select(func.count()).select_from(Address)) == 4


def test_rows_of_a_batch_that_breaks_are_forgotten_and_those_around_it_stay(fresh_database):
    with fresh_database.write() as db, together(db):
        put(db, Address, value="a@x.example", normalised="a@x.example")
        with suppress(ZeroDivisionError), savepoint(db), together(db):
            put(db, Address, value="b@x.example", normalised="b@x.example")
            raise ZeroDivisionError
        put(db, Address, value="c@x.example", normalised="c@x.example")
    with fresh_database.read() as db:
        assert db.scalars(select(Address.value).order_by(Address.id)).all() == ["a@x.example", "c@x.example"]


def test_ids_follow_time_though_another_process_writes_between_two_batches(fresh_database):
    def batch(*names):
        with fresh_database.write() as db, together(db):
            for name in names:
                put(db, Address, value=name, normalised=name)

    batch("a@x.example", "b@x.example", "c@x.example", "d@x.example")
    with fresh_database.write() as db:
        db.add(Address(value="e@x.example", normalised="e@x.example"))
    batch("f@x.example")
    with fresh_database.read() as db:
        assert "".join(value[0] for value in db.scalars(select(Address.value).order_by(Address.id))) == "abcdef"


def test_numbers_that_people_see_have_no_holes(fresh_database):
    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "support@desk.example", "Support")
    numbers = []
    for count in (3, 1, 2):
        with fresh_database.write() as db, together(db):
            numbers += [put(db, Ticket, subject="x", mailbox_id=mailbox.id, moved_at=now()).id for _ in range(count)]
    assert numbers == list(range(numbers[0], numbers[0] + 6))


def test_a_connection_to_postgresql_that_falls_silent_is_given_up_and_the_url_has_the_last_word():
    given = {}

    def look(dialect, record, words, options):
        given.update(options)
        raise ZeroDivisionError

    engine = module.make_engine("postgresql://desk@db.example/desk?connect_timeout=30")
    event.listen(engine, "do_connect", look)
    with pytest.raises(ZeroDivisionError):
        engine.connect()
    assert (given["connect_timeout"], given["keepalives_idle"], given["tcp_user_timeout"]) == ("30", 10, 15_000)
