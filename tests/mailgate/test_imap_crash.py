"""A reader that dies between the commit of the bytes and the marks on the server."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from core.database import Database
from desk.mailboxes import Mailbox
from tests.mailgate.boxes import box, cursor, letter, reading, rows, subjects
from tests.servers import dovecot, until

#: Reads like the gate does, but is killed at the moment when it would mark, move or delete what it has committed.
DOOMED = """
import os, signal, sys, time
from mailgate import imap_after, imap_entering, imap_storing
from mailgate.imap import FolderReader
from mailgate.imap_account import account_of
from core.database import database
from desk.mailboxes import Mailbox

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

imap_after.settle_mails = die
with database().read() as db:
    account = account_of(db.get_one(Mailbox, int(sys.argv[1])))
FolderReader(account, "INBOX", lambda: None).start()
time.sleep(60)
"""


@pytest.mark.parametrize("after", ["seen", "move", "delete"])
@pytest.mark.parametrize("first", [True, False], ids=["first contact", "later"])
def test_no_mail_twice_and_its_marks_are_caught_up(fresh_database: Database, after: str, first: bool) -> None:
    with dovecot() as server:
        mailbox = box(fresh_database, server.url, imap_after=after, imap_move_to="Archive")
        if not first:
            with reading(fresh_database, mailbox):
                until(lambda: cursor(fresh_database))
        server.deliver(*(letter(n) for n in range(5)))
        died(mailbox)
        assert len(rows(fresh_database)) == 5
        assert list(server.flags().values()) == [set()] * 5
        with reading(fresh_database, mailbox):
            server.deliver(letter("after"))
            until(lambda: len(rows(fresh_database)) == 6)
            until(lambda: done(server.flags(), after), what="the marks")
        assert len(set(subjects(fresh_database))) == len(rows(fresh_database)) == 6
        if after == "move":
            assert len(server.flags("Archive")) == 6


def died(mailbox: Mailbox) -> None:
    child = subprocess.run([sys.executable, "-c", DOOMED, str(mailbox.id)], timeout=60, check=False,
                           capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()


def done(flags: dict[int, set[bytes]], after: str) -> bool:
    return (len(flags) == 6 and all(rb"\Seen" in marks for marks in flags.values())) if after == "seen" else not flags
