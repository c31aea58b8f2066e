"""The worker's way from the ledger to tickets: batches, order, poison, leases."""

import time
from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest
from rq.timeouts import JobTimeoutException
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from contacts.enrolling import add_agent
from contacts.person import Person
from core import files
from core.clock import now
from core.database import database
from core.settings import settings
from desk import claiming
from desk.alerts import standing_alerts
from desk.inbound import Delivery, InboundMail, accept_all
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.replaying import replay
from desk.tickets import intake
from desk.tickets.merging import merge
from desk.tickets.message import Attachment, Message
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from jobs import fanout, reading, releasing
from jobs import inbound as job
from jobs.ending import ending
from mailgate.parse import parse
from mailgate.parsing_child import ParseFailed, Parser
from tests.letters_made import mail, with_file


@pytest.fixture
def take(fresh_database):
    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "support@desk.example", "Support").id

    def take(*raws):
        with fresh_database.write() as db:
            accept_all(db, [Delivery(mailbox, "smtp", f"{now()}{n}", raw) for n, raw in enumerate(raws)])
    return take


@pytest.fixture
def alerts(fresh_database):
    def alerts():
        with fresh_database.read() as db:
            return [(alert.about, alert.kind, alert.detail) for alert in standing_alerts(db)]
    return alerts


def due_now(database):
    with database.write() as db:
        db.execute(update(InboundMail).where(InboundMail.state == "pending").values(due_at=now()))


def states(database):
    with database.read() as db:
        return dict(db.execute(select(InboundMail.state, func.count()).group_by(InboundMail.state)).all())


def test_a_batch_with_its_replies_makes_one_person_and_one_ticket(fresh_database, take):
    take(mail(message_id="one@k.example"), mail(subject="Re", In_Reply_To="<one@k.example>", text="more"),
         mail(subject="Re", References="<one@k.example>", text="even more"), mail(subject="Another"))
    job.run()
    with fresh_database.read() as db:
        assert states(fresh_database) == {"done": 4}
        assert db.scalar(select(func.count()).select_from(Person)) == 1
        assert db.scalar(select(func.count()).select_from(Ticket)) == 2
        assert db.scalar(select(func.count()).select_from(Message)) == 4


def test_no_mail_of_a_batch_asks_the_database_for_itself(fresh_database, take):
    """But for its ticket, which is written under its version: twenty answers of as many who are named nowhere. (Ids are taken from
    PostgreSQL's sequences some at a time, for all tables by one statement.)"""
    take(*(mail(sender=f"Ole <ole@k{n}.example>", message_id=f"{n}@k.example", subject=f"Printer {n}") for n in range(20)))
    job.run()
    take(*(mail(sender=f"Kari <kari@k{n}.example>", subject="Re", In_Reply_To=f"<{n}@k.example>") for n in range(20)))
    seen: list[str] = []
    listener = database().engine, "before_cursor_execute", lambda *told: seen.append(told[2])
    event.listen(*listener)
    job.run()
    event.remove(*listener)
    often = {statement for statement, times in Counter(seen).items() if times >= 10}
    assert [statement for statement in often if not statement.startswith(("UPDATE tickets", "SELECT nextval"))] == []
    assert states(fresh_database) == {"done": 40}


def test_a_reply_waits_for_its_parent_in_other_hands(fresh_database, take):
    take(mail(message_id="one@k.example"))
    with fresh_database.write() as db:
        claiming.claim(db, "another worker", 1)
    take(mail(subject="Re", In_Reply_To="<one@k.example>"))
    job.run()
    assert states(fresh_database) == {"pending": 2}
    with fresh_database.write() as db:
        db.execute(update(InboundMail).values(lease_until=now() - timedelta(seconds=1), due_at=now()))
    job.run()
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Ticket)) == 1


def test_one_mail_that_breaks_filing_costs_no_other_anything(fresh_database, take, monkeypatch):
    whole = intake.file

    def breaks(db, row, letter, files):
        if "poison" in letter.subject:
            raise ZeroDivisionError("by the poison")
        return whole(db, row, letter, files)

    monkeypatch.setattr(job, "file", breaks)
    take(mail(subject="before"), mail(subject="poison"), mail("x@y.example", subject="after"))
    job.run()
    assert states(fresh_database) == {"done": 2, "pending": 1}
    for _ in range(2):
        with fresh_database.write() as db:
            db.execute(update(InboundMail).values(due_at=now()))
        job.run()
    with fresh_database.read() as db:
        row = db.scalars(select(InboundMail).where(InboundMail.state == "failed")).one()
        assert (row.attempts, "by the poison" in row.reason) == (3, True)
        assert db.scalars(select(InboundMail.attempts).where(InboundMail.state == "done")).all() == [1, 1]


