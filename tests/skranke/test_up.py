"""The whole desk as one process tree."""

from __future__ import annotations

import os
import signal
import socket
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select

from contacts.enrolling import add_agent, new_token
from core import leases
from desk.mailboxes import add_mailbox
from desk.tickets.message import Attachment
from skranke import up
from tests.desks import Desk, alive, until
from tests.letters_made import with_file

PARTS = {"valkey-server", "web", "gate", "worker", "timetable", "mail", "send", "work"}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def long_desk(tmp_path):
    folder = tmp_path / ("x" * 60) / ("y" * 60)
    folder.mkdir(parents=True)
    made = Desk(folder)
    yield made
    made.kill()


def parts(desk):
    return set(desk.tree().values()) & PARTS


def test_everything_starts_and_ctrl_c_ends_it(long_desk):
    """In a folder with a path longer than a socket's may be, and while others are connected."""
    desk = long_desk
    desk.start().ready()
    until(lambda: parts(desk) == PARTS, what="all parts run")
    assert (desk.folder / "var" / "skranke.db").exists()
    assert f"http://127.0.0.1:{desk.web}" in until(lambda: "Skranke is open" in desk.said() and desk.said())
    assert "redis.away" not in desk.said()
    with socket.create_connection(("127.0.0.1", desk.web)) as web, socket.create_connection(("127.0.0.1", desk.smtp)):
        web.sendall(b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n")
        assert b"200" in web.recv(1000)
        assert desk.end(signal.SIGINT) < 10
    assert desk.process.returncode == 0
    assert not list((desk.folder / "var").glob("*.sock")), "the socket of Valkey is gone"
    assert not list((desk.folder / "var").glob("*.rdb")), "Valkey keeps nothing on disk"


def test_each_part_that_dies_comes_back_and_a_second_desk_is_refused(desk):
    desk.start().ready()
    until(lambda: parts(desk) == PARTS)
    second = desk.run("up")
    assert second.returncode == 1
    assert "already running" in second.stderr
    for part in sorted(PARTS):
        tree = desk.tree()
        victim = next(pid for pid, name in tree.items() if name == part)
        os.kill(victim, signal.SIGKILL)
        until(lambda part=part, victim=victim: part in [n for p, n in desk.tree().items() if p != victim],
              what=f"{part} is back")
    desk.ready()
    assert desk.end(signal.SIGTERM) < 10


def test_nobody_outlives_a_killed_tree(desk):
    desk.start().ready()
    until(lambda: parts(desk) == PARTS)
    family = list(desk.tree())
    os.kill(desk.process.pid, signal.SIGKILL)
    desk.process.wait(30)
    until(lambda: not any(map(alive, family)), 12, what="all are gone")
    desk.start().ready()


def test_a_port_in_use_is_said_in_a_sentence(desk):
    with socket.create_server(("127.0.0.1", desk.web)):
        refused = desk.run("up")
    assert refused.returncode == 1
    assert "SKRANKE_WEB" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_part_that_begins_again_waits_for_no_lease_of_its_last_life(fresh_database, monkeypatch):
    ran = []
    monkeypatch.setattr(up.parts, "run", ran.append)
    with fresh_database.write() as db:
        leases.hold(db, "imap:1", leases.of_process(4321) + "ab", 1000)
        leases.hold(db, "imap:2", leases.of_process(1234) + "cd", 1000)
    gate = up.part("gate")
    gate.last = 4321
    gate.run()
    assert ran == ["gate"]
    with fresh_database.read() as db:
        assert db.scalars(select(leases.Lease.name)).all() == ["imap:2"]


def test_a_bucket_that_cannot_be_is_said_in_a_sentence(desk):
    desk.environment["SKRANKE_FILES_URL"] = "s3://?region=nowhere"
    for command in ("up", "worker"):
        refused = desk.run(command)
        assert refused.returncode == 1
        assert "SKRANKE_FILES_URL" in refused.stderr and "Traceback" not in refused.stderr


def test_the_processes_of_the_tree_keep_and_find_files_in_a_bucket(desk, bucket, fresh_database):
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        token = new_token(db, add_agent(db, "jonas@desk.example", role="admin"), "test")
    desk.environment.update(bucket.environment, SKRANKE_DATABASE_URL=os.environ["SKRANKE_DATABASE_URL"])
    desk.start().ready()
    desk.send(with_file(b"%PDF-1.7"), ["support@desk.example"])
    with fresh_database.reader() as db:
        uid = until(lambda: db.rollback() or db.scalar(select(Attachment.uid)), what="the mail is filed", said=desk.said)
    asking = Request(f"http://127.0.0.1:{desk.web}/api/v1/attachments/{uid}", headers={"Authorization": f"Bearer {token}"})
    with urlopen(asking, timeout=30) as answer:
        assert answer.read() == b"%PDF-1.7"
    assert bucket.kept() and not (desk.folder / "var" / "files").exists()
    assert desk.end() < 10
