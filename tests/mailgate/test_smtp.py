"""The SMTP door (MAIL.md, "Fetch and durability", last line)."""

from __future__ import annotations

import gc
import os
import signal
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, select, text

from core import schema
from core.database import Database
from core.database import database as the_database
from core.errors import Refused
from core.options import set_option
from core.settings import Settings, settings
from desk.blocking import block, unblock
from desk.inbound import InboundMail, raw_of
from desk.mailboxes import MailboxAlias, add_mailbox
from mailgate import committer, smtp, smtp_crowd, smtp_visit
from mailgate.smtp import Door
from tests.certificates import certificate
from tests.conftest import forget_caches
from tests.mailgate.doors import Line, locked, open_door
from tests.postgresqls import postgresql
from tests.servers import until

LETTER = b"From: ole@fjord.example\r\nTo: support@desk.example\r\nSubject: Hei\r\nMessage-ID: <a@fjord.example>\r\n\r\nHei.\r\n"


@pytest.fixture
def mailboxes(fresh_database: Database) -> Database:
    with fresh_database.write() as db:
        support = add_mailbox(db, "support@desk.example", "Support")
        support.aliases.append(MailboxAlias(normalised="help@desk.example"))
        add_mailbox(db, "Faktura@Blåbær.example", "Invoices")
        add_mailbox(db, "old@desk.example", "Old", active=False)
    return fresh_database


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """SQLite with a mailbox, also where the tests run on PostgreSQL."""
    monkeypatch.setenv("SKRANKE_DATABASE_URL", f"sqlite:///{tmp_path}/embedded.db")
    forget_caches()
    schema.upgrade(the_database())
    with the_database().write() as db:
        add_mailbox(db, "support@desk.example", "Support")
    yield the_database()
    the_database().engine.dispose()


@pytest.fixture
def door(mailboxes: Database) -> Iterator[Door]:
    with open_door() as opened:
        yield opened


def rows(database: Database) -> list[InboundMail]:
    with database.read() as db:
        return list(db.scalars(select(InboundMail).order_by(InboundMail.id)))


