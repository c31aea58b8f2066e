"""The outbound job: everything due leaves once, in its own time, whatever the relays do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import undefer

from contacts.address import Address
from contacts.enrolling import add_agent
from core.clock import now
from core.history import FactRow
from core.leases import Lease
from core.options import set_option
from core.tokens import seal
from desk import handing_over
from desk.addressing import outbound_uid_of
from desk.alerts import standing_alerts
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail, enqueue, pending_now, retry
from desk.tickets.message import Message
from jobs import outbound
from tests.mailgate.relays import Relay, a_greeting, a_relay
from tests.outgoing import CUSTOMER, a_conversation, a_file, a_mailbox, an_answer
from tests.servers import PASSWORD, pymap

EVA = "eva@kunde.example"


@pytest.fixture
def desk(fresh_database):
    return fresh_database


def answer(desk, relay_url="", *, mailbox="support@desk.example", **fields):
    """An agent's answer waits to leave; the id of its row."""
    with desk.write() as db:
        talk = a_conversation(db, a_mailbox(db, mailbox, relay_url=relay_url))
        return an_answer(db, talk, **fields).id


def row_of(desk, outbound_id):
    with desk.read() as db:
        return db.get_one(OutboundMail, outbound_id, options=[undefer(OutboundMail.composed)])


def due_now(desk):
    """As if the waiting time were over."""
    with desk.write() as db:
        db.execute(update(OutboundMail).values(due_at=now(), lease_until=None))


def facts(desk, kind):
    with desk.read() as db:
        return db.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)).all()


def test_answer_leaves_by_the_mailboxs_own_relay(desk):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        assert outbound.run() == 1
    row, mail = row_of(desk, outbound_id), relay.taken[0]
    assert (row.state, row.attempts, row.reason) == ("sent", 1, None)
    assert row.sent_at is not None
    assert row.outcomes == {CUSTOMER: ["accepted", "250 2.0.0 Taken"]}
    assert mail.recipients == [CUSTOMER]
    assert outbound_uid_of(mail.sender) == row.uid
    assert mail.raw == row.composed
    with desk.read() as db:
        assert not pending_now(db)
    assert outbound.run() == 0
    assert len(relay.taken) == 1


def test_relay_of_the_installation_serves_mailboxes_without_one(desk, monkeypatch):
    with a_relay() as relay:
        monkeypatch.setenv("SKRANKE_RELAY_URL", relay.url)
        outbound_id = answer(desk)
        outbound.run()
    assert row_of(desk, outbound_id).state == "sent"


def test_without_any_relay_it_waits_and_says_what_to_set(desk):
    outbound_id = answer(desk)
    outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "deferred"
    assert "SKRANKE_RELAY_URL" in row.reason
    assert row.attempts == 0


def without_relay(desk, relay):
    return answer(desk)


def with_a_url_that_is_none(desk, relay):
    return answer(desk, "telnet://relay.example")


def with_a_key_that_cannot_be_read(desk, relay):
    outbound_id = answer(desk, relay.url)
    with desk.write() as db:
        db.execute(update(Mailbox).values(dkim_selector="s", dkim_key=seal("no key")))
    return outbound_id


@pytest.mark.parametrize("broken", [without_relay, with_a_url_that_is_none, with_a_key_that_cannot_be_read])
def test_mailbox_that_cannot_send_is_an_alert_at_once_until_it_can(desk, broken):
    with a_relay() as relay:
        outbound_id = broken(desk, relay)
        raised = set()
        for _ in range(2):
            outbound.run()
            [alert] = alerts(desk)
            raised.add(alert.id)
            due_now(desk)
        row = row_of(desk, outbound_id)
        assert (alert.about, alert.kind, alert.detail) == ("support@desk.example", "sending", row.reason)
        assert len(raised) == 1, "it stands while it lasts"
        assert row.first_tried_at is not None
        with desk.write() as db:
            db.execute(update(Mailbox).values(relay_url=relay.url, dkim_selector=""))
        outbound.run()
    assert (row_of(desk, outbound_id).state, alerts(desk)) == ("sent", [])


def test_mail_that_nobody_can_send_is_given_up_after_the_days_that_are_set(desk):
    outbound_id = answer(desk)
    outbound.run()
    for hours, state in ((71, "deferred"), (72, "failed")):
        with desk.write() as db:
            db.execute(update(OutboundMail).values(due_at=now(), first_tried_at=now() - timedelta(hours=hours)))
        outbound.run()
        assert row_of(desk, outbound_id).state == state
    assert "SKRANKE_RELAY_URL" in row_of(desk, outbound_id).reason
    assert len(facts(desk, "mail.failed")) == 1


