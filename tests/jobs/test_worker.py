"""The worker: bells, what is due without one, Redis gone and back, listeners that die, jobs that raise."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from rq.job import Job
from sqlalchemy import select, update

from core import leases, operations, queue
from core.clock import now
from core.operations import Operation
from desk import claiming
from desk.inbound import Delivery, InboundMail, accept
from desk.mailboxes import add_mailbox
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from jobs import due, listener, releasing, waking, worker
from jobs import operations as operations_job
from tests.conftest import forget_caches
from tests.desks import Desk, until
from tests.valkeys import Valkey

LETTER = b"From: Ida <ida@kunde.example>\r\nTo: support@desk.example\r\nSubject: Nummer %d\r\n" \
         b"Message-ID: <%d@kunde.example>\r\n\r\nHei, dette er nummer %d.\r\n"


@pytest.fixture
def support(fresh_database):
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support").id


@pytest.fixture
def bells(tmp_path, monkeypatch):
    """A Valkey, and settings that name it."""
    server = Valkey(tmp_path).start()
    monkeypatch.setenv("SKRANKE_REDIS_URL", server.url)
    forget_caches()
    yield server
    if (client := queue.connection()) is not None:
        client.close()
    server.stop()


@pytest.fixture
def running(fresh_database, support, tmp_path):
    """Start a worker in a process of its own."""
    made = []

    def start(**more):
        url = fresh_database.engine.url.render_as_string(hide_password=False)
        made.append(Desk(tmp_path, SKRANKE_DATABASE_URL=url, **more).start("worker"))
        until(lambda: set(made[-1].tree().values()) >= {"mail", "work", "send"}, what="listeners run")
        return made[-1]

    yield start
    for one in made:
        one.kill()


def arrive(database, mailbox_id, number):
    with database.write() as db:
        accept(db, Delivery(mailbox_id, "smtp", str(number), LETTER % (number, number, number)))


def filed(database):
    with database.read() as db:
        return len(db.scalars(select(InboundMail).where(InboundMail.state == "done")).all())


def test_mail_is_filed_without_redis(running, fresh_database, support):
    running()
    arrive(fresh_database, support, 1)
    until(lambda: filed(fresh_database) == 1)


def test_mail_is_filed_though_nobody_rang(running, bells, fresh_database, support):
    running(SKRANKE_REDIS_URL=bells.url)
    arrive(fresh_database, support, 1)
    until(lambda: filed(fresh_database) == 1)


def test_a_bell_is_answered(bells, fresh_database, support, tmp_path):
    """By a listener alone: there is no parent that looks into the database, so only the bell can have done it."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    alone = Desk(tmp_path, program=sys.executable, SKRANKE_DATABASE_URL=url, SKRANKE_REDIS_URL=bells.url)
    alone.start("-c", "from jobs.listener import listen; listen('mail')")
    try:
        for number in range(1, 4):
            arrive(fresh_database, support, number)
            until(lambda number=number: queue.ring("inbound") and filed(fresh_database) == number, said=alone.said)
    finally:
        alone.kill()


def test_a_listener_that_died_has_its_bells_taken_down(bells, fresh_database, support):
    arrive(fresh_database, support, 1)
    assert queue.ring("inbound")
    assert queue.connection().lpop("rq:queue:mail") == b"bell-inbound"
    worker.mourn(1)
    worker.look({})
    assert queue.connection().lrange("rq:queue:mail", 0, -1) == [b"bell-inbound"]


def test_redis_may_go_and_come_back(running, bells, fresh_database, support):
    worker_ = running(SKRANKE_REDIS_URL=bells.url)
    bells.stop()
    until(lambda: "redis.away" in worker_.said())
    arrive(fresh_database, support, 1)
    until(lambda: filed(fresh_database) == 1)
    bells.start()
    until(lambda: worker_.said().count("redis.back") == 3, what="every listener noticed")
    arrive(fresh_database, support, 2)
    until(lambda: filed(fresh_database) == 2)


def test_mail_is_filed_soon_while_redis_hangs(running, bells, fresh_database, support):
    """It takes connections and commands, and never answers."""
    worker_ = running(SKRANKE_REDIS_URL=bells.url)
    until(all_listen, what="all listen", said=worker_.said)
    bells.hang()
    arrive(fresh_database, support, 1)
    until(lambda: filed(fresh_database) == 1, 5, what="filed within seconds", said=worker_.said)
    until(lambda: worker_.said().count("redis.away") == 3, 5, what="every listener noticed", said=worker_.said)
    bells.go_on()
    until(lambda: worker_.said().count("redis.back") == 3, 5, what="every listener noticed", said=worker_.said)
    arrive(fresh_database, support, 2)
    until(lambda: filed(fresh_database) == 2)