@pytest.mark.parametrize("text", ["short", "long " * 400_000], ids=["deflated", "as it is"])
def test_a_mail_that_killed_its_readers_is_told_by_its_first_lines(fresh_database, take, text):
    take(mail(subject="=?utf-8?q?Bl=C3=A5_lampe?=", text=text))
    with fresh_database.write() as db:
        db.execute(update(InboundMail).values(attempts=claiming.TRIES))
        assert claiming.claim(db, "me") == []
    with fresh_database.read() as db:
        row = db.scalars(select(InboundMail)).one()
    assert (row.state, row.sender, row.subject) == ("failed", "ole@kunde.example", "Blå lampe")


def test_a_failed_mail_is_replayed_and_admins_know_of_it_meanwhile(fresh_database, take, alerts, monkeypatch):
    monkeypatch.setattr(job, "file", lambda *a: (_ for _ in ()).throw(ValueError("bug")))
    take(mail())
    for _ in range(3):
        with fresh_database.write() as db:
            db.execute(update(InboundMail).values(due_at=now()))
        job.run()
    assert states(fresh_database) == {"failed": 1}
    [(about, kind, detail)] = alerts()
    assert (about, kind) == ("support@desk.example", "filing") and detail.endswith("ValueError: bug")
    take(mail(subject="another"))
    monkeypatch.setattr(job, "file", intake.file)
    job.run()
    assert (states(fresh_database), len(alerts())) == ({"failed": 1, "done": 1}, 1)
    with fresh_database.write() as db:
        replay(db, db.scalars(select(InboundMail).where(InboundMail.state == "failed")).one())
    job.run()
    assert (states(fresh_database), alerts()) == ({"done": 2}, [])


def test_a_letter_that_cannot_be_parsed_fails_alone_after_three_tries(fresh_database, take, monkeypatch):
    class Parser:
        def parse_many(self, sources):
            for source in sources:
                yield ParseFailed("It took too long.") if b"poison" in source.raw else parse(source.raw)

    monkeypatch.setattr(reading, "parser", Parser)
    take(mail(subject="fine"), mail(subject="poison"), mail("x@y.example", subject="fine too"))
    for _ in range(3):
        job.run()
        with fresh_database.write() as db:
            db.execute(update(InboundMail).values(due_at=now()))
    assert states(fresh_database) == {"done": 2, "failed": 1}
    with fresh_database.read() as db:
        failed = db.scalars(select(InboundMail).where(InboundMail.state == "failed")).one()
    assert (failed.sender, failed.subject) == ("ole@kunde.example", "poison")


def test_a_letter_that_hung_is_read_carefully_the_next_time(fresh_database, take, monkeypatch):
    class Parser:
        def parse_many(self, sources):
            for source in sources:
                yield parse(source.raw, careful=True) if source.careful else ParseFailed("It took too long.")

    monkeypatch.setattr(reading, "parser", Parser)
    take(mail(subject="slow"))
    job.run()
    due_now(fresh_database)
    job.run()
    assert states(fresh_database) == {"done": 1}


def test_rows_whose_worker_died_come_back_and_the_retried_come_alone(fresh_database, take):
    take(mail(subject="a"), mail(subject="b", sender="b@k.example"), mail(subject="c", sender="c@k.example"))
    with fresh_database.write() as db:
        assert len(claiming.claim(db, "dead", 10)) == 3
        db.execute(update(InboundMail).values(lease_until=now() - timedelta(seconds=1)))
    with fresh_database.write() as db:
        assert len(claiming.claim(db, "dead too", 10)) == 1
    job.run()
    assert states(fresh_database) == {"done": 2, "pending": 1}


def test_what_was_tried_before_is_not_taken_beside_others_and_nothing_beside_it(fresh_database, take, monkeypatch):
    take(mail(subject="killer"))
    with fresh_database.write() as db:
        db.execute(update(InboundMail).values(attempts=1))
    take(mail(subject="fine", sender="b@k.example"))
    with fresh_database.write() as db:
        assert claiming.claim(db, "me", 10, beside=True) == []
    claimed, whole = [], claiming.claim

    def claim(db, who, most, *, beside):
        rows = whole(db, who, most, beside=beside)
        claimed.append((len(rows), beside))
        return rows

    monkeypatch.setattr(claiming, "claim", claim)
    job.run()
    assert (claimed[:2], states(fresh_database)) == ([(1, False), (1, False)], {"done": 2})


