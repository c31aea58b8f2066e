"""Backups of a desk in real processes while mail streams in, on both databases."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, text

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core import erasure_ledger as ledger
from core import schema
from core.database import Database
from desk.inbound import InboundMail, InboundRaw
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from skranke.archives import PREFIX
from skranke.cli import skranke
from tests.conftest import forget_caches
from tests.desks import Desk, until
from tests.letters_made import with_file
from tests.postgresqls import postgresql
from tests.skranke.restored import empty_database, rows
from tests.skranke.test_backup import CHANGED

LETTERS = 200

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/skranke.db"
        return
    with postgresql() as server:
        yield server.url


@pytest.fixture
def desk(url, tmp_path):
    (tmp_path / "var").mkdir()
    made = Desk(tmp_path, SKRANKE_DATABASE_URL=url)
    yield made
    made.kill()


@pytest.fixture
def database(desk):
    opened = Database(desk.environment["SKRANKE_DATABASE_URL"])
    schema.upgrade(opened)
    with opened.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        add_agent(db, "nora@desk.example", role="admin")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def restored(desk, url, tmp_path, monkeypatch):
    """Restore an archive as somebody at a terminal does, beside the desk; its database, and the desk that it is."""
    made, opened, open_ = [], [], []

    def restore(archive):
        open_.append(empty_database(url, tmp_path))
        there = open_[-1].__enter__()
        folder = tmp_path / f"restored-{len(made)}"
        (folder / "var" / "keys").mkdir(parents=True)
        (folder / "var" / "keys" / "secret").write_bytes((tmp_path / "var" / "keys" / "secret").read_bytes())
        made.append(Desk(folder, SKRANKE_DATABASE_URL=there))
        ended = made[-1].run("restore", str(archive))
        assert ended.returncode == 0, ended.stderr
        opened.append(Database(there))
        return made[-1], opened[-1]

    yield restore
    for one, its in zip(made, opened, strict=True):
        one.kill()
        its.engine.dispose()
    for one in open_:
        one.__exit__(None, None, None)


def content(number):
    return f"%PDF-1.7 contract number {number}".encode() * 50


class Stream(threading.Thread):
    """Sends letters, as many as are let through."""

    def __init__(self, desk):
        super().__init__(daemon=True)
        self.desk, self.through = desk, threading.Semaphore(0)

    def let(self, letters):
        self.through.release(letters)

    def run(self):
        for number in range(LETTERS):
            self.through.acquire()
            self.desk.send(with_file(content(number), Message_ID=f"<{number}@kunde.example>"), ["support@desk.example"])


def doubts(made, files: Path) -> list[str]:
    """What of the tickets and of what came in is not whole."""
    found = []
    with made.read() as db:
        if made.dialect == "sqlite":
            found += [f"foreign key: {row}" for row in db.execute(text("PRAGMA foreign_key_check"))]
            found += [said for said in db.scalars(text("PRAGMA integrity_check")) if said != "ok"]
        for ticket in db.scalars(select(Ticket).where(Ticket.channel == "mail")):
            messages = db.scalars(select(Message).where(Message.ticket_id == ticket.id, Message.direction == "in")).all()
            attached = db.scalars(select(Attachment).where(Attachment.message_id.in_([one.id for one in messages]))).all()
            if [one.text.strip() for one in messages] != ["See the file."] or len(attached) != 1:
                found.append(f"ticket {ticket.number}: {messages} {attached}")
            for one in attached:
                path = files / one.digest[:2] / one.digest
                if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != one.digest:
                    found.append(f"ticket {ticket.number}: file {one.name}")
        taken, raws, filed = (db.scalar(select(func.count()).select_from(kind)) for kind in (InboundMail, InboundRaw, Message))
        done = db.scalar(select(func.count()).select_from(InboundMail).where(InboundMail.state == "done"))
        if taken != raws or (db.scalar(select(func.count()).select_from(Message).where(Message.direction == "in"))) != done:
            found.append(f"{taken} taken, {raws} with their bytes, {done} done, {filed} messages")
    return found


def filed(database):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(InboundMail).where(InboundMail.state == "done"))


def test_each_ticket_in_a_backup_is_whole_while_mail_streams_in(desk, database, restored, tmp_path):
    (tmp_path / "backups").mkdir()
    desk.start().ready()
    sender = Stream(desk)
    sender.start()
    sender.let(20)
    archives = []
    for portion, more in ((20, 60), (80, 60), (140, 60)):
        until(lambda portion=portion: filed(database) >= portion, 100, what="some are filed", said=desk.said)
        archives.append(tmp_path / "backups" / f"at-{portion}.tar.gz")
        threading.Timer(1, sender.let, (more,)).start()         # they come while the backup is made
        ended = desk.run("backup", str(archives[-1]))
        assert ended.returncode == 0, ended.stderr
    sender.join(200)
    until(lambda: filed(database) == LETTERS, 100, what="all are filed", said=desk.said)
    for portion, archive in zip((20, 80, 140), archives, strict=True):
        _, made = restored(archive)
        assert doubts(made, tmp_path / f"restored-{archives.index(archive)}" / "var" / "files") == []
        assert filed(made) >= portion
        with made.read() as db:
            assert not db.scalar(select(func.count()).select_from(OutboundMail).where(OutboundMail.state.in_(("queued", "deferred", "handing_over"))))
    assert desk.end() < 10

    ended = desk.run("backup", str(tmp_path / "backups"))
    assert ended.returncode == 0, ended.stderr
    last = next(path for path in (tmp_path / "backups").iterdir() if path not in archives)
    again, made = restored(last)
    after = rows(made, *CHANGED)
    after["tickets"].pop()          # it holds the place of numbers that are left out
    assert after == rows(database, *CHANGED)
    assert len({path.name for path in (again.folder / "var" / "files").rglob("*") if path.is_file()}) == LETTERS
    again.start().ready()
    again.send(with_file(b"one more"), ["support@desk.example"])
    until(lambda: filed(made) == LETTERS + 1, what="the restored desk files", said=again.said)
    assert again.end() < 10


def test_yesterdays_backup_opens_no_port_until_who_was_erased_since_is_gone_again(desk, database, restored, tmp_path, monkeypatch):
    """Acceptance test 20 of the privacy page, its first half."""
    with database.write() as db:
        kari = add_agent(db, "kari@desk.example").uid
    ended = desk.run("backup", str(tmp_path / "yesterday.tar.gz"))
    assert ended.returncode == 0, ended.stderr
    again, made = restored(tmp_path / "yesterday.tar.gz")
    for name in ("SKRANKE_DATA", "SKRANKE_DATABASE_URL"):
        monkeypatch.setenv(name, again.environment[name])
    forget_caches()
    ledger.write("agents", kari, "erase")
    for command in ("up", "web", "gate", "worker", "timetable"):
        refused = again.run(command)
        assert refused.returncode == 1 and "Traceback" not in refused.stderr
        assert not again.answers("/healthz") and not again.door_open()

    def erase(where, uid):
        with where.write() as db:
            db.execute(delete(Agent).where(Agent.uid == uid))
    monkeypatch.setitem(ledger.REPLAY, "agents", erase)
    assert "1 entries" in CliRunner().invoke(skranke, ["db", "replay"], catch_exceptions=False).output
    again.start().ready()
    with made.read() as db:
        assert db.scalars(select(Agent.email)).all() == ["nora@desk.example"]
    assert again.end() < 10


@pytest.mark.parametrize(("url", "how"), [("sqlite", signal.SIGTERM), ("postgresql", signal.SIGTERM), ("sqlite", signal.SIGKILL)],
                         indirect=["url"])
def test_a_backup_that_is_told_to_end_leaves_nothing(desk, database, tmp_path, how):
    """One that is killed leaves what the next takes away."""
    desk.run("doctor")
    with database.write() as db:
        db.add_all(InboundRaw(inbound_id=row.id, deflated=False, content=os.urandom(3_000_000)) for row in _deliveries(db))
    backups = tmp_path / "backups"
    backups.mkdir()
    running = subprocess.Popen([desk.program, "backup", str(backups)], env=desk.environment, cwd=desk.folder, stderr=subprocess.DEVNULL)
    until(lambda: list(backups.glob(f"{PREFIX}*/database*")), what="it is at it")
    running.send_signal(how)
    assert running.wait(30) != 0
    if how == signal.SIGKILL:
        assert list(backups.iterdir()), "what it had begun"
        assert desk.run("backup", str(backups)).returncode == 0
        assert [path.suffix for path in backups.iterdir()] == [".gz"]
    else:
        assert list(backups.iterdir()) == []


def _deliveries(db):
    from core.clock import now

    for number in range(20):
        row = InboundMail(mailbox_id=1, transport="smtp", transport_key=f"{number:032}", digest=f"{number:032}", size=3_000_000,
                          received_at=now(), due_at=now())
        db.add(row)
        db.flush()
        yield row