def test_250_means_that_the_bytes_are_in_the_ledger(mailboxes: Database, door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.sendmail("ole@fjord.example", ["support@desk.example"], LETTER)
    (row,) = rows(mailboxes)
    assert (row.state, row.envelope_sender, row.envelope_recipient, row.client) == (
        "pending", "ole@fjord.example", "support@desk.example", "127.0.0.1")
    with mailboxes.read() as db:
        assert raw_of(db, row.id) == LETTER


def test_the_door_says_what_it_can_do(door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.ehlo()
        assert set(client.esmtp_features) == {"size", "8bitmime", "smtputf8", "pipelining", "help"}
        assert client.esmtp_features["size"] == "30000000"


def test_one_row_per_mailbox_and_the_tagged_recipient_is_kept(mailboxes: Database, door: Door) -> None:
    with Line(door) as line:
        line.until_data("ole@fjord.example", "SUPPORT@desk.example", "help+r1.abc@desk.example",
                        "faktura@xn--blbr-roah.example")
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")
    assert [row.envelope_recipient for row in rows(mailboxes)] == [
        "help+r1.abc@desk.example", "faktura@xn--blbr-roah.example"]


def test_unknown_recipients_hear_why_in_ascii_or_in_utf8_if_they_can(door: Door) -> None:
    with Line(door) as line:
        line.ask("MAIL FROM:<ole@fjord.example>")
        assert line.ask("RCPT TO:<nobody@desk.example>") == "550 5.1.1 There is no mailbox nobody@desk.example here"
        assert line.ask("RCPT TO:<old@desk.example>").startswith("550 ")
        assert line.ask("RCPT TO:<bjørn@desk.example>") == r"550 5.1.1 There is no mailbox bj\xf8rn@desk.example here"
        line.say(b"RCPT TO:<bj\xf8rn@desk.example>\r\n")
        assert line.hear().startswith("550 5.1.1 There is no mailbox bj?rn")
        assert line.ask("DATA").startswith("503 ")
        line.ask("RSET")
        line.ask("MAIL FROM:<ole@fjord.example> SMTPUTF8")
        assert line.ask("RCPT TO:<bjørn@desk.example>").endswith("bjørn@desk.example here")


def test_postmaster_is_taken_and_a_dot_at_the_end_of_a_domain(door: Door) -> None:
    """RFC 5321 section 4.5.1."""
    with Line(door) as line:
        line.ask("MAIL FROM:<ole@fjord.example>")
        for welcome in ("Postmaster", "postmaster@desk.example", "support@desk.example."):
            assert line.ask(f"RCPT TO:<{welcome}>").startswith("250 "), welcome
        assert line.ask("RCPT TO:<postmaster@elsewhere.example>").startswith("550 ")


def test_a_mailbox_made_meanwhile_is_known_at_once(mailboxes: Database, door: Door) -> None:
    with Line(door) as line:
        line.ask("MAIL FROM:<ole@fjord.example>")
        assert line.ask("RCPT TO:<new@desk.example>").startswith("550 ")
        with mailboxes.write() as db:
            add_mailbox(db, "new@desk.example", "New")
        assert line.ask("RCPT TO:<new@desk.example>").startswith("250 ")


def test_too_large_is_refused_before_and_after_it_was_sent(mailboxes: Database) -> None:
    with open_door(smtp_size=10_000) as door, Line(door) as line:
        assert line.ask("MAIL FROM:<ole@fjord.example> SIZE=10001").startswith("552 ")
        assert line.until_data().startswith("354 ")
        line.say(b"x" * 4_000_000 + b"\r\n.\r\n")
        assert line.hear().startswith("552 ")
        assert line.until_data().startswith("354 ")
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")
    assert len(rows(mailboxes)) == 1


def test_a_mail_of_30_megabytes(mailboxes: Database, door: Door) -> None:
    letter = LETTER + (b"a" * 76 + b"\r\n") * 380_000
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.sendmail("ole@fjord.example", ["support@desk.example"], letter)
    (row,) = rows(mailboxes)
    assert row.size == len(letter) > 29_000_000


def test_pipelined_commands_are_answered_in_order(mailboxes: Database, door: Door) -> None:
    with Line(door) as line:
        line.say("MAIL FROM:<a@fjord.example>\r\nRCPT TO:<nobody@desk.example>\r\n"
                 "RCPT TO:<support@desk.example>\r\nDATA\r\n")
        assert [line.hear()[:3] for _ in range(4)] == ["250", "550", "250", "354"]
        line.say(LETTER + b".\r\nMAIL FROM:<b@fjord.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n")
        assert [line.hear()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        line.say(LETTER + b".\r\nQUIT\r\n")
        assert [line.hear()[:3] for _ in range(2)] == ["250", "221"]
    assert [row.envelope_sender for row in rows(mailboxes)] == ["a@fjord.example", "b@fjord.example"]


def test_null_sender_eight_bits_long_lines_and_stuffed_dots(mailboxes: Database, door: Door) -> None:
    body = b"Subject: bl\xe5b\xe6r\r\n\r\n" + b"x" * 300_000 + b"\r\n.\r\n..\r\n.end\r\n"
    with Line(door) as line:
        assert line.ask("MAIL FROM:<> BODY=8BITMIME SMTPUTF8 SIZE=400000").startswith("250 ")
        line.ask("RCPT TO:<støtte@desk.example>")
        line.ask("RCPT TO:<support@desk.example>")
        line.ask("DATA")
        line.say(body.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert line.hear().startswith("250 ")
        line.until_data("")
        line.say(b".\r\n")
        assert line.hear().startswith("250 ")
    first, second = rows(mailboxes)
    assert first.envelope_sender == second.envelope_sender == ""
    with mailboxes.read() as db:
        assert raw_of(db, first.id) == body
        assert raw_of(db, second.id) == b""


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\n.\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n"])
def test_a_false_end_smuggles_nothing_and_both_stay_in_step(mailboxes: Database, door: Door, end: bytes) -> None:
    with Line(door) as line:
        line.until_data()
        line.say(LETTER + b"before" + end + b"MAIL FROM:<evil@fjord.example>\r\nRCPT TO:<support@desk.example>\r\n"
                 b"DATA\r\nFrom: boss@desk.example\r\n\r\nsmuggled\r\n.\r\n")
        assert line.hear().startswith("550 5.5.2 ")
        assert line.ask("NOOP").startswith("250 ")
        line.until_data()
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")
    assert len(rows(mailboxes)) == 1


def test_bare_line_ends_without_a_lone_dot_are_taken(mailboxes: Database, door: Door) -> None:
    raw = b"Subject: from a printer\n\npage\rtwo\n..\n"
    with Line(door) as line:
        line.until_data()
        line.say(raw + b"\r\n.\r\n")
        assert line.hear().startswith("250 ")
    with mailboxes.read() as db:
        assert raw_of(db, rows(mailboxes)[0].id) == raw + b"\r\n"


def test_blocked_senders_domains_and_clients(mailboxes: Database, door: Door) -> None:
    with mailboxes.write() as db:
        block(db, "Rude@fjord.example")
        block(db, "@xn--br-1ia.example")
    with Line(door) as line:
        assert line.ask("MAIL FROM:<rude@FJORD.example>").startswith("550 5.7.1 ")
        assert line.ask("MAIL FROM:<any@bær.example>").startswith("550 5.7.1 ")
        assert line.ask("MAIL FROM:<>").startswith("250 ")
        line.ask("RSET")
        with mailboxes.write() as db:
            unblock(db, "rude@fjord.example")
        assert line.ask("MAIL FROM:<rude@fjord.example>").startswith("250 ")
        line.ask("RSET")
        with mailboxes.write() as db:
            set_option(db, "mail.blocked_clients", ["127.0.0.0/8"])
        assert line.ask("MAIL FROM:<ole@fjord.example>").startswith("550 5.7.1 ")


def test_addresses_as_they_come(door: Door) -> None:
    with Line(door) as line:
        for path in ("<@relay.example:ole@fjord.example>", '<"ole\\" hansen"@fjord.example>', "ole@fjord.example",
                     " <ole@fjord.example>", "<ole@[192.0.2.1]>", "<røkt@fjord.example> SMTPUTF8"):
            assert line.ask(f"MAIL FROM:{path}").startswith("250 "), path
            line.ask("RSET")
        for path in ("ole hansen@fjord.example", "<ole@fjord.example", "<a@b@c.example>", "<a b@c.example>", "<a\0b@c.example>"):
            assert line.ask(f"MAIL FROM:{path}").startswith("553 "), path
        assert line.ask("MAIL FROM:<ole@fjord.example> BODY=BINARYMIME").startswith("501 ")
        assert line.ask("AUTH PLAIN AGEAYg==")[:1] == "5"
        assert line.ask("VRFY support@desk.example").startswith("252 ")


def test_limits_on_recipients_refusals_and_connections(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "RECIPIENTS", 3)
    monkeypatch.setattr(smtp_crowd, "CONNECTIONS_PER_CLIENT", 2)
    monkeypatch.setattr(smtp_visit, "REFUSALS", 4)
    with Line(door) as line, Line(door), Line(door, greeted=False) as third:
        assert third.hear().startswith("421 4.7.0 ")
        line.ask("MAIL FROM:<ole@fjord.example>")
        for n in range(3):
            assert line.ask(f"RCPT TO:<support+{n}@desk.example>").startswith("250 ")
        assert line.ask("RCPT TO:<support@desk.example>").startswith("452 ")
        line.ask("RSET")
        line.ask("MAIL FROM:<ole@fjord.example>")
        answers = [line.ask(f"RCPT TO:<guess{n}@desk.example>")[:3] for n in range(4)]
        assert answers == ["550"] * 4
        assert line.hear().startswith("421 ")
        assert line.file.read() == b""


def test_a_command_too_often_and_words_we_do_not_know(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_visit, "COMMANDS", {"*": 20, "NOOP": 3})
    with Line(door) as line:
        assert [line.ask("NOOP")[:3] for _ in range(4)] == ["250", "250", "250", "421"]
    with Line(door) as line:
        assert [line.ask("BOGUS")[:3] for _ in range(5)] == ["500", "500", "500", "500", "502"]
        assert line.file.read() == b""
    with Line(door) as line:
        assert line.ask("NOOP " + "x" * 300_000).startswith("500 ")
        assert line.ask("NOOP").startswith("250 ")


@pytest.mark.parametrize(("command", "most"), [("HELP", 50), ("VRFY x", 50), ("EXPN x", 50), ("NOOP", 1000)])
def test_nobody_may_ask_for_ever(door: Door, command: str, most: int) -> None:
    with Line(door) as line:
        assert {line.ask(command)[0] for _ in range(most)} <= {"2", "5"}
        assert line.ask(command).startswith("421 ")


def test_all_connections_together_are_limited_and_room_is_found_again(
        door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_crowd, "CONNECTIONS", 2)
    with Line(door) as first, Line(door):
        with Line(door, greeted=False) as third:
            assert third.hear().startswith("421 4.7.0 ")
        first.ask("QUIT")
        until(lambda: len(door.crowd.visits) == 1)
        with Line(door) as fourth:
            assert fourth.until_data().startswith("354 ")


def test_452_while_too_much_mail_is_being_read_and_250_when_there_is_room(mailboxes: Database) -> None:
    """All that is read at once has room for eight of the largest; a ninth is sent again later."""
    with open_door(smtp_size=50_000) as door:
        full = b"x" * 77 + b".\r\n"             # each line is taken as it comes
        lines = [Line(door) for _ in range(8)]
        for line in lines:
            line.until_data()
            line.say(LETTER + full * 600)
        until(lambda: door.crowd._free < len(LETTER) + len(full) * 600)
        with Line(door) as ninth:
            ninth.until_data()
            ninth.say(LETTER + full * 600 + b".\r\n")
            assert ninth.hear().startswith("452 4.3.1 ")
            for line in lines:
                line.say(".\r\n")
                assert line.hear().startswith("250 ")
                line.close()
            ninth.until_data()
            ninth.say(LETTER + full * 600 + b".\r\n")
            assert ninth.hear().startswith("250 ")
    assert len(rows(mailboxes)) == 9


def test_whoever_says_nothing_is_let_go(mailboxes: Database) -> None:
    with open_door(idle=0.3) as door, Line(door) as line, Line(door) as other:
        other.until_data()
        other.say(b"half a li")
        assert line.file.read() == b""
        assert other.file.read() == b""
    assert rows(mailboxes) == []


def test_a_mail_may_take_only_so_long(mailboxes: Database) -> None:
    with open_door(longest=0.4) as door, Line(door) as line:
        line.until_data()
        line.say(b"slowly")
        assert line.hear().startswith("421 4.4.2 ")
        assert line.file.read() == b""
    assert rows(mailboxes) == []


def test_a_client_that_vanishes_leaves_nothing(mailboxes: Database, door: Door) -> None:
    with Line(door) as line:
        line.until_data()
        line.say(LETTER)
    with Line(door) as line:
        assert line.ask("NOOP").startswith("250 ")
    assert rows(mailboxes) == []


def test_451_while_the_database_is_locked_and_250_afterwards(
        mailboxes: Database, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "LOCKED", 0.3)
    if mailboxes.dialect == "sqlite":
        set_patience(0.3)
    with Line(door) as line:
        with locked(mailboxes):
            assert line.until_data().startswith("354 ")
            line.say(LETTER + b".\r\n")
            assert line.hear().startswith("451 4.3.0 ")
        line.until_data()
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")
    assert len(rows(mailboxes)) == 1


def test_451_when_the_disk_is_full(embedded: Database) -> None:
    def limit(connection: object, _record: object = None) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]
    event.listen(the_database().engine, "connect", limit)
    the_database().engine.dispose()
    with open_door() as door, Line(door) as line:
        line.until_data()
        line.say(LETTER + b"x" * 3_000_000 + b"\r\n.\r\n")
        assert line.hear().startswith("451 4.3.0 ")
        assert line.ask("NOOP").startswith("250 ")
    assert rows(embedded) == []


def test_451_when_the_database_is_gone(mailboxes: Database, door: Door, tmp_path: Path) -> None:
    with Line(door) as line:
        line.until_data()
        lose_the_database(tmp_path)
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("451 4.3.0 ")
        assert line.ask("MAIL FROM:<ole@fjord.example>").startswith("451 ")
        assert line.ask("QUIT").startswith("221 ")
    assert rows(mailboxes) == []


@pytest.fixture
def fading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A PostgreSQL with a mailbox whose connections of the moment fall silent when told; new ones are answered."""
    def fade() -> None:
        with psycopg.connect(server.url) as asking:
            silent.extend(pid for (pid,) in asking.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"))
        for pid in silent:
            os.kill(pid, signal.SIGSTOP)

    silent: list[int] = []
    with postgresql() as server:
        monkeypatch.setenv("SKRANKE_DATABASE_URL", server.url)
        monkeypatch.setattr(smtp, "ASKING", 1.0)
        monkeypatch.setattr(smtp, "PATIENCE", 1.0)
        forget_caches()
        schema.upgrade(the_database())
        with the_database().write() as db:
            add_mailbox(db, "support@desk.example", "Support")
        yield fade
        for pid in silent:
            os.kill(pid, signal.SIGCONT)
        until(lambda: not [one for one in threading.enumerate() if one.name.startswith(("door", "committer"))])
        the_database().engine.dispose()
        gc.collect()            # the connections that were left behind, here and not in the middle of another test


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
def test_451_in_time_when_the_database_falls_silent_and_250_as_soon_as_it_can_be_reached(
        fading: Callable[[], None]) -> None:
    with open_door() as door, Line(door) as line:
        assert line.until_data().startswith("354 ")
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")
        fading()
        assert line.ask("MAIL FROM:<ole@fjord.example>").startswith("451 4.3.0 ")
        assert line.until_data().startswith("354 ")
        fading()
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("451 4.3.0 ")
        assert line.until_data().startswith("354 ")
        line.say(LETTER + b".\r\n")
        assert line.hear().startswith("250 ")


def test_250_while_redis_is_away(mailboxes: Database, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKRANKE_REDIS_URL", "redis://127.0.0.1:1/0")
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.sendmail("ole@fjord.example", ["support@desk.example"], LETTER)
    assert len(rows(mailboxes)) == 1


def test_many_at_once_and_a_mailbox_that_vanishes_hurts_only_its_own_mail(mailboxes: Database, door: Door) -> None:
    def send(number: int) -> str:
        with Line(door) as line:
            line.until_data(f"c{number}@fjord.example")
            started.wait()
            line.say(LETTER + b".\r\n")
            return line.hear()[:3]

    def doomed() -> str:
        with Line(door) as line:
            line.until_data("x@fjord.example", "doomed@desk.example")
            with mailboxes.write() as db:
                db.execute(text("DELETE FROM mailboxes WHERE normalised = 'doomed@desk.example'"))
            started.wait()
            line.say(LETTER + b".\r\n")
            return line.hear()[:3]

    with mailboxes.write() as db:
        add_mailbox(db, "doomed@desk.example", "Doomed")
    started = threading.Barrier(17)
    with ThreadPoolExecutor(17) as pool:
        unlucky = pool.submit(doomed)
        answers = list(pool.map(send, range(16)))
    assert answers == ["250"] * 16
    assert unlucky.result() == "451"
    assert len(rows(mailboxes)) == 16


def test_starttls_when_a_certificate_is_set(mailboxes: Database, tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, "desk.example")
    with open_door(smtp_certificate=str(chain), smtp_key=str(key)) as door:
        trust = ssl.create_default_context(cafile=str(chain))
        trust.check_hostname = False
        with smtplib.SMTP("127.0.0.1", door.port) as client:
            client.ehlo()
            assert client.has_extn("starttls")
            client.starttls(context=trust)
            client.ehlo()
            assert not client.has_extn("starttls")
            assert client.docmd("STARTTLS")[0] == 503
            assert not client.has_extn("auth")
            client.sendmail("ole@fjord.example", ["support@desk.example"], LETTER)
    assert len(rows(mailboxes)) == 1


def test_a_certificate_that_cannot_be_read_is_named_with_its_settings(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Look at SKRANKE_SMTP_CERTIFICATE"):
        Door(Settings(smtp_certificate=str(tmp_path / "none.pem")))


def test_commands_sent_before_the_handshake_are_forgotten(mailboxes: Database, tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, "desk.example")
    trust = ssl.create_default_context(cafile=str(chain))
    trust.check_hostname = False
    with open_door(smtp_certificate=str(chain), smtp_key=str(key)) as door, Line(door) as line:
        line.say("STARTTLS\r\nMAIL FROM:<injected@fjord.example>\r\n")
        assert line.hear().startswith("220 ")
        line.file.close()
        try:
            with trust.wrap_socket(line.socket, server_hostname="desk.example") as safe:
                safe.sendall(b"NOOP\r\n")
                assert safe.recv(100).startswith(b"250 ")
        except (ssl.SSLError, ConnectionError):
            pass            # dropping whoever talks into the handshake is as good
    assert rows(mailboxes) == []


def test_a_closing_door_answers_what_it_took_and_sends_the_others_away(mailboxes: Database) -> None:
    with open_door() as door:
        idle = Line(door)
        with smtplib.SMTP("127.0.0.1", door.port) as client:
            client.sendmail("ole@fjord.example", ["support@desk.example"], LETTER)
    assert idle.hear().startswith("421 4.3.2 ")
    idle.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", door.port), timeout=1)
    assert len(rows(mailboxes)) == 1


def test_the_loop_answers_while_the_database_waits(mailboxes: Database, door: Door) -> None:
    with Line(door) as line, Line(door) as other:
        line.until_data()
        with locked(mailboxes):
            line.say(LETTER + b".\r\n")
            assert other.ask("NOOP").startswith("250 ")
            assert other.ask("MAIL FROM:<ole@fjord.example>").startswith("250 ")
        assert line.hear().startswith("250 ")


def set_patience(seconds: float) -> None:
    """Let SQLite wait this long for a lock, in connections made from now on."""
    event.listen(the_database().engine, "connect",
                 lambda connection, _record: connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}"))
    the_database().engine.dispose()


def lose_the_database(tmp_path: Path) -> None:
    """Point this process at a database that cannot be opened."""
    url = "postgresql://skranke@127.0.0.1:1/none" if the_database().dialect == "postgresql" else (
        f"sqlite:///{tmp_path}/no/such/folder.db")
    the_database().engine.dispose()
    the_database.forget()
    settings().__dict__["database"] = url
