"""A person hidden in more than forty kinds of places is erased, and nothing of them is found in any file, in Redis, at the provider or in the logs."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from rq import Queue
from rq.job import JobStatus
from rq.registry import FailedJobRegistry
from sqlalchemy import func, select

from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Person
from core import files, logs, queue
from core.database import Database
from core.settings import settings
from desk.erasing import residue
from desk.erasing.subject import subject_of
from desk.inbound import InboundMail, InboundRaw
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from desk.web import create_app
from mailgate.copying import copy_to_sent
from rules.residue import Needles
from tests.desk.web import planting
from tests.letters_made import mail
from tests.mailgate.test_imap_erasing import Box
from tests.residue import left_in
from tests.servers import USER, pymap
from tests.valkeys import Valkey
from tests.walks import hiding

TOKEN = "[erased person]"


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """All that the desk logs, in a file."""
    root, path = logging.getLogger(), tmp_path / "desk.log"
    handlers, level = root.handlers, root.level
    with path.open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        logs.configure("test")
        yield path
    root.handlers, root.level = handlers, level


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    server = Valkey(tmp_path).start()
    monkeypatch.setenv("SKRANKE_REDIS_URL", server.url)
    settings.forget()
    queue.connection.forget()
    yield server
    server.stop()


def test_nothing_is_found_of_who_was_erased(fresh_database: Database, valkey: Valkey, log_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acceptance 19 (PRIVACY 7): residue 0, grep finds nothing, others' words are as they were."""
    for name in ("FIRST", "LAST", "FORMER", "PART", "MAIL", "OTHER_MAIL", "PHONE", "TITLE", "NUMBER"):
        monkeypatch.setattr(planting, name, getattr(hiding, name))
    create_app()            # selections know what they may go by
    with pymap() as server:
        desk = Box(fresh_database, server)
        needles = planted(desk)
        fail_a_job()
        fail_aloud()
        before, theirs = told(desk), plain_rows(desk)
        assert len(left(desk, needles)) > 25, left(desk, needles)
        assert len(grepped(tmp_path, dumped(tmp_path, fresh_database))) == 2, "grep finds them while they are there"
        number = desk.ask(uid=desk.uid)
        desk.act(number)
        state, _given, result = desk.operation(number)
        assert (state, result["left"]) == ("done", {}), (result, left(desk, needles))
        assert left(desk, needles) == {}
        assert grepped(tmp_path, dumped(tmp_path, fresh_database), log_file) == {}
        assert "something.failed" in log_file.read_text() and needles.scan_file(log_file) == []
        assert not [*server.flags(), *server.flags("Sent")]
        client = queue.connection()
        assert client is not None and not client.exists("rq:job:named") and client.exists("rq:job:other")
        after = told(desk)
        assert plain_rows(desk) == theirs
        for message_id, spelled, _way in hiding.texts():
            assert re.fullmatch(re.escape(before[message_id][0]).replace(re.escape(spelled), r"(?:[,. s]|B\.|\[erased person\])+"), after[message_id][0]), after[message_id]
            assert TOKEN in after[message_id][0]
        for n in range(len(hiding.MARKED)):
            assert f"First of {n}." in after[f"markup{n}@other.example"][1] and f"Last of {n}." in after[f"markup{n}@other.example"][1]


def planted(desk: Box) -> Needles:
    """By what agents do, by mail that is read over IMAP or comes to the door, in rows; what is looked for afterwards."""
    def arrive(raw: bytes) -> Ticket:
        number, _message = desk.arrive(raw=raw)
        with desk.database.read() as db:
            return db.get_one(Ticket, number)

    found = planting.plant(desk.database, arrive, desk.nora, desk.jonas)  # type: ignore[arg-type]
    desk.arrive(raw=mail(f"{hiding.NAME} <{hiding.MAIL}>", subject=f"{hiding.LAST}s printer", text=f"My quixotic printer.\n\n{hiding.NAME}\n{hiding.PHONE}\n", message_id=f"own.{hiding.MAIL}"))
    for raw in (*hiding.mails(), *hiding.others()):
        desk.arrive(raw=raw)
    desk.server.deliver(mail(f"{hiding.NAME} <{hiding.MAIL}>", subject=f"{hiding.LAST}s printer", text="My quixotic printer.\n", message_id=f"own.{hiding.MAIL}"))
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.uid == found.person)).one()
        mailbox, ticket = db.get_one(Mailbox, desk.support.id), db.scalars(select(Ticket).where(Ticket.requester_id == person.id)).first()
        assert ticket is not None
        hiding.in_rows(db, person, mailbox, ticket, db.scalars(select(Company).where(Company.uid == found.company)).one(), db.get_one(Agent, desk.nora.id))
        answer = db.scalars(select(OutboundMail).where(OutboundMail.ticket_id.is_not(None), OutboundMail.kind == "reply")).first()
        assert answer is not None
        aliases = subject_of(db, [person]).aliases.as_json()
        needles = Needles(aliases | {"numbers": [one for one in aliases["numbers"] if one not in db.scalars(select(Person.uid)).all()]})    # the ledger of erasures keeps the uid
        sent = mail(f"Support <{USER}>", f"{hiding.NAME} <{hiding.MAIL}>", text="It is quixotic.\n", message_id=answer.rfc_message_id)
    assert copy_to_sent(desk.mailbox, sent, answer.created_at) == ""
    desk.uid = found.person
    return needles