def test_an_outage_of_redis_leaves_no_thread_and_no_connection_behind(running, bells):
    worker_ = running(SKRANKE_REDIS_URL=bells.url)
    until(all_listen, what="all listen", said=worker_.said)
    first: dict[str, tuple[int, int]] = {}
    for times in (1, 2, 3):
        bells.stop()
        until(lambda times=times: worker_.said().count("redis.away") == 3 * times, said=worker_.said)
        bells.start()
        until(lambda times=times: worker_.said().count("redis.back") == 3 * times, said=worker_.said)
        until(all_listen, what="all listen again", said=worker_.said)
        first = first or kept(worker_)       # by then each has its connection to the database too
    until(lambda: kept(worker_) == first, 5, what=f"as few as {first}", said=lambda: str(kept(worker_)))


def all_listen():
    """Whether every listener waits for a bell just now."""
    return sum(client["cmd"] == "blmove" for client in queue.connection().client_list()) == 3


def kept(worker_):
    """Each listener with how many threads and sockets it has."""
    return {name: (len(os.listdir(f"/proc/{pid}/task")), sum(
        os.readlink(one).startswith("socket:") for one in Path(f"/proc/{pid}/fd").iterdir()))
        for pid, name in worker_.tree().items() if name in ("mail", "work", "send")}