def test_more_is_claimed_while_there_is_still_something_to_read(fresh_database, take, monkeypatch):
    take(*(mail(f"{n}@k.example", subject=f"{n}") for n in range(12)))
    beside, whole = [], claiming.claim

    def claim(db, who, most, **options):
        beside.append(options["beside"])
        return whole(db, who, most, **options)

    monkeypatch.setattr(claiming, "claim", claim)
    monkeypatch.setattr(job, "CLAIMED", 4)
    monkeypatch.setattr(reading, "TOGETHER", 2)
    job.run()
    assert True in beside
    assert states(fresh_database) == {"done": 12}


def test_what_another_has_taken_over_is_not_filed(fresh_database, take):
    take(mail())
    with fresh_database.write() as db:
        row = claiming.claim(db, job._me(), 1)[0]
        row.lease = "somebody else"
    with fresh_database.write() as db:
        assert claiming.still_mine(db, [row.id], job._me()) == {}


AWAY = OperationalError("COMMIT", None, ConnectionError("server closed the connection"))


@pytest.mark.parametrize(("error", "tries"), [(AWAY, 0), (JobTimeoutException("Too long."), 1)],
                         ids=["the database went away", "the job took too long"])
def test_what_was_in_hand_when_filing_broke_off_is_free(fresh_database, take, monkeypatch, error, tries):
    take(mail(message_id="one@k.example"))

    def gone(*_, **__):
        raise error

    with monkeypatch.context() as away:
        away.setattr(job, "_file_all", gone)
        with pytest.raises(type(error)):
            job.run()
    with fresh_database.read() as db:
        assert [(row.state, row.lease, row.attempts) for row in db.scalars(select(InboundMail))] == [("pending", "", tries)]
    job.run()
    assert states(fresh_database) == {"done": 1}


def test_a_mail_that_brings_the_database_down_again_and_again_is_given_up(fresh_database, take, monkeypatch):
    take(mail(message_id="one@k.example"))

    def crashes(*_, **__):
        raise AWAY

    monkeypatch.setattr(job, "_file_all", crashes)
    for _ in range(job.OUTAGES + claiming.TRIES):
        with pytest.raises(OperationalError):
            job.run()
    monkeypatch.undo()
    job.run()
    assert states(fresh_database) == {"failed": 1}


@pytest.mark.parametrize("nul", [b"=?utf-8?q?a=00b?=", b"a\0b"], ids=["encoded", "raw"])
def test_a_mail_with_nul_in_its_fields_is_filed(fresh_database, take, nul):
    take(b"\r\n".join([
        b"From: " + nul + b" <ole@kunde.example>", b"To: support@desk.example", b"Subject: " + nul, b"Message-ID: <" + nul + b"@k.example>",
        b"In-Reply-To: <" + nul + b"@x.example>", b"References: <" + nul + b"two@x.example>", b"Reply-To: " + nul + b" <b@x.example>",
        b"Return-Path: <" + nul + b"@x.example>", b"List-Id: " + nul, b"Authentication-Results: " + nul + b"; dmarc=pass", b"", b"Hello"]))
    job.run()
    with fresh_database.read() as db:
        row = db.scalars(select(InboundMail)).one()
        assert (row.state, row.attempts) == ("done", 1)
        assert db.scalars(select(Message.references)).one() == "ab@x.example abtwo@x.example"


def test_a_file_that_cannot_be_kept_stops_no_other_mail_and_is_kept_later(fresh_database, take, alerts):
    folder = settings().files / sha256(b"refused").hexdigest()[:2]
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()
    take(mail(subject="before"), with_file(b"refused", Message_ID="<parent@k.example>"), mail("x@y.example", subject="after"))
    job.run()
    assert states(fresh_database) == {"done": 2, "pending": 1}
    with fresh_database.read() as db:
        row = db.scalars(select(InboundMail).where(InboundMail.state == "pending")).one()
        assert (row.attempts, row.due_at > now() + timedelta(seconds=30)) == (0, True)
        assert row.reason.startswith("The files of a mail could not be kept:")
        assert alerts() == [("support@desk.example", "filing", row.reason)]
    take(mail(subject="Re: With a file", In_Reply_To="<parent@k.example>"))
    job.run()
    assert states(fresh_database) == {"done": 3, "pending": 1}
    folder.unlink()
    due_now(fresh_database)
    job.run()
    assert (states(fresh_database), alerts()) == ({"done": 4}, [])