def test_demo_sends_nothing_over_the_network(desk, monkeypatch):
    with a_relay() as relay:
        monkeypatch.setenv("SKRANKE_DEMO", "1")
        outbound_id = answer(desk, relay.url)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "sent"
    assert "Caught at /outbox" in row.reason and {said for _taken, said in row.outcomes.values()} == {""}
    assert b"Turn the switch." in row.composed
    assert relay.connections == 0


def test_temporary_refusal_waits_longer_each_time_and_sends_the_same_bytes(desk):
    with a_relay(Relay(answers={"DATA": ["451 4.3.0 Not now", "452 4.3.1 Still not"]})) as relay:
        outbound_id = answer(desk, relay.url)
        outbound.run()
        first = row_of(desk, outbound_id)
        assert (first.state, first.attempts) == ("deferred", 1)
        assert first.reason == "451 4.3.0 Not now"
        assert timedelta(seconds=50) < first.due_at - now() < timedelta(seconds=70)
        assert outbound.run() == 0
        due_now(desk)
        outbound.run()
        second = row_of(desk, outbound_id)
        assert timedelta(seconds=100) < second.due_at - now() < timedelta(seconds=140)
        due_now(desk)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert (row.state, row.attempts, row.reason) == ("sent", 3, None)
    assert first.composed == second.composed == relay.taken[0].raw


@pytest.mark.parametrize("days", [3, 1])
def test_given_up_after_the_days_that_are_set(desk, days):
    with a_relay(Relay(answers={CUSTOMER: "450 4.2.1 Not today"})) as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            set_option(db, "mail.retry_days", days)
        outbound.run()
        for hours, state in ((24 * days - 1, "deferred"), (24 * days, "failed")):
            with desk.write() as db:
                db.execute(update(OutboundMail).values(
                    due_at=now(), first_tried_at=now() - timedelta(hours=hours)))
            outbound.run()
            assert row_of(desk, outbound_id).state == state
    assert row_of(desk, outbound_id).reason == (
        f"{CUSTOMER} was refused: 450 4.2.1 Not today Given up after 3 attempts.")
    assert len(facts(desk, "mail.failed")) == 1


def test_final_refusal_is_told_to_the_ticket(desk):
    with a_relay(Relay(answers={"DATA": "554 5.7.1 Looks like spam"})) as relay:
        outbound_id = answer(desk, relay.url)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert (row.state, row.reason) == ("failed", "554 5.7.1 Looks like spam")
    [fact] = facts(desk, "mail.failed")
    assert fact.data["outbound_uid"] == row.uid
    with desk.read() as db:
        assert pending_now(db) is False
        assert db.scalar(select(Address.health).where(Address.normalised == CUSTOMER)) == "ok"


def test_refused_recipient_is_named_and_the_other_gets_it(desk):
    with a_relay(Relay(answers={CUSTOMER: "550 5.1.1 No such user"})) as relay:
        outbound_id = answer(desk, relay.url, cc=[["", EVA]])
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "sent"
    assert row.reason == f"{CUSTOMER} was refused: 550 5.1.1 No such user"
    assert relay.taken[0].recipients == [EVA]
    assert len(facts(desk, "mail.failed")) == 1
    with desk.read() as db:
        assert db.scalar(select(Address.health).where(Address.normalised == CUSTOMER)) == "bouncing"


def test_recipient_who_has_to_wait_gets_it_later_and_nobody_twice(desk):
    with a_relay(Relay(answers={EVA: ["450 4.2.0 Greylisted"]})) as relay:
        outbound_id = answer(desk, relay.url, cc=[["", EVA]])
        outbound.run()
        row = row_of(desk, outbound_id)
        assert row.state == "deferred"
        assert row.reason == f"{EVA} has to wait: 450 4.2.0 Greylisted"
        due_now(desk)
        outbound.run()
    assert [mail.recipients for mail in relay.taken] == [[CUSTOMER], [EVA]]
    assert relay.taken[0].raw == relay.taken[1].raw
    assert row_of(desk, outbound_id).state == "sent"


