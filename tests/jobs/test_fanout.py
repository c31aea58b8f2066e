"""The fan-out job: each fact reaches each consumer once; one that fails waits, and blocks no other."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from core.clock import now
from core.history import FactRow, Outbox, record
from desk.outbound import OutboundMail
from desk.tickets.facts import MessageReceived, TicketOpened
from desk.tickets.message import Notification
from jobs import fanout
from tests.outgoing import a_conversation


@pytest.fixture
def desk(fresh_database):
    return fresh_database


def opened(desk):
    """A new ticket, its fact recorded."""
    with desk.write() as db:
        talk = a_conversation(db)
        record(db, TicketOpened(talk.ticket.uid, talk.asked.uid))
        return talk


def left(desk):
    with desk.read() as db:
        return db.scalars(select(Outbox).order_by(Outbox.id)).all()


def count(desk, table):
    with desk.read() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_new_ticket_is_acknowledged_and_told_once(desk):
    opened(desk)
    assert fanout.run() == 2
    assert left(desk) == []
    assert count(desk, Notification) == 1
    with desk.read() as db:
        assert db.scalars(select(OutboundMail.kind)).all() == ["acknowledgement"]
    assert fanout.run() == 0
    assert count(desk, Notification) == 1


def test_consumer_that_fails_waits_with_its_reason_and_blocks_no_other(desk, monkeypatch):
    def fails(db, fact, row):
        db.add(Notification(agent_id=talk.nora.id, ticket_id=talk.ticket.id, event="new"))
        db.flush()
        raise ValueError("the weather")

    monkeypatch.setitem(fanout.CONSUMERS, "notify", fails)
    talk = opened(desk)
    assert fanout.run() == 2
    [row] = left(desk)
    assert (row.consumer, row.attempts, row.reason) == ("notify", 1, "ValueError: the weather")
    assert row.due_at > now() + timedelta(seconds=50)
    assert count(desk, Notification) == 0             # what it began is undone
    assert count(desk, OutboundMail) == 1             # the other consumer did its work
    assert fanout.run() == 0                          # its time has not come


def test_failed_row_is_tried_again_when_its_time_has_come(desk):
    opened(desk)
    with desk.write() as db:
        db.execute(update(Outbox).values(attempts=3, reason="x"))
    assert fanout.run() == 2
    assert left(desk) == []


def test_consumer_nobody_knows_waits(desk):
    opened(desk)
    with desk.write() as db:
        db.execute(update(Outbox).where(Outbox.consumer == "notify").values(consumer="webhooks"))
    fanout.run()
    assert [(row.consumer, row.attempts) for row in left(desk)] == [("webhooks", 1)]


def test_fact_whose_ticket_is_gone_is_done(desk):
    with desk.write() as db:
        record(db, TicketOpened("0" * 24, "1" * 24))
        record(db, MessageReceived("0" * 24, "1" * 24))
    assert fanout.run() == 3
    assert left(desk) == []


def test_fact_of_a_kind_no_longer_known_waits_with_its_reason(desk):
    opened(desk)
    with desk.write() as db:
        db.execute(update(FactRow).values(kind="ticket.danced"))
    fanout.run()
    assert {row.reason for row in left(desk)} == {"KeyError: 'ticket.danced'"}


def test_several_workers_tell_each_fact_once(desk):
    with desk.write() as db:
        talk = a_conversation(db)
        for _ in range(60):
            record(db, TicketOpened(talk.ticket.uid, talk.asked.uid))
    workers = [threading.Thread(target=fanout.run) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert left(desk) == []
    assert count(desk, Notification) == 60