@pytest.mark.parametrize("trouble", ["500", "gone"])
def test_a_bucket_that_is_away_stops_no_other_mail_and_has_the_files_later(fresh_database, bucket, take, alerts, trouble):
    bucket.stop() if trouble == "gone" else bucket.mood(trouble)
    take(mail(subject="before"), with_file(b"waits"), mail("x@y.example", subject="after"))
    for _ in range(claiming.TRIES + 1):
        job.run()
        assert states(fresh_database) == {"done": 2, "pending": 1}
        due_now(fresh_database)
    with fresh_database.read() as db:
        row = db.scalars(select(InboundMail).where(InboundMail.state == "pending")).one()
        assert (row.attempts, row.reason.startswith("The files of a mail could not be kept:")) == (0, True)
        assert alerts() == [("support@desk.example", "filing", row.reason)]
    bucket.start() if trouble == "gone" else bucket.mood("")
    job.run()
    assert (states(fresh_database), alerts()) == ({"done": 3}, [])
    with fresh_database.read() as db:
        assert [files.get(digest) for digest in db.scalars(select(Attachment.digest))] == [b"waits"]


def test_a_bucket_that_does_not_answer_holds_up_one_mail_and_not_each(fresh_database, bucket, take, monkeypatch):
    monkeypatch.setattr("core.bucket.REST", 60.0)
    monkeypatch.setattr("core.bucket.PATIENT", (1.0, 1.0, 0))
    bucket.mood("hang")
    take(*(with_file(bytes([number])) for number in range(20)))
    begun = time.monotonic()
    job.run()
    assert time.monotonic() < begun + 15
    assert states(fresh_database) == {"pending": 20}


def test_a_parser_that_cannot_start_costs_no_mail_a_try(fresh_database, take, alerts, monkeypatch):
    take(mail(subject="a"), mail(subject="b", sender="b@k.example"))
    with monkeypatch.context() as broken, Parser(module="tests.mailgate.there_is_no_such_child") as none:
        broken.setattr(reading, "parser", lambda: none)
        for _ in range(claiming.TRIES + 1):
            job.run()
            due_now(fresh_database)
    with fresh_database.read() as db:
        assert {(row.state, row.attempts, row.reason) for row in db.scalars(select(InboundMail))} == {
            ("pending", 0, "The parser could not be started.")}
    assert alerts() == [("support@desk.example", "filing", "The parser could not be started.")]
    job.run()
    assert (states(fresh_database), alerts()) == ({"done": 2}, [])


def test_reading_that_breaks_off_costs_only_the_one_it_stood_at(fresh_database, take, monkeypatch):
    def breaks(letter):
        if letter.subject == "poison":
            raise ZeroDivisionError("by the poison")
        return []

    monkeypatch.setattr(reading, "keep_files", breaks)
    take(mail(subject="before"), mail(subject="poison"), mail("x@y.example", subject="after"))
    for _ in range(claiming.TRIES):
        job.run()
        due_now(fresh_database)
    assert states(fresh_database) == {"done": 2, "failed": 1}
    with fresh_database.read() as db:
        assert db.scalars(select(InboundMail.attempts).where(InboundMail.state == "done")).all() == [1, 1]


def test_a_claim_is_no_more_than_memory_has_room_for(fresh_database, take, monkeypatch):
    take(*(mail(subject=f"{n}", text="long " * 1000) for n in range(3)), mail(text="longest " * 10_000), mail())
    monkeypatch.setattr(claiming, "BYTES", 12_000)
    taken = []
    for _ in range(4):
        with fresh_database.write() as db:
            taken.append(len(claiming.claim(db, "me", 50)))
    assert taken == [2, 1, 1, 1]


def test_bytes_are_read_when_the_claim_is_committed(fresh_database, take, monkeypatch):
    take(mail())
    whole, held = reading.raws_of, []

    def looks(db, ids):
        with fresh_database.read() as other:
            held.extend(other.scalars(select(InboundMail.lease)).all())
        return whole(db, ids)

    monkeypatch.setattr(reading, "raws_of", looks)
    job.run()
    assert held == [job._me()]


def test_many_that_killed_their_readers_are_given_up_in_one_go(fresh_database, take, monkeypatch):
    monkeypatch.setattr(claiming, "give_up", lambda db, row, reason, at: claiming.finish(row, "failed", reason, at=at))
    take(*(mail(subject=f"{n}") for n in range(1100)), mail(subject="fine"))
    with fresh_database.write() as db:
        last = db.scalar(select(func.max(InboundMail.id)))
        db.execute(update(InboundMail).where(InboundMail.id < last).values(attempts=claiming.TRIES))
    with fresh_database.write() as db:
        assert [row.id for row in claiming.claim(db, "me", 50)] == [last]
    assert states(fresh_database) == {"failed": 1100, "pending": 1}


