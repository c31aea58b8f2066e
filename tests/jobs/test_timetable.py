"""The timetable: each job once, however many keep it; cleaning removes what has had its time and nothing else."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from contacts.activity import Activity
from contacts.agent import PasswordReset, RecentlySeen, SignInFailure
from contacts.enrolling import add_agent
from contacts.order import Order, OrderLine
from contacts.sale import Sale
from core import files, leases
from core.clock import now
from core.operations import Operation
from core.settings import settings
from desk.idempotency import IdempotentAnswer
from desk.mailboxes import add_mailbox
from desk.tickets.message import Attachment, Draft, Message
from desk.tickets.ticket import Ticket
from jobs import cleaning, listener, timetable
from jobs.timetable import TIMETABLE, Entry

RAN = []


def job():
    RAN.append(now())


@pytest.fixture
def hourly(monkeypatch, fresh_database):
    RAN.clear()
    entry = Entry("test", job, "0 * * * *")
    monkeypatch.setattr(timetable, "TIMETABLE", (entry,))
    monkeypatch.setattr(listener, "run", lambda name: job())
    return entry


@pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.name)
def test_every_job_runs_and_says_what_it_is_for(entry, fresh_database):
    entry.job()
    entry.job()
    assert entry.job.__doc__
    assert 0 < entry.seconds <= 86_400


def test_names_are_used_once():
    assert len({entry.name for entry in TIMETABLE}) == len(TIMETABLE)


def test_a_job_is_run_once_however_many_keep_the_timetable(hourly):
    with ThreadPoolExecutor(4) as keepers:
        took = list(keepers.map(lambda _: timetable.turn(hourly), range(4)))
    assert sorted(took) == [False, False, False, True]
    assert len(RAN) == 1
    assert timetable.due() == []


def test_a_job_is_due_again_when_its_time_comes(hourly):
    with time_machine.travel("2026-03-14T10:20:00Z", tick=False) as clock:
        timetable.turn(hourly)
        clock.shift(timedelta(minutes=39))
        assert timetable.due() == []
        clock.shift(timedelta(minutes=2))
        assert timetable.due() == [hourly]
        timetable.turn(hourly)
    assert len(RAN) == 2


def test_a_turn_that_nobody_took_up_is_called_again(hourly, fresh_database):
    """Redis had the bell and lost it."""
    with time_machine.travel("2026-03-14T10:20:00Z", tick=False) as clock:
        with fresh_database.write() as db:
            assert leases.hold(db, "timetable:test", "rang", timetable.UNHEARD)
        assert timetable.due() == []
        clock.shift(timedelta(seconds=timetable.UNHEARD + 1))
        assert timetable.due() == [hourly]


def test_a_late_worker_leaves_a_job_that_another_took_up(hourly, fresh_database):
    with fresh_database.write() as db:
        leases.hold(db, "timetable:test", "second", 100)
    timetable.run("test", "first")
    assert RAN == []


def count(database, kind):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(kind))


def test_signs_of_yesterday_are_forgotten(fresh_database):
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example")
        for age in (timedelta(minutes=1), timedelta(days=2)):
            db.add(SignInFailure(key="a" * 32, at=now() - age))
        db.add(PasswordReset(digest="a" * 32, agent_id=nora.id, until=now() - timedelta(minutes=1)))
        db.add(PasswordReset(digest="b" * 32, agent_id=nora.id, until=now() + timedelta(minutes=1)))
        db.add(RecentlySeen(agent_id=nora.id, ticket_id=1, at=now()))
        db.add(RecentlySeen(agent_id=nora.id, ticket_id=2, at=now() - timedelta(hours=1)))
        db.add(Operation(kind="old", ended_at=now() - timedelta(days=31)))
        db.add(Operation(kind="new", ended_at=now()))
        db.add(Operation(kind="waits"))
        for days in (1, 16):            # the bin keeps them for 15
            binned = now() - timedelta(days=days)
            db.add_all([Activity(kind="task", title="x", binned_at=binned), Sale(title="x", currency="NOK", binned_at=binned),
                        Order(number=days, currency="NOK", binned_at=binned, lines=[OrderLine(place=0, text="x")])])
        for key, hours in (("a", 1), ("b", 25)):
            db.add(IdempotentAnswer(agent_id=nora.id, key=key, request=key, at=now() - timedelta(hours=hours)))
    for clean in (cleaning.sign_ins, cleaning.seen, cleaning.operations, cleaning.answers, cleaning.records):
        clean()
    left = [count(fresh_database, kind) for kind in (
        SignInFailure, PasswordReset, RecentlySeen, Operation, IdempotentAnswer, Activity, Sale, Order, OrderLine)]
    assert left == [1, 1, 1, 2, 1, 1, 1, 1, 1]


@pytest.fixture
def uploads(fresh_database):
    """Old uploads: forgotten, in a draft, shown in one, forgotten but sent too elsewhere; and a fresh one."""
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example")
        box = add_mailbox(db, "support@desk.example", "Support")
        ticket = Ticket(subject="x", mailbox_id=box.id, moved_at=now())
        db.add(ticket)
        rows = {}
        for name, content in (("forgotten", b"1"), ("drafted", b"2"), ("shown", b"5"), ("shared", b"3"), ("fresh", b"4")):
            rows[name] = Attachment(name=name, type="text/plain", size=1, digest=files.put(content), uploaded_by_id=nora.id,
                                    created_at=now() - timedelta(days=0 if name == "fresh" else 3))
        db.add_all(rows.values())
        db.flush()
        message = Message(ticket_id=ticket.id, direction="in", at=now())
        db.add(message)
        db.flush()
        db.add(Attachment(name="sent", type="text/plain", size=1, digest=files.put(b"3"), message_id=message.id))
        db.add(Draft(ticket_id=ticket.id, agent_id=nora.id, kind="reply", files=[rows["drafted"].uid], updated_at=now()))
        db.add(Draft(agent_id=nora.id, kind="mail", html=f'<div><img src="/attachments/{rows["shown"].uid}"></div>', updated_at=now()))
        digests = {name: row.digest for name, row in rows.items()}
    for digest in set(digests.values()) - {digests["fresh"]}:
        aged(digest)
    return digests


def aged(digest):
    """As if its bytes had been kept three days ago."""
    path, = settings().data.parent.rglob(digest)
    os.utime(path, ((now() - timedelta(days=3)).timestamp(),) * 2)


def kept(digest):
    try:
        return bool(files.get(digest))
    except FileNotFoundError:
        return False


def test_uploads_that_nobody_sent_are_removed(fresh_database, uploads):
    cleaning.uploads()
    with fresh_database.read() as db:
        assert set(db.scalars(select(Attachment.name))) == {"drafted", "shown", "fresh", "sent"}
    assert {name: kept(digest) for name, digest in uploads.items()} == {
        "forgotten": False, "drafted": True, "shown": True, "shared": True, "fresh": True}


def test_the_bytes_of_a_forgotten_upload_stay_where_a_mail_has_just_brought_the_same(fresh_database, uploads):
    files.put(b"1")             # read, but not filed yet
    cleaning.uploads()
    assert kept(uploads["forgotten"])


def test_bytes_that_are_kept_again_at_the_last_moment_stay(fresh_database, uploads):
    before = now() - timedelta(days=2)
    old = [digest for page in files.older(before) for digest in page]
    files.put(b"1")
    files.remove(old, unless_since=before)
    assert [kept(uploads["forgotten"]), kept(uploads["drafted"])] == [True, False]


def test_a_draft_of_a_new_ticket_goes_after_90_days(fresh_database, uploads):
    with fresh_database.write() as db:
        db.execute(update(Draft).values(updated_at=now() - timedelta(days=91)))
    cleaning.drafts()
    with fresh_database.read() as db:
        assert list(db.scalars(select(Draft.kind))) == ["reply"]


def test_bytes_that_nothing_came_to_use_are_removed(fresh_database, uploads, data_folder):
    refused, again, fresh = (files.put(content) for content in (b"refused", b"again", b"just now"))
    part = data_folder / "files" / refused[:2] / f"{refused}.1.part"
    part.write_bytes(b"cut sh")
    for path in [*(data_folder / "files").rglob(refused), *(data_folder / "files").rglob(again), part,
                 *(data_folder / "files").rglob(uploads["shared"])]:
        os.utime(path, ((now() - timedelta(days=3)).timestamp(),) * 2)
    files.put(b"again")
    cleaning.uploads()
    assert [kept(digest) for digest in (refused, again, fresh, uploads["shared"])] == [False, True, True, True]
    assert not part.exists()


def test_a_bucket_is_cleaned_too(fresh_database, bucket, uploads):
    refused = files.put(b"refused")
    for digest in (refused, uploads["drafted"]):
        os.utime(bucket.folder / digest[:2] / digest, ((now() - timedelta(days=3)).timestamp(),) * 2)
    bucket.mood("500")
    with pytest.raises(OSError):
        cleaning.uploads()
    bucket.mood("")
    cleaning.uploads()          # the row of what is forgotten went while nothing could be removed
    assert bucket.kept() == sorted(uploads[name] for name in ("drafted", "shown", "shared", "fresh"))


def test_old_leases_are_forgotten(fresh_database):
    with fresh_database.write() as db:
        leases.hold(db, "old", "me", 1)
        leases.hold(db, "new", "me", 100)
        db.execute(update(leases.Lease).where(leases.Lease.name == "old").values(until=now() - timedelta(days=8)))
    cleaning.counts()
    assert count(fresh_database, leases.Lease) == 1
