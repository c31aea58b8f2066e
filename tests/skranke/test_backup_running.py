"""Backups of a desk in real processes while mail streams in, on both databases."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import threading
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, text

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.enrolling import add_agent, new_token
from core import schema, tokens
from core.database import Database
from desk.inbound import InboundMail, InboundRaw
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from skranke.archives import PREFIX
from skranke.cli import skranke
from tests.conftest import forget_caches
from tests.desks import Api, Desk, until
from tests.letters_made import mail, with_file
from tests.postgresqls import postgresql
from tests.residue import residue
from tests.skranke.restored import empty_database, rows
from tests.skranke.test_backup import CHANGED

LETTERS, PORTIONS = 95, (10, 50)
MADS = "mads@newplace.example"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def server():
    """Started when a test asks for it."""
    with ExitStack() as ending:
        yield lru_cache(lambda: ending.enter_context(postgresql()).url)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, server, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/skranke.db"
        return
    with empty_database(server(), tmp_path) as made:
        yield made


@pytest.fixture
def desk(url, tmp_path):
    (tmp_path / "var").mkdir()
    made = Desk(tmp_path, SKRANKE_DATABASE_URL=url)
    yield made
    made.kill()


@pytest.fixture
def database(desk):
    tokens.secret()
    opened = Database(desk.environment["SKRANKE_DATABASE_URL"])
    schema.upgrade(opened)
    with opened.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        add_agent(db, "nora@desk.example", role="admin")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def elsewhere(url, tmp_path):
    """A desk that is yet to be, in an empty folder with an empty database; the secret and the ledger were brought along."""
    with ExitStack() as ending:
        def make(name):
            folder = tmp_path / name
            (folder / "var" / "keys").mkdir(parents=True)
            (folder / "var" / "keys" / "secret").write_bytes((tmp_path / "var" / "keys" / "secret").read_bytes())
            if (tmp_path / "var" / "erasures.jsonl").exists():
                shutil.copy(tmp_path / "var" / "erasures.jsonl", folder / "var")
            there = ending.enter_context(empty_database(url, tmp_path))
            made, opened = Desk(folder, SKRANKE_DATABASE_URL=there), Database(there)
            ending.callback(opened.engine.dispose)
            ending.callback(made.kill)
            return made, opened
        yield make


@pytest.fixture
def restored(elsewhere):
    """Restore an archive beside the desk; its database, and the desk that it is."""
    def restore(archive):
        made, opened = elsewhere(archive.name.partition(".")[0])
        with pytest.MonkeyPatch.context() as patching:
            for name in ("SKRANKE_DATA", "SKRANKE_DATABASE_URL"):
                patching.setenv(name, made.environment[name])
            forget_caches()
            ended = CliRunner().invoke(skranke, ["restore", str(archive)], catch_exceptions=False)
            assert ended.exit_code == 0, ended.output
        forget_caches()
        return made, opened
    return restore


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


def backed_up(desk, archive):
    ended = desk.run("backup", str(archive))
    assert ended.returncode == 0, ended.stderr
    return archive


def test_each_ticket_in_a_backup_is_whole_while_mail_streams_in(desk, database, restored, tmp_path):
    desk.start().ready()
    sender = Stream(desk)
    sender.start()
    sender.let(15)
    archives = []
    for portion in PORTIONS:
        until(lambda portion=portion: filed(database) >= portion, 100, what="some are filed", said=desk.said)
        threading.Timer(1, sender.let, (40,)).start()         # they come while the backup is made
        archives.append(backed_up(desk, tmp_path / f"at-{portion}.tar.gz"))
        assert portion < filed(database), "mail streamed in meanwhile"
    sender.join(200)
    until(lambda: filed(database) == LETTERS, 100, what="all are filed", said=desk.said)
    assert desk.end() < 10
    for portion, archive in zip(PORTIONS, archives, strict=True):
        there, made = restored(archive)
        assert doubts(made, there.folder / "var" / "files") == []
        assert filed(made) >= portion
        with made.read() as db:
            assert not db.scalar(select(func.count()).select_from(OutboundMail).where(OutboundMail.state.in_(("queued", "deferred", "handing_over"))))

    there, made = restored(backed_up(desk, tmp_path / "last.tar.gz"))
    after = rows(made, *CHANGED)
    after["tickets"].pop()          # it holds the place of numbers that are left out
    assert after == rows(database, *CHANGED)
    assert len({path.name for path in (there.folder / "var" / "files").rglob("*") if path.is_file()}) == LETTERS


def test_yesterdays_backup_brings_nobody_back_who_was_erased_since(desk, database, elsewhere, tmp_path):
    """Acceptance test 20 (PRIVACY 7): before a port opens they are gone again, and the next file with their address is told that it brings nobody back."""
    with database.write() as db:
        token = new_token(db, db.scalars(select(Agent)).one())
        uid = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=None, exempt=True, addresses=[{"value": MADS}]).uid
    desk.start().ready()
    desk.send(mail(f"Mads Zyxwold <{MADS}>", text="My printer.\n\nMads Zyxwold\n"), ["support@desk.example"])
    until(lambda: filed(database) == 1, what="it is filed", said=desk.said)
    yesterday = backed_up(desk, tmp_path / "yesterday.tar.gz")
    assert _carried_out(Api(desk, token), f"/persons/{uid}/erasure", {"reason": "request", "identity": "agent", "review": "erase"})["left"] == {}
    assert desk.end() < 10

    again, made = elsewhere("again")
    ended = again.run("restore", str(yesterday))
    assert ended.returncode == 0, ended.stderr
    assert "erasures of " in ended.stdout and "carried out again" in ended.stdout
    assert not again.answers("/healthz") and not again.door_open()
    with made.read() as db:
        assert residue(db, "zyxwold", "newplace") == []
    again.start().ready()
    api = Api(again, token)
    came = _carried_out(api, "/imports?of=persons", file=f"First name,Last name,E-mail,Company\nMads,Zyxwold,{MADS},Kunde AS\nEva,Lund,eva@kunde.example,Kunde AS\n".encode())
    assert came["items"] == {"done": 1, "skipped": 1} and "zyxwold" not in str(came).casefold()
    assert [person["last_name"] for person in api("/persons")["items"]] == ["Lund"]
    again.send(with_file(b"one more"), ["support@desk.example"])
    until(lambda: filed(made) == 2, what="the restored desk files", said=again.said)
    assert again.end() < 10


def _carried_out(api, path, given=None, *, file=b""):
    """Ask for an operation, approve it when it is planned; what came of it."""
    made = api(path, given, file=file)
    place = f"/operations/{made.get('operation_id') or made['id']}"
    until(lambda: api(place)["state"] == "planned", what="it is foreseen", said=api.desk.said)
    api(f"{place}/approve", {})
    until(lambda: api(place)["state"] == "done", what="it is carried out", said=api.desk.said)
    return api(f"{place}/result")


@pytest.mark.parametrize(("url", "how"), [("sqlite", signal.SIGTERM), ("postgresql", signal.SIGTERM), ("sqlite", signal.SIGKILL)],
                         indirect=["url"])
def test_a_backup_that_is_told_to_end_leaves_nothing(desk, database, tmp_path, how):
    """One that is killed leaves what the next takes away."""
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
        with database.write() as db:
            db.execute(delete(InboundRaw))
        assert desk.run("backup", str(backups)).returncode == 0
        assert [path.suffix for path in backups.iterdir()] == [".gz"]
    else:
        assert list(backups.iterdir()) == []


def _deliveries(db):
    from core.clock import now

    for number in range(10):
        row = InboundMail(mailbox_id=1, transport="smtp", transport_key=f"{number:032}", digest=f"{number:032}", size=3_000_000,
                          received_at=now(), due_at=now())
        db.add(row)
        db.flush()
        yield row