def test_a_job_ends_in_time_however_much_there_is(fresh_database, monkeypatch):
    begun = time.monotonic()

    def work(_reading, *, claim):
        assert time.monotonic() < begun + 5, "it goes on for ever"
        return claim

    monkeypatch.setattr(job, "work", work)
    monkeypatch.setattr(job, "PATIENCE", 0.05)
    job.run()


@pytest.mark.parametrize("way", ["merged", "acknowledged", "opened in this batch"])
def test_what_one_letter_of_a_batch_does_to_a_ticket_outlives_the_next(fresh_database, take, way):
    """A customer and a robot answer in one batch: the ticket is open and unread afterwards, whichever came first."""
    with fresh_database.write() as db:
        jonas = add_agent(db, "jonas@desk.example", role="admin")
    answered = "one@k.example"
    if way != "opened in this batch":
        take(mail(message_id="one@k.example"), mail(message_id="two@k.example", subject="Another"))
        job.run()
        fanout.run()
        with fresh_database.write() as db:
            first, second = db.scalars(select(Ticket).order_by(Ticket.id))
            if way == "merged":
                merge(db, first, second, by=jonas)
            else:
                second = first
                answered = db.scalar(select(OutboundMail.rfc_message_id).where(OutboundMail.ticket_id == first.id))
            change_state(db, second, "closed", by=jonas)
            second.unread = False
    take(*([mail(message_id="one@k.example")] if way == "opened in this batch" else []),
         mail(subject="Re", text="It does not work!", In_Reply_To=f"<{answered.strip('<>')}>"),
         mail("per@k.example", subject="Away", text="I am away.", In_Reply_To=f"<{answered.strip('<>')}>", Auto_Submitted="auto-replied"))
    job.run()
    with fresh_database.read() as db:
        ticket = db.scalars(select(Ticket).where(Ticket.merged_into_id.is_(None), Ticket.subject != "Another" if way != "merged" else Ticket.subject == "Another")).one()
        assert (ticket.state, ticket.unread, ticket.preview) == ("new" if way == "opened in this batch" else "open", True, "It does not work!")
        assert db.scalar(select(func.count()).select_from(Message)) == (3 if way == "opened in this batch" else 4)


def test_a_mail_in_the_hands_of_a_worker_that_was_ended_is_read_as_any_other(fresh_database, take):
    take(mail(html="<ul><li>one</li><li>two</li></ul>"))
    with fresh_database.write() as db:
        claiming.claim(db, "a worker that is no more", 10)
    releasing.release("a worker that is no more")
    job.run()
    with fresh_database.read() as db:
        message = db.scalars(select(Message)).one()
        assert "<li>" in message.html
        assert not message.oddities
        assert not db.scalars(select(InboundMail)).one().hung


def test_what_is_in_hand_is_held_while_the_rest_is_read(fresh_database, take):
    take(mail(), mail(subject="Another"))
    with fresh_database.write() as db:
        claiming.claim(db, "me", 10)
    with fresh_database.write() as db:
        db.execute(update(InboundMail).values(lease_until=now() + timedelta(seconds=3)))
        claiming.hold(db, "me")
        claiming.hold(db, "somebody else", at=now() + timedelta(hours=1))
    with fresh_database.read() as db:
        assert all(until > now() + timedelta(seconds=50) for until in db.scalars(select(InboundMail.lease_until)))


def test_told_to_end_no_more_is_claimed(fresh_database, take):
    take(mail())
    ending.set()
    try:
        job.run()
    finally:
        ending.clear()
    assert states(fresh_database) == {"pending": 1}


def test_told_to_end_what_is_in_hand_is_left_to_the_next_as_if_untried(fresh_database, take, monkeypatch):
    def told_meanwhile(*hands, **how):
        try:
            return work(*hands, **how)
        finally:
            ending.set()

    work = job.work
    take(mail())
    monkeypatch.setattr(job, "work", told_meanwhile)
    try:
        job.run()
    finally:
        ending.clear()
    with fresh_database.read() as db:
        assert [(row.state, row.lease, row.attempts) for row in db.scalars(select(InboundMail))] == [("pending", "", 0)]


def test_a_number_that_no_ticket_can_have_is_only_text(fresh_database, take):
    take(mail(subject="Re: your order [#202401150001]"))
    job.run()
    assert states(fresh_database) == {"done": 1}
