"""The daily comparison of a folder with the ledger."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from core.clock import now
from core.database import Database
from desk.inbound import InboundMail
from desk.mailboxes import ImapCursor
from tests.mailgate.boxes import alerts, box, cursor, letter, reading, rows, subjects
from tests.servers import dovecot, until


def test_what_is_missing_is_fetched_and_somebody_is_told(fresh_database: Database) -> None:
    with dovecot() as server:
        server.deliver(letter("before us"), flags=(rb"\Seen",))
        mailbox = box(fresh_database, server.url)
        with reading(fresh_database, mailbox):
            until(lambda: cursor(fresh_database))
            server.deliver(*(letter(n) for n in range(5)))
            until(lambda: len(rows(fresh_database)) == 5)
        lose(fresh_database, "Mail 2")
        yesterday(fresh_database)
        with reading(fresh_database, mailbox):
            until(lambda: len(rows(fresh_database)) == 5, what="the missing mail")
            until(lambda: alerts(fresh_database))
            assert alerts(fresh_database)[0][0] == "missing"
            assert alerts(fresh_database)[0][1].startswith("1 mails in INBOX of support@desk.example")
        assert subjects(fresh_database)[-1] == "Mail 2"
        yesterday(fresh_database)
        with reading(fresh_database, mailbox):
            until(lambda: not alerts(fresh_database), what="the end of the alert")
        assert len(rows(fresh_database)) == 5


def lose(database: Database, subject: str) -> None:
    """Take a mail out of the ledger, as a restored backup of the database would."""
    row = rows(database)[subjects(database).index(subject)]
    with database.write() as db:
        db.execute(delete(InboundMail).where(InboundMail.id == row.id))


def yesterday(database: Database) -> None:
    with database.write() as db:
        db.execute(update(ImapCursor).values(reconciled_at=now() - timedelta(days=1, minutes=1)))
