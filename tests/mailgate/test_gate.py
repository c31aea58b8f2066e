"""The gate as a process: the door and the readers, several gates on one mailbox, and an end within five seconds."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, select, update

from core.clock import now
from core.database import Database
from core.leases import Lease
from core.tokens import seal
from desk.mailboxes import Mailbox, add_mailbox
from tests.mailgate.boxes import alerts, box, cursor, letter, rows, subjects
from tests.mailgate.imap_proxy import proxied
from tests.ports import free_port
from tests.servers import PASSWORD, answers, dovecot, pymap, until

GATE = "from mailgate import readers; readers.LEASE, readers.PROLONG = 6.0, 0.5; from mailgate.gate import main; main()"


@contextmanager
def gate(port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A gate process; ended by SIGTERM within five seconds, with 0."""
    port = port or free_port()
    process = subprocess.Popen([sys.executable, "-c", GATE], env={**os.environ, "SKRANKE_SMTP": f"127.0.0.1:{port}"},
                               )
    try:
        until(lambda: answers(port), what="the opening of the door")
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_mail_by_both_doors_and_a_new_mailbox_without_a_restart(fresh_database: Database) -> None:
    port = free_port()
    with pymap() as server, gate(port):
        box(fresh_database, server.url)
        until(lambda: cursor(fresh_database), what="the first contact with a new mailbox")
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("ole@fjord.example", ["support@desk.example"], letter("smtp"))
        server.deliver(letter("imap"))
        until(lambda: len(rows(fresh_database)) == 2)
    assert sorted(subjects(fresh_database)) == ["Mail imap", "Mail smtp"]
    assert leases(fresh_database) == []


def test_a_changed_or_removed_mailbox_is_noticed(fresh_database: Database) -> None:
    with dovecot() as server, gate():
        mailbox = box(fresh_database, server.url, imap_password=seal("wrong"))
        until(lambda: alerts(fresh_database), what="the alert")
        with fresh_database.write() as db:
            db.get_one(Mailbox, mailbox.id).imap_password = seal(PASSWORD)
        until(lambda: cursor(fresh_database) and not alerts(fresh_database), what="reading with the new password")
        with fresh_database.write() as db:
            db.get_one(Mailbox, mailbox.id).active = False
        until(lambda: leases(fresh_database) == [], what="the end of the reading")
        with fresh_database.write() as db:
            db.get_one(Mailbox, mailbox.id).active = True
            db.get_one(Mailbox, mailbox.id).imap_url = "pop3://nonsense"
        until(lambda: [kind for kind, _ in alerts(fresh_database)] == ["account"], what="the alert about the URL")


def test_two_gates_read_a_mailbox_once_and_the_second_takes_over(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        box(fresh_database, f"imap://127.0.0.1:{proxy.port}")
        with gate() as first:
            until(lambda: cursor(fresh_database))
            with gate():
                server.deliver(*(letter(n) for n in range(50)))
                until(lambda: len(rows(fresh_database)) == 50)
                assert proxy.asked(b"LOGIN") == 1
                first.kill()
                first.wait()
                server.deliver(*(letter(n) for n in range(50, 60)))
                until(lambda: len(rows(fresh_database)) == 60, what="the second gate")
                assert proxy.asked(b"LOGIN") == 2
    assert len(set(subjects(fresh_database))) == 60


def test_a_gate_ends_in_time_although_servers_and_database_hang(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy:
        box(fresh_database, f"imap://127.0.0.1:{proxy.port}")
        with fresh_database.write() as db:
            add_mailbox(db, "silent@desk.example", "Silent", imap_url=f"imap://127.0.0.1:{proxy.port}",
                        imap_password=seal(PASSWORD))
        proxy.trouble = lambda command: b"" if b"SELECT" in command else None
        with gate(), fresh_database.write() as db:
            until(lambda: proxy.asked(b"SELECT") == 2, what="two readers that wait")
            db.execute(update(Lease).values(holder=Lease.holder))


def leases(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(Lease.name).where(Lease.name.startswith("imap:"))))


def test_a_lost_lease_ends_the_reading(fresh_database: Database) -> None:
    with dovecot() as server, proxied(server.port) as proxy, gate():
        box(fresh_database, f"imap://127.0.0.1:{proxy.port}")
        until(lambda: cursor(fresh_database))
        with fresh_database.write() as db:
            db.execute(update(Lease).where(Lease.name.startswith("imap:")).values(
                holder="somebody else", until=now() + timedelta(hours=1)))
        until(lambda: proxy.asked(b"DONE"), what="the end of the reading")
        with fresh_database.write() as db:
            db.execute(delete(Lease).where(Lease.name.startswith("imap:")))
        until(lambda: proxy.asked(b"LOGIN") == 2, what="reading again")