def test_listeners_that_are_killed_come_back(running, bells, fresh_database, support):
    worker_ = running(SKRANKE_REDIS_URL=bells.url)
    for pid, name in worker_.tree().items():
        if name in ("mail", "work", "send"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    arrive(fresh_database, support, 1)
    until(lambda: filed(fresh_database) == 1)


def test_it_ends_within_ten_seconds(running, bells):
    worker_ = running(SKRANKE_REDIS_URL=bells.url)
    assert worker_.end() < 10


def test_a_bell_that_rings_in_vain_is_taken_down(bells, fresh_database, support):
    """Its listener was killed in the middle of the job: RQ would take the bell for ringing for eleven minutes."""
    arrive(fresh_database, support, 1)
    assert queue.ring("inbound")
    client = queue.connection()
    assert client.lpop("rq:queue:mail") == b"bell-inbound"
    looks = {}
    for _ in range(worker.PATIENCE):
        looks = worker.look(looks)
    assert client.lrange("rq:queue:mail", 0, -1) == [b"bell-inbound"]
    assert client.exists(Job.key_for("bell-inbound"))


def test_a_bell_may_be_taken_down_while_it_is_answered(bells, fresh_database, support, tmp_path):
    """What takes longer than five looks has its bell taken down: no trouble at its end, and it can ring again."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    alone = Desk(tmp_path, program=sys.executable, SKRANKE_DATABASE_URL=url, SKRANKE_REDIS_URL=bells.url)
    alone.start("-c", "from jobs import inbound, listener, worker; run = inbound.run; "
                      "inbound.run = lambda: (run(), worker.unhang('inbound')); listener.listen('mail')")
    try:
        for number in (1, 2):
            arrive(fresh_database, support, number)
            until(lambda number=number: queue.ring("inbound") and filed(fresh_database) == number, said=alone.said)
            until(lambda: not queue.connection().exists(Job.key_for("bell-inbound")), what="the bell is down", said=alone.said)
        assert "Traceback" not in alone.said()
    finally:
        alone.kill()


def test_told_to_end_at_work_while_redis_is_away_it_raises_nothing_into_the_job(bells, data_folder, monkeypatch):
    """The handler of the signal runs in the midst of whatever is at hand, the writing of a log too."""
    client = queue.connection()
    told = listener.Listener([listener.Bells("mail", connection=client)], connection=client, worker_ttl=60)
    monkeypatch.setattr(listener, "end_soon", lambda: None)
    monkeypatch.setattr(told, "get_state", lambda: "busy")
    monkeypatch.setattr(signal, "signal", lambda *_given: None)
    bells.stop()
    told.request_stop(signal.SIGTERM, None)
    assert told.told


def test_a_redis_that_begins_with_us_is_waited_for(bells, fresh_database, support, tmp_path):
    bells.stop()
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    desk = Desk(tmp_path, SKRANKE_DATABASE_URL=url, SKRANKE_REDIS_URL=bells.url).start("worker")
    try:
        until(lambda: set(desk.tree().values()) >= {"mail", "work", "send"}, what="listeners run")
        time.sleep(listener.BEGINNING / 3)
        bells.start()
        until(all_listen, what="all listen", said=desk.said)
        assert "redis.away" not in desk.said()
    finally:
        desk.kill()


def test_what_is_due_is_asked_of_the_database(fresh_database, support):
    assert due.bells() == []
    arrive(fresh_database, support, 1)
    assert due.bells() == ["inbound"]
    with fresh_database.write() as db:
        operations.start(db, "mailbox.test", {})
    assert set(due.bells()) == {"inbound", "operations"}


def test_a_sleeping_ticket_wakes_in_time(fresh_database, support):
    with fresh_database.write() as db:
        ticket = Ticket(subject="x", mailbox_id=support, moved_at=now())
        db.add(ticket)
        db.flush()
        change_state(db, ticket, "snoozed", by=None, until=now().replace(year=now().year + 1))
    assert "snoozed" not in due.bells()
    with fresh_database.write() as db:
        db.execute(update(Ticket).values(snoozed_until=now()))
    assert "snoozed" in due.bells()
    listener.run("jobs.waking.run")
    with fresh_database.read() as db:
        assert db.scalars(select(Ticket.state)).one() == "open"
    assert "snoozed" not in due.bells()


def test_a_database_that_cannot_be_asked_is_logged(data_folder, monkeypatch):
    monkeypatch.setenv("SKRANKE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    forget_caches()
    assert due.bells() == []


def test_a_job_that_raises_stops_nobody(fresh_database):
    listener.run("jobs.no_such_job.run")
    listener.run("jobs.waking.run")


@pytest.fixture
def kinds(monkeypatch):
    made = {}
    monkeypatch.setattr(operations_job.kinds, "register", lambda: None)
    monkeypatch.setattr(operations, "KINDS", made)
    return made


def asked(database, kind, **given):
    with database.write() as db:
        return operations.start(db, kind, given).id


def ended(database, operation_id):
    with database.read() as db:
        return db.get_one(Operation, operation_id)


def test_an_operation_is_done_and_says_what_came_out(fresh_database, kinds):
    def double(db, operation):
        db.commit()  # before the network; its lease still stands
        operation.result = {"twice": operation.given["n"] * 2}

    kinds["double"] = double
    one = asked(fresh_database, "double", n=21)
    operations_job.run()
    done = ended(fresh_database, one)
    assert (done.state, done.result, done.done, done.lease) == ("done", {"twice": 42}, 1, "")
    assert done.ended_at is not None


def test_an_operation_that_fails_says_why_and_holds_up_no_other(fresh_database, kinds):
    def refuse(db, operation):
        raise operations.Refused("There is no more paper.")

    def break_(db, operation):
        raise ZeroDivisionError

    kinds.update({"refuse": refuse, "break": break_, "fine": lambda db, operation: None})
    these = [asked(fresh_database, kind) for kind in ("refuse", "break", "unheard of", "fine")]
    operations_job.run()
    found = [ended(fresh_database, one) for one in these]
    assert [one.state for one in found] == ["failed", "failed", "failed", "done"]
    assert found[0].reason == "There is no more paper."
    assert "ZeroDivisionError" in found[1].reason
    assert "unheard of" in found[2].reason


def test_an_operation_in_other_hands_is_left_alone_until_its_lease_ends(fresh_database, kinds):
    ran = []
    kinds["once"] = lambda db, operation: ran.append(operation.id)
    one = asked(fresh_database, "once")
    with fresh_database.write() as db:
        operation = db.get_one(Operation, one)
        operation.state, operation.lease, operation.lease_until = "running", "other", now() + operations_job.LEASE
    operations_job.run()
    assert ran == []
    with fresh_database.write() as db:
        db.execute(update(Operation).values(lease_until=now()))
    operations_job.run()
    assert ran == [one]


def test_a_cancelled_operation_stays_cancelled(fresh_database, kinds):
    def slow(db, operation):
        db.commit()
        with fresh_database.write() as other:
            operations.turn(other, other.get_one(Operation, operation.id), "cancelled")
        operation.result = {"late": True}

    kinds["slow"] = slow
    one = asked(fresh_database, "slow")
    operations_job.run()
    assert ended(fresh_database, one).state == "cancelled"


def test_redis_errors_never_reach_who_rings(bells):
    bells.stop()
    assert queue.ring("inbound") is False
    with pytest.raises(redis.RedisError):
        queue.connection().ping()
    worker.unhang("inbound")


def test_what_a_dead_process_held_is_free_at_once(fresh_database, support):
    arrive(fresh_database, support, 1)
    arrive(fresh_database, support, 2)
    with fresh_database.write() as db:
        claiming.claim(db, leases.of_process(1) + "ab", 1)
        claiming.claim(db, leases.of_process(11) + "ab", 1)
        leases.hold(db, "imap:1", leases.of_process(1) + "cd", 100)
        leases.hold(db, "timetable:wake", leases.of_process(1) + "ef", 100)
    releasing.release(leases.of_process(1))
    with fresh_database.read() as db:
        assert [(row.lease == "", row.attempts) for row in db.scalars(select(InboundMail).order_by(InboundMail.id))] == [
            (True, 1), (False, 1)]
        assert db.scalars(select(leases.Lease.name)).all() == ["timetable:wake"]


def test_a_deleted_ticket_that_slept_wakes_nobody(fresh_database, support):
    with fresh_database.write() as db:
        ticket = Ticket(subject="x", mailbox_id=support, moved_at=now(), snoozed_until=now())
        ticket.binned_at = now()
        ticket.enter("snoozed")
        db.add(ticket)
    assert due.bells() == []
    waking.run()