@pytest.mark.parametrize("stage", ["text", "end"])
def test_line_dropped_in_data_sends_again_and_says_that_it_may_come_twice(desk, stage):
    with a_relay(Relay(drop={stage})) as relay:
        outbound_id = answer(desk, relay.url)
        outbound.run()
        row = row_of(desk, outbound_id)
        assert row.state == "deferred"
        assert handing_over.AGAIN in row.reason
        relay.drop.clear()
        due_now(desk)
        outbound.run()
    again = row_of(desk, outbound_id)
    assert (again.state, again.reason) == ("sent", handing_over.AGAIN)
    assert relay.taken[0].raw == row.composed


def test_worker_that_died_while_handing_over(desk):
    """DESIGN.md section 3: after a crash the same Message-ID and bytes go out again, and the row says so."""
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            assert handing_over.claim(db, "dead", row_of(desk, outbound_id).mailbox_id) == [outbound_id]
            assert handing_over.begin(db, outbound_id, "dead", b"Subject: as composed then\r\n\r\n")
        assert outbound.run() == 0                # its lease still stands
        due_now(desk)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert (row.state, row.reason, row.attempts) == ("sent", handing_over.AGAIN, 2)
    assert relay.taken[0].raw == b"Subject: as composed then\r\n\r\n"


def test_bytes_are_committed_before_the_first_word_to_the_relay(desk):
    seen = []

    class Looking(Relay):
        async def handle_MAIL(self, server, session, envelope, address, options):
            with desk.read() as db:
                seen.append(db.execute(select(OutboundMail.state, OutboundMail.composed)).one())
            return await super().handle_MAIL(server, session, envelope, address, options)

    with a_relay(Looking()) as relay:
        answer(desk, relay.url)
        outbound.run()
    assert seen == [("handing_over", relay.taken[0].raw)]


def test_lost_lease_sends_nothing(desk):
    outbound_id = answer(desk)
    with desk.write() as db:
        handing_over.claim(db, "one", row_of(desk, outbound_id).mailbox_id)
    due_now(desk)
    with desk.write() as db:
        handing_over.claim(db, "two", row_of(desk, outbound_id).mailbox_id)
    with desk.write() as db:
        assert not handing_over.begin(db, outbound_id, "one", b"")
        assert handing_over.settle(db, outbound_id, "one", handing_over.Outcome({CUSTOMER: "250"})) == ""


def test_what_a_relay_took_is_written_down_though_the_lease_ended_meanwhile(desk):
    """Nobody else has the row: the mail has left, and must not leave again."""
    outbound_id = answer(desk)
    with desk.write() as db:
        handing_over.claim(db, "one", row_of(desk, outbound_id).mailbox_id)
        assert handing_over.begin(db, outbound_id, "one", b"")
    with desk.write() as db:
        db.execute(update(OutboundMail).values(lease_until=now() - timedelta(seconds=1)))
        assert not handing_over.begin(db, outbound_id, "one", b""), "nothing new is begun"
        assert handing_over.settle(db, outbound_id, "one", handing_over.Outcome({CUSTOMER: "250"})) == "sent"


def test_the_wait_grows_from_a_minute_to_two_hours_and_no_further():
    waits = [handing_over.pause(attempts) for attempts in range(1, 40)]
    assert timedelta(seconds=54) <= waits[0] <= timedelta(seconds=66)
    assert all(timedelta(minutes=108) <= wait <= timedelta(minutes=132) for wait in waits[8:])
    assert all(later > 1.4 * earlier for earlier, later in pairwise(waits[:7]))


def test_slow_relay_blocks_no_other_mailbox(desk):
    with a_relay(Relay(hang={"MAIL"})) as slow, a_relay() as quick:
        slow_id = answer(desk, slow.url)
        quick_id = _second(desk, quick.url)
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(outbound.run)
            try:
                until(lambda: row_of(desk, quick_id).state == "sent")
                until(lambda: row_of(desk, slow_id).state == "handing_over")
                third_id = _another(desk, quick_id)        # one that comes while the slow relay is still awaited
                until(lambda: row_of(desk, third_id).state == "sent")
                assert row_of(desk, slow_id).state == "handing_over"
            finally:
                slow.hang.clear()
            job.result()
    assert row_of(desk, slow_id).state == "sent"


def until(holds):
    deadline = now() + timedelta(seconds=15)
    while not holds():
        assert now() < deadline


def _second(desk, relay_url):
    with desk.write() as db:
        mailbox = a_mailbox(db, "sales@desk.example", relay_url=relay_url)
        return enqueue(db, kind="system", mailbox=mailbox, recipients=[EVA], subject="Hello", text="Hello").id


