"""Nothing lost, nothing doubled: 2 000 letters stream in while each process in turn is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from core import schema
from core.database import Database
from core.tokens import seal
from desk.inbound import InboundMail
from desk.mailboxes import add_mailbox
from tests.conftest import forget_caches
from tests.desks import Desk, descendants, until
from tests.postgresqls import Postgresql, postgresql
from tests.servers import PASSWORD, dovecot
from tests.walks.streams import MAILBOXES, ImapStream, SmtpStream, Stream, doubts

LETTERS, STREAMS = 2000, 4
VICTIMS = ("gate", "mail", "valkey-server", "web", "worker", "parser", "tree", "gate", "work", "timetable", "tree")
#: A lease of a worker that was killed lasts two minutes.
PATIENCE = 300

pytestmark = pytest.mark.timeout(900)


class Killer:
    """Kills one process of a desk after the other."""

    def __init__(self, desk: Desk, server: Postgresql | None) -> None:
        self.desk, self.server = desk, server
        self.killed: list[str] = []

    def kill(self, victim: str) -> None:
        if victim == "postgresql":
            assert self.server is not None
            self.server.crash()
        elif victim == "tree":
            self.desk.kill()
            self.desk.start()
        else:
            pid = until(lambda: self._find(victim), what=f"there is a {victim}", said=self.desk.said)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.killed.append(victim)

    def _find(self, name: str) -> int | None:
        tree = self.desk.tree()
        if name == "parser":
            return next((pid for pid in tree if pid in _below(tree, "mail")), None)
        return next((pid for pid, part in tree.items() if part == name), None)


def _below(tree: dict[int, str], name: str) -> set[int]:
    return {pid for parent, part in tree.items() if part == name for pid in descendants(parent)}


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request) -> Iterator[Postgresql | None]:
    if request.param == "sqlite":
        yield None
        return
    with postgresql() as running:
        yield running


@pytest.fixture
def desk(server, tmp_path, monkeypatch) -> Iterator[Desk]:
    url = server.url if server else f"sqlite:///{tmp_path}/var/skranke.db"
    (tmp_path / "var").mkdir()
    made = Desk(tmp_path, SKRANKE_DATABASE_URL=url)
    monkeypatch.setenv("SKRANKE_DATABASE_URL", url)
    forget_caches()
    yield made
    made.kill()


@pytest.fixture
def database(desk) -> Iterator[Database]:
    opened = Database(desk.environment["SKRANKE_DATABASE_URL"])
    schema.upgrade(opened)
    yield opened
    opened.engine.dispose()


def kill_while_they_come(killer: Killer, victims: list[str], coming: Callable[[], int], database: Database) -> None:
    """A victim each time another portion has come and the desk has recovered: a mail that is in the hands of three
    who die is set aside, as it may have killed them."""
    for number, victim in enumerate(victims, 1):
        portion = number * LETTERS // (len(victims) + 2)
        until(lambda portion=portion: coming() >= portion, 200, what=f"letters before {victim} falls", said=killer.desk.said)
        killer.kill(victim)
        before = count(database, InboundMail.state == "done")
        until(lambda before=before: count(database, InboundMail.state == "done") > before + 20, 100,
              what=f"recovered from the fall of {victim}", said=killer.desk.said)


def settle(desk: Desk, database: Database, streams: list[Stream]) -> None:
    """Everything sent, everything filed; then nothing is lost and nothing doubled."""
    until(lambda: not count(database, InboundMail.state == "pending"), PATIENCE, what="everything is filed", said=desk.said)
    assert doubts(database, streams) == []
    desk.ready()
    assert desk.end() < 10


def test_through_the_door(desk, database, server):
    with database.write() as db:
        for name in MAILBOXES:
            add_mailbox(db, f"{name}@desk.example", name.title())
    SmtpStream.port = desk.smtp
    streams: list[Stream] = [SmtpStream(n, LETTERS // STREAMS) for n in range(STREAMS)]
    desk.start().ready()
    killer = Killer(desk, server)
    with ExitStack() as ending:
        for stream in streams:
            ending.callback(setattr, stream, "stopped", True)
            stream.start()
        victims = [*VICTIMS, *(["postgresql"] * 2 if server else [])]
        kill_while_they_come(killer, victims, lambda: sum(stream.taken for stream in streams), database)
        until(lambda: not any(stream.is_alive() for stream in streams), 200, what="all letters are sent")
    assert killer.killed == victims
    settle(desk, database, streams)


def test_over_imap(desk, database, server):
    with dovecot() as box:
        with database.write() as db:
            add_mailbox(db, "support@desk.example", "Support", imap_url=box.url, imap_password=seal(PASSWORD))
        ImapStream.port, ImapStream.sign_in = box.port, ("support@desk.example", PASSWORD)
        streams: list[Stream] = [ImapStream(n, LETTERS // STREAMS) for n in range(STREAMS)]
        desk.start().ready()
        killer = Killer(desk, server)
        victims = ["gate", "mail", "valkey-server", "tree", "gate", "worker", *(["postgresql"] if server else []), "tree"]
        for stream in streams:
            stream.start()
        kill_while_they_come(killer, victims, lambda: count(database), database)
        until(lambda: not any(stream.is_alive() for stream in streams), 100, what="all letters are in the box")
        until(lambda: count(database) == LETTERS, 200, what="all letters are in the ledger", said=desk.said)
        settle(desk, database, streams)


def count(database: Database, *which: ColumnElement[bool]) -> int:
    """Deliveries in the ledger; none while the database is away."""
    try:
        with database.read() as db:
            return db.scalar(select(func.count()).select_from(InboundMail).where(*which)) or 0
    except SQLAlchemyError:
        return 0