def fail_a_job() -> None:
    """A job of RQ that failed, with the person in its arguments, its description and its traceback; another of nobody's."""
    client = queue.connection()
    assert client is not None
    for number, named in (("named", hiding.NAME), ("other", "nobody")):
        job = Queue("work", connection=client).enqueue("jobs.nothing.run", named, mail=hiding.MAIL if number == "named" else "", job_id=number, result_ttl=-1, failure_ttl=-1)
        job.set_status(JobStatus.FAILED)
        job._exc_info = f"Traceback: {named} is not what it should be"
        job.save()
        FailedJobRegistry("work", connection=client).add(job, ttl=-1, exc_string=f"ValueError: {named}")


def fail_aloud() -> None:
    """What goes wrong with the person in it is logged: a statement, an answer of a server, a value."""
    log = structlog.get_logger("test")
    for said in (f"550 <{hiding.MAIL}> unknown", f"'{hiding.NAME}' is no number", f"Key (name)=({hiding.NAME}) exists", f"{hiding.PHONE} is no mailbox"):
        log.error("something.failed", exc_info=ValueError(said))
        log.warning("something.refused", why=said)


def left(desk: Box, needles: Needles) -> dict[str, int]:
    """What the independent scanner finds: place → how many."""
    with desk.database.read() as db:
        found = left_in(db, needles)
    found |= {"files": residue.left_in_files(needles), "redis": residue.left_in_redis(needles)}
    return {name: count for name, count in found.items() if count}


def told(desk: Box) -> dict[str, tuple[str, str]]:
    """Message-ID → text and markup of what others wrote."""
    with desk.database.read() as db:
        return {row.rfc_message_id: (row.text, row.html) for row in db.execute(select(Message.rfc_message_id, Message.text, Message.html).where(
            Message.rfc_message_id.like("%@other.example")))}


def plain_rows(desk: Box) -> list[tuple[object, ...]]:
    """All that is kept of the mails that do not name them: texts, the bytes that came, and files."""
    with desk.database.read() as db:
        rows = db.execute(select(Message.rfc_message_id, Message.text, Message.subject, Message.from_name, InboundRaw.content, func.min(Attachment.digest)).join(
            InboundMail, InboundMail.message_id == Message.id).join(InboundRaw).join(Attachment, Attachment.message_id == Message.id).where(
            Message.rfc_message_id.like("plain%@other.example")).group_by(Message.id, InboundRaw.inbound_id).order_by(Message.id)).all()
        assert len(rows) == 5
        return [(*row, files.get(row[-1])) for row in rows]


def dumped(folder: Path, database: Database) -> Path:
    """A folder with the database's own file and write-ahead log, or a dump of it; and all that Valkey holds."""
    made = folder / "dumped"
    made.mkdir(exist_ok=True)
    for one in made.iterdir():
        one.unlink()
    if database.engine.dialect.name == "postgresql":
        subprocess.run(["pg_dump", "--file", str(made / "dump.sql"), database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)], check=True)
    else:
        for one in Path(database.engine.url.database or "").parent.glob(f"{Path(database.engine.url.database or '').name}*"):
            (made / one.name).write_bytes(one.read_bytes())
    client = queue.connection()
    assert client is not None
    (made / "valkey").write_bytes(b"\n".join(part for key in client.scan_iter() for part in (key, *queue.held(client, key))))
    return made


def grepped(folder: Path, *places: Path) -> dict[str, list[str]]:
    """What ``grep -a`` finds: file → what."""
    (folder / "patterns").write_bytes(b"\n".join(hiding.patterns()))
    found = {}
    for place in (*places, settings().files):
        said = subprocess.run(["grep", "-a", "-r", "-o", "-i", "-b", "-F", "-f", str(folder / "patterns"), str(place)], capture_output=True, check=False, env={"LC_ALL": "C"})
        assert said.returncode in (0, 1), said.stderr
        if said.stdout:
            found[str(place)] = said.stdout.decode("utf-8", "replace").splitlines()[:20]
    return found