def _another(desk, outbound_id):
    with desk.write() as db:
        mailbox = db.get_one(OutboundMail, outbound_id).mailbox
        return enqueue(db, kind="system", mailbox=mailbox, recipients=[EVA], subject="More", text="More").id


def test_relay_that_is_away_lets_all_wait_at_once(desk):
    with a_relay() as relay:
        url = relay.url
    outbound_id = answer(desk, url)
    others = [_another(desk, outbound_id) for _ in range(3)]
    assert outbound.run() == 4
    for each in (outbound_id, *others):
        row = row_of(desk, each)
        assert (row.state, row.attempts) == ("deferred", 1)
        assert "takes no connections" in row.reason


def test_relay_that_stays_away_is_an_alert_until_it_answers(desk):
    with a_relay() as relay:
        pass
    outbound_id = answer(desk, relay.url)
    for attempts, standing in ((1, 0), (2, 0), (3, 1), (4, 1)):
        outbound.run()
        due_now(desk)
        assert row_of(desk, outbound_id).attempts == attempts
        assert len(alerts(desk)) == standing
    assert alerts(desk)[0].about == "support@desk.example"
    with a_relay() as relay:
        with desk.write() as db:
            db.execute(update(Mailbox).values(relay_url=relay.url))
        outbound.run()
    assert alerts(desk) == []
    assert row_of(desk, outbound_id).state == "sent"


def test_refused_sign_in_is_one_for_all_that_waits_and_for_what_comes(desk):
    with a_relay(Relay(passwords={"u": "right"})) as relay:
        outbound_id = answer(desk, relay.url.replace("://", "://u@"))
        with desk.write() as db:
            db.execute(update(Mailbox).values(relay_password=seal("wrong")))
        others = [_another(desk, outbound_id) for _ in range(45)]
        assert outbound.run() == 46
        late = _another(desk, outbound_id)
        assert outbound.run() == 1
        assert relay.connections == 1
        for each in (outbound_id, *others, late):
            row = row_of(desk, each)
            assert (row.state, row.attempts) == ("deferred", 1)
            assert "did not accept the sign-in of u: 535" in row.reason
        assert [alert.kind for alert in alerts(desk)] == ["sending"]
        due_now(desk)
        outbound.run()
        assert relay.connections == 1, "mails that are due do not end the rest"
        with desk.write() as db:
            db.execute(update(Lease).values(until=now()))
        due_now(desk)
        outbound.run()
        assert relay.connections == 2
        with desk.read() as db:
            [until] = db.scalars(select(Lease.until).where(Lease.name.startswith("relay:")))
        assert until - now() > timedelta(minutes=3), "the rest grows longer"
        with desk.write() as db:
            db.execute(update(Mailbox).values(relay_password=seal("right")))
        due_now(desk)
        outbound.run()
        assert len(relay.taken) == 47, "another password is tried at once"
    assert alerts(desk) == []


@pytest.mark.parametrize("own", [True, False], ids=["the desk's own mail", "a mailbox's"])
def test_admins_are_mailed_of_what_cannot_be_sent_but_not_of_such_mails(desk, own):
    with a_relay() as relay:
        pass
    with desk.write() as db:
        add_agent(db, "nora@desk.example", role="admin")
        mailbox = a_mailbox(db, "support@desk.example", relay_url=relay.url)
        enqueue(db, kind="notification", mailbox=None if own else mailbox, recipients=["nora@desk.example"], subject="Something is wrong")
    for _ in range(4):
        outbound.run()
        due_now(desk)
    assert [alert.kind for alert in alerts(desk)] == ["sending"]
    with desk.read() as db:
        subjects = list(db.scalars(select(OutboundMail.subject).order_by(OutboundMail.id)))
    assert subjects == ["Something is wrong", *([] if own else ["Something is wrong: support@desk.example"])]


def alerts(desk):
    with desk.read() as db:
        return standing_alerts(db)


@pytest.mark.parametrize("greeting", [b"554 5.3.2 Not accepting mail\r\n", b"421 Busy\r\n", b"garbage\r\n", b""])
def test_relay_that_turns_us_away_at_the_door_lets_it_wait(desk, greeting):
    with a_greeting(greeting) as url:
        outbound_id = answer(desk, url)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "deferred"
    assert row.reason.startswith("The relay 127.0.0.1 ")


