"""Reading mailboxes over IMAP (MAIL.md, "Fetch and durability"), from pymap and from Dovecot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from core.clock import now
from core.database import Database
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.replaying import FETCHED_AGAIN, replay
from mailgate.imap import Pace
from mailgate.readers import Readers
from tests.mailgate.boxes import QUICK, alerts, arrived, box, cursor, letter, reading, rows, subjects
from tests.mailgate.doors import locked
from tests.mailgate.imap_proxy import Trouble, fetches, proxied
from tests.servers import ImapServer, dovecot, pymap, until

SEEN = rb"\Seen"


@pytest.fixture(params=["pymap", "dovecot"])
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    with (pymap if request.param == "pymap" else dovecot)() as started:
        yield started


def until_let_go(held: threading.Event, *uids: int) -> Trouble:
    """Lets nobody fetch these mails before the event."""
    def hold(command: bytes) -> None:
        if any(fetches(command, uid) for uid in uids):
            held.wait(60)
    return hold


def count(database: Database, number: int, seconds: float = 20) -> None:
    until(lambda: arrived(database) >= number, seconds, f"the arrival of {number} mails")


def test_new_mail_is_in_the_ledger_as_soon_as_the_server_tells_and_then_marked(
        server: ImapServer, fresh_database: Database) -> None:
    """By IDLE: the next look without it is minutes away."""
    mailbox = box(fresh_database, server.url)
    with reading(fresh_database, mailbox, replace(QUICK, poll=1000, renew=1000)):
        until(lambda: cursor(fresh_database), what="the first contact")
        for number in range(3):
            server.deliver(letter(number))
            count(fresh_database, number + 1)
        until(lambda: all(SEEN in flags for flags in server.flags().values()), what="the marks")
    assert subjects(fresh_database) == ["Mail 0", "Mail 1", "Mail 2"]
    assert rows(fresh_database)[0].transport == "imap"


def test_first_contact_takes_the_unseen_of_two_weeks_and_leaves_the_rest(
        server: ImapServer, fresh_database: Database) -> None:
    server.deliver(letter("unseen"), at=now() - timedelta(days=3))
    server.deliver(letter("seen"), flags=(SEEN,))
    server.deliver(letter("old"), at=now() - timedelta(days=30))
    with reading(fresh_database, box(fresh_database, server.url)):
        until(lambda: cursor(fresh_database))
        server.deliver(letter("new"))
        count(fresh_database, 2)
    assert subjects(fresh_database) == ["Mail unseen", "Mail new"]
    assert sorted(SEEN in flags for flags in server.flags().values()) == [False, True, True, True]


def test_an_outage_is_caught_up_and_a_human_who_reads_hides_nothing(
        server: ImapServer, fresh_database: Database) -> None:
    mailbox = box(fresh_database, server.url)
    with reading(fresh_database, mailbox):
        until(lambda: cursor(fresh_database))
    server.deliver(*(letter(n) for n in range(150)))
    server.deliver(letter("read by a human"), flags=(SEEN,))
    with reading(fresh_database, mailbox):
        count(fresh_database, 151)
    with reading(fresh_database, mailbox):
        server.deliver(letter("last"))
        count(fresh_database, 152)
    assert len(set(subjects(fresh_database))) == len(rows(fresh_database)) == 152


@pytest.mark.parametrize("after", ["leave", "seen", "move", "delete"])
def test_what_becomes_of_a_mail_that_was_read(server: ImapServer, fresh_database: Database, after: str) -> None:
    check_after(server, fresh_database, after)


@pytest.mark.parametrize("after", ["move", "delete"])
def test_a_server_that_can_nothing_but_the_least(fresh_database: Database, after: str) -> None:
    with dovecot(capability="IMAP4rev1") as server:
        check_after(server, fresh_database, after)


def check_after(server: ImapServer, database: Database, after: str) -> None:
    server.deliver(letter("mine"), flags=(SEEN,))
    with reading(database, box(database, server.url, imap_after=after, imap_move_to="Lest Æ")):
        until(lambda: cursor(database))
        server.deliver(letter("new"))
        count(database, 1)
        until(lambda: (found := cursor(database)) and found.settled_uid == found.last_uid > 0)
        left = server.flags()
        assert len(left) == (2 if after in ("leave", "seen") else 1)
        assert sum(SEEN in flags for flags in left.values()) == {"leave": 1, "seen": 2}.get(after, 1)
        if after == "move":
            assert len(server.flags("Lest Æ")) == 1
    assert subjects(database) == ["Mail new"]
    assert alerts(database) == []


def test_without_uidplus_nobody_elses_deleted_mail_is_expunged(fresh_database: Database) -> None:
    with dovecot(capability="IMAP4rev1 IDLE") as server:
        server.deliver(letter("theirs"), flags=(SEEN, rb"\Deleted"))
        with reading(fresh_database, box(fresh_database, server.url, imap_after="delete")):
            until(lambda: cursor(fresh_database))
            server.deliver(letter("ours"))
            until(lambda: (found := cursor(fresh_database)) and found.settled_uid == found.last_uid > 1)
        assert len(server.flags()) == 2
    assert subjects(fresh_database) == ["Mail ours"]


def test_several_folders_with_names_of_any_letters(server: ImapServer, fresh_database: Database) -> None:
    names = ["INBOX", "Kundehenvendelser & bestillinger", "Blåbær syltetøy", "日本"]
    for name in names:
        server.deliver(letter(f"to {len(name)}"), folder=name)
    with reading(fresh_database, box(fresh_database, server.url, imap_folders="\n".join(names))):
        count(fresh_database, 4)
        server.deliver(letter("again"), folder="日本")
        count(fresh_database, 5)
        until(lambda: all(SEEN in flags for flags in server.flags("日本").values()))
    assert sorted(subjects(fresh_database))[0] == "Mail again"


def test_five_thousand_new_mails_and_the_newest_first(fresh_database: Database) -> None:
    with dovecot() as server:
        mailbox = box(fresh_database, server.url)
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database))
        server.deliver(*(letter(n) for n in range(5000)))
        server.deliver(letter("answers backlog", "In-Reply-To: <m4000@fjord.example>"))
        server.deliver(letter("brand new"))
        with reading(fresh_database, mailbox):
            count(fresh_database, 5002, 90)
            until(lambda: (found := cursor(fresh_database)) and found.settled_uid == found.last_uid, 30)
        order = subjects(fresh_database)
        assert order.index("Mail brand new") < 50
        assert order.index("Mail 4000") < order.index("Mail answers backlog")
        assert len(set(order)) == 5002
        assert all(SEEN in flags for flags in server.flags().values())


def test_mail_that_comes_during_the_backlog_goes_ahead(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        mailbox = box(fresh_database, f"imap://127.0.0.1:{proxy.port}")
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database))
        server.deliver(*(letter(n) for n in range(600)))
        held = threading.Event()
        proxy.trouble = until_let_go(held, 1)
        with reading(fresh_database, mailbox):
            until(lambda: any(fetches(command, 1) for command in proxy.commands))
            server.deliver(letter("meanwhile"))
            held.set()
            count(fresh_database, 601, 60)
        order = subjects(fresh_database)
        assert order.index("Mail meanwhile") < 300
        assert len(set(order)) == 601


@pytest.mark.parametrize("after", ["leave", "delete"])
@pytest.mark.parametrize("void", [False, True], ids=["first contact", "rescan"])
def test_mail_that_comes_while_a_folder_is_entered_goes_ahead(fresh_database: Database, void: bool, after: str) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        mailbox = box(fresh_database, f"imap://127.0.0.1:{proxy.port}", imap_folders="Saker", imap_after=after)
        if void:
            server.deliver(letter("old"), folder="Saker", flags=(SEEN,), at=now() - timedelta(days=60))
            with reading(fresh_database, mailbox):
                until(lambda: cursor(fresh_database, "Saker"))
            server.client().delete_folder("Saker")
        server.deliver(*(letter(n) for n in range(600)), folder="Saker")
        held = threading.Event()
        proxy.trouble = until_let_go(held, 551, 1)
        with reading(fresh_database, mailbox):
            until(lambda: any(fetches(command, 551) or fetches(command, 1) for command in proxy.commands))
            server.deliver(letter("meanwhile"), folder="Saker")
            held.set()
            count(fresh_database, 601, 60)
            until(lambda: (found := cursor(fresh_database, "Saker")) and found.settled_uid == found.last_uid == 601)
        order = subjects(fresh_database)
        assert order.index("Mail 599") < 50
        assert order.index("Mail meanwhile") < 300
        assert len(order) == len(set(order)) == 601
        assert len(server.flags("Saker")) == (601 if after == "leave" else 0)


def test_a_mail_of_30_megabytes_among_small_ones(server: ImapServer, fresh_database: Database) -> None:
    big = letter("big") + b"a line of text in a large file\r\n" * 940_000
    with reading(fresh_database, box(fresh_database, server.url)):
        until(lambda: cursor(fresh_database))
        server.deliver(letter(1), letter(2))
        server.deliver(big)
        server.deliver(letter(3))
        count(fresh_database, 4, 40)
    assert sorted(row.size for row in rows(fresh_database))[-1] == len(big) > 30_000_000


@pytest.mark.parametrize("trouble", [b"TAG NO [SERVERBUG] cannot read it\r\n", b"TAG OK done\r\n",
                                     b"* 3 FETCH (UID 3 BODY[] NIL)\r\nTAG OK done\r\n",
                                     b"* 3 FETCH (UID 3 BODY[] (\r\nTAG OK done\r\n", "drop"])
def test_one_poisonous_mail_blocks_no_other(fresh_database: Database, trouble: bytes | str) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = lambda command: trouble if fetches(command, 3) else None
        mailbox = box(fresh_database, server.url.replace(str(server.port), str(proxy.port)))
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database))
            server.deliver(*(letter(n) for n in range(1, 7)))
            until(lambda: len([r for r in rows(fresh_database) if r.state == "pending"]) == 5, 30, "the other five")
            until(lambda: [r for r in rows(fresh_database) if r.state == "failed"], 30, "the failed row")
            server.deliver(letter("later"))
            count(fresh_database, 7)
        (failed,) = [row for row in rows(fresh_database) if row.state == "failed"]
        assert failed.reason is not None
        assert "UID 3 in INBOX" in failed.reason
        assert ("unreadable", failed.reason) in alerts(fresh_database)
        assert SEEN not in server.flags()[3]
        proxy.trouble = lambda command: None
        with reading(fresh_database, mailbox):
            until(lambda: not [r for r in rows(fresh_database) if r.state == "failed"], what="the late arrival")
            until(lambda: not [kind for kind, _ in alerts(fresh_database) if kind == "unreadable"])
        assert sorted(subjects(fresh_database)) == [*(f"Mail {n}" for n in range(1, 7)), "Mail later"]


def test_a_mail_that_could_not_be_fetched_is_asked_for_again(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = lambda command: b"TAG NO [SERVERBUG] cannot read it\r\n" if fetches(command, 1) else None
        mailbox = box(fresh_database, server.url.replace(str(server.port), str(proxy.port)))

        def failed() -> list[str]:
            return [row.reason or "" for row in rows(fresh_database) if row.state == "failed"]

        def again() -> str:
            with fresh_database.write() as db:
                said = replay(db, db.scalars(select(InboundMail)).one())
            reader.wake()
            return said

        with reading(fresh_database, mailbox) as [reader]:
            until(lambda: cursor(fresh_database))
            server.deliver(letter(1))
            until(failed, 30, "the failed row")
            assert again() == FETCHED_AGAIN
            until(lambda: failed() and failed() != [FETCHED_AGAIN], 20, "the second refusal")
            assert "could not hand over this mail (UID 1 in INBOX)" in failed()[0]
            proxy.trouble = lambda command: None
            again()
            until(lambda: [row for row in rows(fresh_database) if row.state == "pending"], 20, "the bytes")
            until(lambda: SEEN in server.flags()[1], what="the mark")
        assert subjects(fresh_database) == ["Mail 1"]
        assert failed() == [] and not alerts(fresh_database)


def test_asking_again_wakes_a_reader_that_waits(fresh_database: Database) -> None:
    """Far sooner than an IDLE ends."""
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = lambda command: b"TAG NO [SERVERBUG] cannot read it\r\n" if fetches(command, 1) else None
        box(fresh_database, server.url.replace(str(server.port), str(proxy.port)))
        readers = Readers(lambda: None, Pace(poll=1), every=0.2).start()
        try:
            until(lambda: cursor(fresh_database))
            server.deliver(letter(1))
            until(lambda: [row for row in rows(fresh_database) if row.state == "failed"], 30, "the failed row")
            proxy.trouble = lambda command: None
            with fresh_database.write() as db:
                replay(db, db.scalars(select(InboundMail)).one())
            until(lambda: [row.size for row in rows(fresh_database)] != [0], 20, "the bytes")
            assert subjects(fresh_database) == ["Mail 1"]
        finally:
            readers.close()


def test_a_mail_that_has_gone_is_asked_for_in_vain(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = lambda command: b"TAG NO [SERVERBUG] cannot read it\r\n" if fetches(command, 1) else None
        mailbox = box(fresh_database, server.url.replace(str(server.port), str(proxy.port)))
        with reading(fresh_database, mailbox) as [reader]:
            until(lambda: cursor(fresh_database))
            server.deliver(letter(1))
            until(lambda: [row for row in rows(fresh_database) if row.state == "failed"], 30, "the failed row")
            client = server.client()
            client.select_folder("INBOX")
            client.delete_messages([1])
            client.expunge()

            def answer() -> str:
                """At its first look the reader may not have heard yet that the mail has gone."""
                with fresh_database.write() as db:
                    replay(db, db.scalars(select(InboundMail)).one())
                reader.wake()
                return until(lambda: [row.reason for row in rows(fresh_database) if row.reason != FETCHED_AGAIN])[0] or ""

            until(lambda: "no longer in INBOX" in answer(), 20, "the answer")


def test_a_uidvalidity_change_is_rescanned_without_duplicates(fresh_database: Database) -> None:
    with dovecot() as server:
        mailbox = box(fresh_database, server.url, imap_folders="Saker")
        server.deliver(letter("seen before us"), folder="Saker", flags=(SEEN,), at=now() - timedelta(days=60))
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database, "Saker"))
            server.deliver(*(letter(n) for n in range(20)), letter(7), folder="Saker")
            count(fresh_database, 21)
        before = cursor(fresh_database, "Saker")
        client = server.client()
        client.delete_folder("Saker")
        client.create_folder("Saker")
        server.deliver(letter("seen before us"), folder="Saker", flags=(SEEN,), at=now() - timedelta(days=60))
        server.deliver(letter("while away"), *(letter(n) for n in range(20)), letter(7), folder="Saker")
        with reading(fresh_database, mailbox):
            count(fresh_database, 22)
            server.deliver(letter("after"), folder="Saker")
            count(fresh_database, 23)
        after = cursor(fresh_database, "Saker")
        assert before and after and before.uidvalidity != after.uidvalidity
        with reading(fresh_database, mailbox):
            server.deliver(letter("end"), folder="Saker")
            count(fresh_database, 24)
    assert sorted(subjects(fresh_database)) == sorted(
        [f"Mail {n}" for n in range(20)] + ["Mail 7", "Mail while away", "Mail after", "Mail end"])


def test_a_rescan_takes_nothing_that_the_first_contact_left(fresh_database: Database) -> None:
    with dovecot() as server:
        mailbox = box(fresh_database, server.url, imap_folders="Saker")
        early, old = now() - timedelta(hours=2), now() - timedelta(days=30)
        read = letter("read before us", f"Date: {format_datetime(early)}")
        unread = letter("old and unread", f"Date: {format_datetime(old)}")
        server.deliver(read, folder="Saker", flags=(SEEN,), at=early)
        server.deliver(letter("read today"), folder="Saker", flags=(SEEN,), at=early)
        server.deliver(unread, folder="Saker", at=old)
        server.deliver(letter("taken"), folder="Saker", at=early)
        with reading(fresh_database, mailbox):
            count(fresh_database, 1)
            until(lambda: cursor(fresh_database, "Saker"))
            server.deliver(letter("new"), folder="Saker")
            count(fresh_database, 2)
        server.client().delete_folder("Saker")
        server.deliver(letter("read today"), folder="Saker", flags=(SEEN,), at=early)
        server.deliver(read, folder="Saker", flags=(SEEN,))       # a moved server gives them new dates
        server.deliver(unread, letter("taken"), letter("new"), letter("while away"), folder="Saker")
        with reading(fresh_database, mailbox):
            count(fresh_database, 3)
            server.deliver(letter("after"), folder="Saker")
            count(fresh_database, 4)
    assert sorted(subjects(fresh_database)) == ["Mail after", "Mail new", "Mail taken", "Mail while away"]


def test_a_uidvalidity_change_under_an_open_connection(fresh_database: Database) -> None:
    with pymap() as server, reading(fresh_database, box(fresh_database, server.url)):
        until(lambda: cursor(fresh_database))
        server.deliver(letter(1))
        count(fresh_database, 1)
        server.stop()
        server.start()              # empty, and under another UIDVALIDITY
        server.deliver(letter(1), letter(2))
        count(fresh_database, 2)
    assert subjects(fresh_database) == ["Mail 1", "Mail 2"]


def test_mail_moved_back_from_junk_is_found(server: ImapServer, fresh_database: Database) -> None:
    mailbox = box(fresh_database, server.url)
    with reading(fresh_database, mailbox):
        until(lambda: cursor(fresh_database))
    server.deliver(letter("junk?"))
    human = server.client()
    human.create_folder("Junk")
    human.select_folder("INBOX")
    human.move(human.search("ALL"), "Junk")
    with reading(fresh_database, mailbox, Pace(renew=1)):     # pymap announces no mail that was moved
        server.deliver(letter("other"))
        count(fresh_database, 1)
        human.select_folder("Junk")
        human.move(human.search("ALL"), "INBOX")
        count(fresh_database, 2)
    assert subjects(fresh_database) == ["Mail other", "Mail junk?"]


def test_idle_is_renewed_and_without_idle_the_folder_is_polled(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        assert Pace().renew < 29 * 60
        pace = Pace(renew=0.2, first=0.05)
        with reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}"), pace):
            until(lambda: proxy.asked(b" IDLE") >= 3, what="a renewed IDLE")
            server.deliver(letter("idle"))
            count(fresh_database, 1)
        assert proxy.asked(b"DONE") >= 2


def test_polling_where_there_is_no_idle(fresh_database: Database) -> None:
    with dovecot(capability="IMAP4rev1") as server, proxied(server.port) as proxy:
        with reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}")):
            until(lambda: cursor(fresh_database))
            server.deliver(letter("polled"))
            count(fresh_database, 1)
        assert proxy.asked(b" IDLE") == 0
        assert proxy.asked(b"NOOP") > 0


def test_a_server_that_tells_no_uidnext_and_mail_in_the_breath_of_idle(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.change = lambda said: said.replace(b"[UIDNEXT ", b"[XUIDNXT ").replace(
            b"+ idling\r\n", b"+ idling\r\n* 1 EXISTS\r\n")
        server.deliver(letter("before"), flags=(SEEN,))
        with reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}")):
            until(lambda: cursor(fresh_database))
            until(lambda: proxy.asked(b" IDLE") > 3, what="a look at what came with IDLE")
            server.deliver(letter("new"))
            count(fresh_database, 1)
    assert subjects(fresh_database) == ["Mail new"]


def test_a_server_that_restarts_is_found_again_with_an_alert_in_between(fresh_database: Database) -> None:
    with dovecot() as server:
        server.client().create_folder("Saker")
        mailbox = box(fresh_database, server.url, imap_folders="INBOX\nSaker")
        _read_over_a_restart(fresh_database, server, mailbox)
    ((kind, sentence),) = alerts(fresh_database, standing=False)      # one of the mailbox, not of each folder
    assert kind == "reading"
    assert sentence.startswith("support@desk.example cannot be read: 127.0.0.1: ")


def _read_over_a_restart(fresh_database: Database, server: ImapServer, mailbox: Mailbox) -> None:
    with reading(fresh_database, mailbox) as readers:
        until(lambda: cursor(fresh_database) and cursor(fresh_database, "Saker"))
        server.stop()
        until(lambda: alerts(fresh_database) and all(reader._failures > 1 for reader in readers), what="the alert")
        server.start()
        server.deliver(letter("back"))
        count(fresh_database, 1)
        until(lambda: not alerts(fresh_database), what="the end of the alert")


def test_a_wrong_password_is_one_alert_at_once_and_no_hammering(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        mailbox = box(fresh_database, f"imap://127.0.0.1:{proxy.port}", imap_password="")
        with reading(fresh_database, mailbox, Pace(refused_first=30)):
            until(lambda: alerts(fresh_database), what="the alert")
            ((kind, sentence),) = alerts(fresh_database)
            assert kind == "reading"
            assert "does not let support@desk.example in" in sentence
            assert proxy.asked(b"LOGIN") == 1


def test_a_folder_that_is_not_there_is_an_alert(fresh_database: Database) -> None:
    with dovecot() as server, reading(fresh_database, box(fresh_database, server.url, imap_folders="Nope")):
        until(lambda: alerts(fresh_database))
        assert "The folder Nope of support@desk.example cannot be opened" in alerts(fresh_database)[0][1]
        client = server.client()
        client.create_folder("Nope")
        until(lambda: not alerts(fresh_database), what="the end of the alert")


def test_a_server_that_refuses_to_mark_is_an_alert_and_asked_again(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = lambda command: b"TAG NO [NOPERM] no\r\n" if b"STORE" in command else None
        mailbox = box(fresh_database, f"imap://127.0.0.1:{proxy.port}")
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database))
            server.deliver(letter(1), letter(2))
            count(fresh_database, 2)
            until(lambda: [kind for kind, _ in alerts(fresh_database)] == ["settling"])
        proxy.trouble = lambda command: None
        with reading(fresh_database, mailbox):
            until(lambda: all(SEEN in flags for flags in server.flags().values()))
            until(lambda: not alerts(fresh_database))
    assert len(rows(fresh_database)) == 2


def test_a_message_of_the_server_to_go_away(fresh_database: Database) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(dovecot())
        proxy = stack.enter_context(proxied(server.port))
        stack.enter_context(reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}")))
        until(lambda: proxy.asked(b" IDLE"))
        proxy.trouble = lambda command: b"* BYE too many\r\n" if b" IDLE" in command else None
        server.deliver(letter(1))
        count(fresh_database, 1)
        proxy.trouble = lambda command: None
        server.deliver(letter(2))
        count(fresh_database, 2)


def test_nothing_is_marked_before_the_commit(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        with reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}")):
            until(lambda: cursor(fresh_database))
            with locked(fresh_database):
                server.deliver(letter("waits"))
                until(lambda: [c for c in proxy.commands if fetches(c, 1)], what="the fetch")
                assert server.flags() == {1: set()}
                assert arrived(fresh_database) == 0
            count(fresh_database, 1)
            until(lambda: server.flags() == {1: {SEEN}}, what="the mark")
        assert proxy.asked(b"STORE") == 1


def test_only_commands_that_every_server_understands(fresh_database: Database) -> None:
    """iCloud has no RFC822 item, Exchange no CHARSET in searches, others neither SORT nor ESEARCH."""
    def refuse(command: bytes) -> bytes | None:
        strange = (b"RFC822)", b"(RFC822 ", b"CHARSET", b"SORT", b"RETURN", b"BODY[]")
        return b"TAG BAD unknown\r\n" if any(word in command for word in strange) else None

    with dovecot() as server, proxied(server.port) as proxy:
        proxy.trouble = refuse
        with reading(fresh_database, box(fresh_database, f"imap://127.0.0.1:{proxy.port}")):
            until(lambda: cursor(fresh_database))
            server.deliver(*(letter(n) for n in range(3)))
            count(fresh_database, 3)
        assert alerts(fresh_database) == []


def test_a_mail_under_two_labels_is_two_deliveries_of_the_same_bytes(fresh_database: Database) -> None:
    """As Gmail shows it; intake makes one message of them."""
    with pymap() as server:
        server.deliver(letter(1))
        server.deliver(letter(1), folder="Viktig")
        with reading(fresh_database, box(fresh_database, server.url, imap_folders="INBOX\nViktig")):
            count(fresh_database, 2)
    one, other = rows(fresh_database)
    assert (one.digest, one.message_key) == (other.digest, other.message_key)
    assert one.transport_key != other.transport_key