def test_line_that_broke_is_dialled_again_for_the_next(desk):
    with a_relay(Relay(answers={CUSTOMER: ["421 4.3.2 Restarting"]})) as relay:
        outbound_id = answer(desk, relay.url)
        other = _another(desk, outbound_id)
        outbound.run()
    assert row_of(desk, outbound_id).state == "deferred"
    assert row_of(desk, other).state == "sent"
    assert relay.connections == 2


def test_mail_that_cannot_be_composed_stops_no_other(desk):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            message = db.get_one(Message, db.get_one(OutboundMail, outbound_id).message_id)
            a_file(db, message, "gone.txt", b"x").digest = "0" * 64
        other = _another(desk, outbound_id)
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "failed"
    assert row.reason == "The file gone.txt is no longer kept, so this mail cannot be put together."
    assert row_of(desk, other).state == "sent"
    assert len(facts(desk, "mail.failed")) == 1


def test_a_database_that_goes_away_while_a_mail_is_put_together_fails_none(desk, monkeypatch):
    def away(*_):
        outage.undo()
        raise OperationalError("SELECT", None, ConnectionError("server closed the connection"))

    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with monkeypatch.context() as outage:
            outage.setattr(outbound, "gather", away)
            outbound.run()
    assert row_of(desk, outbound_id).state == "sent"


def test_broken_dkim_key_makes_mail_wait(desk):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            mailbox = db.get_one(OutboundMail, outbound_id).mailbox
            mailbox.dkim_selector, mailbox.dkim_key = "s", seal("no key")
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "deferred"
    assert "DKIM key" in row.reason


def test_failed_mail_tried_again_by_hand_begins_afresh(desk):
    with a_relay(Relay(answers={"DATA": ["554 No"]})) as relay:
        outbound_id = answer(desk, relay.url)
        outbound.run()
        with desk.write() as db:
            retry(db, db.get_one(OutboundMail, outbound_id))
        outbound.run()
    assert row_of(desk, outbound_id).state == "sent"


def test_several_workers_send_each_mail_once(desk):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        for _ in range(30):
            _another(desk, outbound_id)
        workers = [threading.Thread(target=outbound.run) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(relay.taken) == 31
    assert len({mail.raw for mail in relay.taken}) == 31


def test_copy_in_sent_that_fails_sends_nothing_again(desk):
    """Freescout issue 3632."""
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            mailbox = db.get_one(OutboundMail, outbound_id).mailbox
            mailbox.imap_url, mailbox.sent_folder = "imap://127.0.0.1:1", "Sent"
        assert outbound.run() == 1
        due_now(desk)
        assert outbound.run() == 0
    row = row_of(desk, outbound_id)
    assert (row.state, row.copied_at) == ("sent", None)
    assert "the copy to the folder Sent failed" in row.reason
    assert len(relay.taken) == 1


def test_copy_in_sent(desk):
    with a_relay() as relay, pymap() as server:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            mailbox = db.get_one(OutboundMail, outbound_id).mailbox
            mailbox.imap_url, mailbox.imap_password, mailbox.sent_folder = server.url, seal(PASSWORD), "Sent"
        outbound.run()
        assert len(server.flags("Sent")) == 1
    row = row_of(desk, outbound_id)
    assert row.copied_at is not None
    assert row.reason is None


def test_what_a_slow_relay_leaves_undone_is_given_back(desk):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        assert outbound.run(seconds=0) == 0
        assert outbound._serve(row_of(desk, outbound_id).mailbox_id, "me", 0.0) == 0
        row = row_of(desk, outbound_id)
        assert (row.state, row.lease, row.lease_until, row.attempts) == ("queued", "", None, 0)
        assert outbound.run() == 1


def test_an_answer_whose_files_cannot_be_read_now_waits_and_leaves_later(desk, bucket):
    with a_relay() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            a_file(db, db.get_one(Message, db.get_one(OutboundMail, outbound_id).message_id), "manual.pdf", b"%PDF-1.7 manual")
        bucket.stop()
        outbound.run()
        row = row_of(desk, outbound_id)
        assert (row.state, row.attempts) == ("deferred", 0)
        assert row.reason.startswith("The file manual.pdf cannot be read just now:")
        bucket.start()
        due_now(desk)
        outbound.run()
    assert row_of(desk, outbound_id).state == "sent" and "manual.pdf" in relay.taken[0].raw.decode()
