"""A backup and what comes back out of it, on both databases."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core import erasure_ledger as ledger
from core import files, operations, tokens
from core.clock import now
from core.database import Database, database
from core.errors import Refused
from core.operations import Operation
from core.settings import settings
from desk.digesting import Digest
from desk.holding_mail import HELD
from desk.inbound import Delivery, accept
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail, enqueue
from desk.tickets.message import Attachment
from desk.tickets.ticket import Ticket
from jobs import inbound
from skranke import archives, snapshots
from skranke.cli import main, skranke
from tests.conftest import POSTGRESQL, forget_caches
from tests.letters_made import with_file
from tests.skranke.restored import empty_database, rows

#: What a restore changes: what was about to be done, and who was about to do it.
CHANGED = ("leases", "outbox", "outbound_mails", "operations", "digests", "options", "notifications", "automatic_sent")
CONTENT = b"%PDF-1.7 a contract"


def say(*words):
    result = CliRunner().invoke(skranke, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def url(fresh_database):
    return fresh_database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def desk(fresh_database, data_folder):
    """A desk with an agent, and a mail with a file that was filed."""
    data_folder.mkdir()
    tokens.secret()
    with fresh_database.write() as db:
        add_agent(db, "nora@desk.example", role="admin")
        box = add_mailbox(db, "support@desk.example", "Support")
        accept(db, Delivery(box.id, "smtp", "one", with_file(CONTENT)))
    inbound.run()
    with fresh_database.read() as db:
        assert db.scalar(select(Attachment.digest)) == hashlib.sha256(CONTENT).hexdigest()
    return fresh_database


@pytest.fixture
def elsewhere(url, tmp_path, monkeypatch):
    """Go to an empty data folder with an empty database; the secret was brought along."""
    with empty_database(url, tmp_path) as there:
        def go():
            secret = settings().secret_path.read_text()
            monkeypatch.setenv("SKRANKE_DATA", str(tmp_path / "restored"))
            monkeypatch.setenv("SKRANKE_DATABASE_URL", there)
            forget_caches()
            settings().secret_path.parent.mkdir(parents=True)
            settings().secret_path.write_text(secret)
        yield go
        forget_caches()


@pytest.fixture
def backup(desk, tmp_path):
    """Made of the desk as it is."""
    def make(*words):
        say("backup", str(tmp_path / "desk.tar.gz"), *words)
        return tmp_path / "desk.tar.gz"
    return make


def restore(archive, *words):
    return say("restore", str(archive), *words)


def names(archive):
    with tarfile.open(archive) as tar:
        return tar.getnames()


def manifest(archive):
    with tarfile.open(archive) as tar:
        return json.load(tar.extractfile("manifest.json"))


def test_the_desk_is_in_it_and_neither_keys_nor_ledger(backup, data_folder):
    (data_folder / "skranke.toml").write_text('log_level = "info"\n')
    ledger.write("persons", "0" * 24, "erase")
    made = backup()
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert names(made) == ["skranke.toml", snapshots.NAMES[database().dialect], f"files/{digest[:2]}/{digest}", "manifest.json"]
    assert made.stat().st_mode & 0o077 == 0
    said = manifest(made)
    assert said["counts"]["tickets"] == 1 and said["files"] == [digest] and not said["lost"]


def test_it_says_what_is_kept_elsewhere(desk, tmp_path):
    said = say("backup", str(tmp_path / "desk.tar"))
    assert "1 tickets" in said
    assert str(settings().secret_path) in said and str(ledger.path()) in said


def test_in_a_folder_it_is_called_by_the_time(desk, tmp_path):
    (tmp_path / "backups").mkdir()
    say("backup", str(tmp_path / "backups"))
    assert [path.name[:10] for path in (tmp_path / "backups").iterdir()] == [f"skranke-{now():%Y}"[:10]]


def test_what_is_restored_is_what_was(desk, backup, elsewhere, url):
    before = rows(desk, *CHANGED)
    made = backup()
    elsewhere()
    assert "Nothing was erased since" in restore(made)
    after = rows(database(), *CHANGED)
    after["tickets"].pop()          # it holds the place of numbers that are left out
    assert after == before
    assert files.get(hashlib.sha256(CONTENT).hexdigest()) == CONTENT
    assert not (settings().data / "restoring").exists()


def test_the_copy_is_of_the_moment_that_was_looked_at(desk, backup, elsewhere, monkeypatch):
    look = snapshots._look

    def and_somebody_comes(db):
        found = look(db)
        with desk.write() as meanwhile:
            add_agent(meanwhile, "later@desk.example")
        return found
    monkeypatch.setattr(snapshots, "_look", and_somebody_comes)
    made = backup()
    assert count(desk) == 2
    elsewhere()
    restore(made)
    assert count(database()) == 1


def test_writing_does_not_make_a_copy_begin_anew(desk, tmp_path, monkeypatch):
    if desk.dialect != "sqlite":
        return
    monkeypatch.setattr(snapshots, "PAGES", 20)
    told = []

    def write(part):
        told.append(part)
        with desk.write() as db:
            db.execute(update(Agent).values(name=f"{len(told)}"))
    snapshots.take(desk, tmp_path / "copy.db", write)
    assert len(told) > 5 and told == sorted(told)


def test_who_was_erased_since_is_erased_again(desk, backup, elsewhere, monkeypatch):
    def erase(made, uid):
        with made.write() as db:
            db.query(Agent).filter_by(uid=uid).delete()
    monkeypatch.setitem(ledger.REPLAY, "agents", erase)
    with desk.write() as db:
        kari = add_agent(db, "kari@desk.example").uid
    made = backup()
    erase(desk, kari)
    with desk.write() as db:
        ledger.record(db, "agents", [kari], "erase")
    kept = ledger.path()
    elsewhere()
    monkeypatch.setenv("SKRANKE_ERASURE_LEDGER", str(kept))
    forget_caches()
    assert "1 erasures" in restore(made)
    with database().read() as db:
        assert [agent.email for agent in db.query(Agent)] == ["nora@desk.example"]
        assert ledger.behind(db) == []


def test_a_backup_of_before_the_first_erasure_asks_for_the_ledger_too(desk, backup, elsewhere, monkeypatch):
    ledger.begin(desk)
    made, kept = backup(), ledger.path()
    ledger.write("persons", "0" * 24, "erase")
    elsewhere()
    with pytest.raises(Refused, match=r"missing or cut short: when the backup was made it had 1 entries.*--ledger-lost"):
        restore(made)
    assert not (settings().data / "restoring").exists()
    monkeypatch.setenv("SKRANKE_ERASURE_LEDGER", str(kept))
    forget_caches()
    assert "1 erasures of " in restore(made)


def test_another_desks_ledger_is_refused_before_anything_is_filled(desk, backup, elsewhere):
    ledger.begin(desk)
    made = backup()
    elsewhere()
    ledger.write("", "0" * 24, ledger.BEGIN)
    ledger.write("persons", "1" * 24, "erase")
    with pytest.raises(Refused, match="another desk's erasure ledger"):
        restore(made)
    assert sorted(path.name for path in settings().data.iterdir()) == ["erasures.jsonl", "keys", "up.lock"]


def test_a_purge_that_ran_goes_on(desk, backup, elsewhere):
    """It has no page on which somebody could let it, and the time of those it is about is over."""
    with desk.write() as db:
        operation = operations.start(db, "persons.purge", {"persons": ["0" * 24], "reason": "bin", "review": "keep"})
        operation.phase, operation.state, operation.lease = "lay", "running", "dead"
    made = backup()
    elsewhere()
    restore(made)
    with database().read() as db:
        assert db.execute(select(Operation.state, Operation.lease)).one() == ("approved", "")


def test_a_ledger_that_is_lost_for_good_is_begun_anew(desk, backup, elsewhere):
    ledger.begin(desk)
    made, before = backup(), next(ledger.entries()).uid
    elsewhere()
    assert "Nothing was erased since" in restore(made, "--ledger-lost")
    begun, = ledger.entries()
    assert begun.operation == ledger.BEGIN and begun.uid != before
    with database().read() as db:
        assert ledger.behind(db) == []


def test_who_nobody_knows_how_to_erase_keeps_the_restored_desk_closed(desk, backup, elsewhere, monkeypatch):
    with desk.read() as db:
        nora = db.scalar(select(Agent.uid))
    made = backup()
    elsewhere()
    monkeypatch.delitem(ledger.REPLAY, "agents", raising=False)
    ledger.write("agents", nora, "erase")
    with pytest.raises(Refused, match="agents"):
        restore(made)
    with pytest.raises(Refused, match="behind the erasure ledger"):
        ledger.refuse_if_behind(database())


def test_mail_that_may_have_gone_out_since_is_held_until_somebody_says(desk, backup, elsewhere):
    with desk.write() as db:
        for state in ("queued", "handing_over", "deferred", "sent"):
            enqueue(db, kind="system", mailbox=None, recipients=[f"{state}@kunde.example"], subject="Hei", text="Hei").state = state
        db.execute(update(OutboundMail).values(lease="dead", lease_until=now() + timedelta(hours=1)))
    made = backup()
    elsewhere()
    assert "4 mails are held" in restore(made), "and the acknowledgement that nobody had written yet"
    with database().read() as db:
        states = {row.recipients[0]: (row.state, row.reason, row.lease) for row in db.scalars(select(OutboundMail))}
    assert states.pop("sent@kunde.example")[0] == "sent"
    assert set(states.values()) == {("failed", HELD, "")} and len(states) == 4
    assert "4 mails will be sent" in say("mail", "release")
    with database().read() as db:
        assert set(db.scalars(select(OutboundMail.state)).all()) == {"queued", "sent"}


def test_no_number_is_given_again_that_may_have_been_given_since(desk, backup, elsewhere):
    """A reply to the lost ticket of one customer names its number, and would land on the ticket of another."""
    made = backup()
    elsewhere()
    assert "The next ticket is number 104" in restore(made)
    with database().write() as db:
        accept(db, Delivery(1, "smtp", "two", with_file(b"another")))
    inbound.run()
    with database().read() as db:
        tickets = {ticket.number: (ticket.state, ticket.subject) for ticket in db.scalars(select(Ticket).order_by(Ticket.id))}
    assert list(tickets) == [1, 103, 104]
    assert tickets[103] == ("closed", "The desk was restored from a backup: numbers 2 to 103 are left out.")


def test_what_was_being_done_waits_for_a_word(desk, backup, elsewhere):
    with desk.write() as db:
        operations.start(db, "person.change", {}).phase = "run"
        operations.start(db, "persons.export", {})
        operations.start(db, "done", {}).state = "done"
        db.add(Digest(agent_id=db.scalar(select(Agent.id)), every="day", hour=7, told_at=now() - timedelta(days=2)))
    made = backup()
    elsewhere()
    assert "1 bulk acts are paused and 1 other" in restore(made)
    with database().read() as db:
        assert dict(db.execute(select(Operation.kind, Operation.state)).all()) == {
            "person.change": "paused", "persons.export": "cancelled", "done": "done"}
        assert db.scalar(select(Digest.told_at)) > now() - timedelta(minutes=1)


def test_everybody_signs_in_anew(desk, backup, elsewhere):
    """Who signed out after the backup would be signed in again."""
    with desk.read() as db:
        before = db.scalar(select(Agent.session_version))
    made = backup()
    elsewhere()
    assert "sign in anew" in restore(made)
    with database().read() as db:
        assert db.scalar(select(Agent.session_version)) == before + 1


def test_a_desk_that_is_there_is_put_aside_only_when_asked_for(desk, backup, url):
    made = backup()
    with desk.write() as db:
        add_agent(db, "later@desk.example")
    with pytest.raises(Refused, match="--replace"):
        restore(made)
    assert count(desk) == 2, "nothing was touched"
    desk.engine.dispose()
    database().engine.dispose()
    said = restore(made, "--replace")
    assert count(desk) == 1
    aside = next(word for word in said.replace(".", " ").split() if snapshots.ASIDE in word)
    if POSTGRESQL:
        with database().read() as db:
            assert db.scalar(select(Agent.id).where(Agent.email == "later@desk.example")) is None
            assert len(db.connection().exec_driver_sql(f"SELECT 1 FROM {aside}.agents").all()) == 2
        again = backup()
        database().engine.dispose()
        desk.engine.dispose()
        assert restore(again, "--replace"), "and what was put aside is in no backup"
        return
    kept = next(settings().data.glob(f"{snapshots.ASIDE}*"))
    assert str(kept) in said
    assert len(list((kept / "files").rglob("*"))) == 2
    old = Database(f"sqlite:///{kept / (desk.engine.url.database or '').rsplit('/')[-1]}")
    assert count(old) == 2
    old.engine.dispose()


def count(made):
    with made.read() as db:
        return len(db.scalars(select(Agent.id)).all())


def damaged(archive, change):
    """The archive with each of its parts changed: ``(name, content)`` to the same or to None."""
    new = archive.with_name("damaged.tar")
    with tarfile.open(archive) as tar, tarfile.open(new, "w") as to:
        for member in tar:
            name, content = change(member.name, tar.extractfile(member).read())
            if content is not None:
                part = tarfile.TarInfo(name)
                part.size = len(content)
                to.addfile(part, io.BytesIO(content))
    return new


DAMAGES = {
    "another byte in a file": lambda name, content: (name, content[:-1] + b"x" if name.startswith("files/") else content),
    "another byte in the database": lambda name, content: (name, content[:-1] + b"x" if name.startswith("database") else content),
    "a file is missing": lambda name, content: (name, None if name.startswith("files/") else content),
    "no manifest": lambda name, content: (name, None if name == "manifest.json" else content),
    "a name that leads out": lambda name, content: ("../outside" if name.startswith("files/") else name, content),
    "a file of another name": lambda name, content: (f"files/ab/{'ab' * 32}" if name.startswith("files/") else name, content),
    "another format": lambda name, content: (name, content.replace(b'"format": 1', b'"format": 9') if name == "manifest.json" else content),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_archive_is_refused_and_nothing_is_touched(backup, elsewhere, tmp_path, damage):
    made = damaged(backup(), damage)
    elsewhere()
    with pytest.raises(Refused, match=str(made)):
        restore(made)
    assert sorted(path.name for path in settings().data.iterdir()) == ["keys", "up.lock"]
    assert not (tmp_path / "outside").exists() and not (settings().data / "outside").exists()


def test_an_archive_that_was_cut_short_is_refused(backup, elsewhere):
    made = backup()
    for size in (made.stat().st_size - 4, made.stat().st_size // 2, 3, 0):
        made.write_bytes(made.read_bytes()[:size])
        with pytest.raises(Refused, match=r"damaged or cut short|its end is missing"):
            archives.unpack(made, made.parent / f"unpacked-{size}")


@pytest.mark.parametrize(("change", "why"), [
    (lambda said: said | {"head": "9999"}, "later version"),
    (lambda said: said | {"erasures": 3}, "erasure ledger .* 3 entries.*--ledger-lost"),
    (lambda said: said | {"database": {"sqlite": "postgresql", "postgresql": "sqlite"}[said["database"]]}, "holds a database of"),
])
def test_what_does_not_fit_here_is_refused_with_what_to_do(backup, elsewhere, change, why):
    made = damaged(backup(), lambda name, content: (name, json.dumps(change(json.loads(content))).encode() if name == "manifest.json" else content))
    elsewhere()
    with pytest.raises(Refused, match=why):
        restore(made)
    assert sorted(path.name for path in settings().data.iterdir()) == ["keys", "up.lock"]


def test_a_ledger_that_is_lost_for_good_is_done_without(desk, backup, elsewhere):
    with desk.write() as db:
        ledger.record(db, "agents", ["0" * 24], "erase")
    made = backup()
    elsewhere()
    with pytest.raises(Refused, match="--ledger-lost"):
        restore(made)
    restore(made, "--ledger-lost")
    ledger.refuse_if_behind(database())


def test_settings_come_back_where_there_are_none(backup, elsewhere, data_folder):
    (data_folder / "skranke.toml").write_text('smtp_hostname = "desk.example"\n')
    made = backup()
    elsewhere()
    assert "skranke.toml" in restore(made)
    assert settings().smtp_hostname == "desk.example"


def test_settings_that_are_there_stay(backup, elsewhere, data_folder):
    (data_folder / "skranke.toml").write_text('smtp_hostname = "desk.example"\n')
    made = backup()
    elsewhere()
    (settings().data / "skranke.toml").write_text('smtp_hostname = "new.example"\n')
    forget_caches()
    restore(made)
    assert settings().smtp_hostname == "new.example"


def test_a_desk_without_its_secret_is_refused_unless_that_is_lost(backup, elsewhere):
    made = backup()
    elsewhere()
    for other in (lambda path: path.unlink(), lambda path: path.write_text("ab" * 32)):
        other(settings().secret_path)
        forget_caches()
        with pytest.raises(Refused, match=r"secret of the desk is not at .*--secret-lost"):
            restore(made)
    assert settings().secret_path.read_text() == "ab" * 32, "and none is made"
    restore(made, "--secret-lost")


def test_a_restore_that_broke_off_keeps_every_part_closed(backup, elsewhere, monkeypatch, capsys):
    made = backup()
    elsewhere()
    with monkeypatch.context() as patching:
        patching.setattr("skranke.restore.schema.upgrade", lambda _database: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(made)
    for command in ("up", "web", "worker"):
        monkeypatch.setattr("sys.argv", ["skranke", command])
        with pytest.raises(SystemExit):
            main()
        assert "restore ARCHIVE --replace" in capsys.readouterr().err
    database().engine.dispose()
    restore(made, "--replace")
    assert count(database()) == 1


@pytest.mark.parametrize("break_", ["add_blob", "close"])
def test_a_backup_that_fails_leaves_nothing_behind(desk, tmp_path, monkeypatch, break_):
    (tmp_path / "backups").mkdir()

    def full(*_given):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(archives.Archive, break_, full)
    with pytest.raises(OSError, match="No space"):
        say("backup", str(tmp_path / "backups" / "desk.tar.gz"))
    assert list((tmp_path / "backups").iterdir()) == []


def test_without_the_programs_of_postgresql_it_says_which(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match=r"pg_dump was not found.*postgresql-client"):
        snapshots._run("pg_dump", desk)


@pytest.mark.parametrize("target", ["desk.zip", "nowhere/desk.tar.gz"])
def test_a_target_that_cannot_be_is_refused(desk, tmp_path, target):
    with pytest.raises(Refused, match="folder"):
        say("backup", str(tmp_path / target))


def test_what_a_killed_backup_left_is_taken_away_by_the_next(backup, tmp_path):
    left = tmp_path / f"{archives.PREFIX}abc"
    left.mkdir()
    (left / "archive").write_bytes(b"half")
    with archives.writing(tmp_path / "other.tar") as other:
        backup()
        assert other.folder.exists(), "one that is being written stays"
        other.close({})
    assert not left.exists()


def test_a_file_that_went_meanwhile_is_no_loss_and_one_that_is_lost_is_told(desk, tmp_path, monkeypatch):
    digest = hashlib.sha256(CONTENT).hexdigest()
    taken = snapshots.take

    def erased_after(*given):
        snapshot = taken(*given)
        with desk.write() as db:
            db.execute(update(Attachment).values(digest="0" * 64))
        files.remove([digest])
        return snapshot
    with monkeypatch.context() as patching:
        patching.setattr("skranke.backup.snapshots.take", erased_after)
        assert "missing in the store" not in say("backup", str(tmp_path / "one.tar"))
    assert "1 files are missing in the store" in say("backup", str(tmp_path / "two.tar"))
    assert manifest(tmp_path / "two.tar")["lost"] == ["0" * 64]


def test_a_file_that_rots_is_told_and_left_out(backup, tmp_path):
    digest = hashlib.sha256(CONTENT).hexdigest()
    (settings().files / digest[:2] / digest).write_bytes(b"rotten")
    assert "1 files are not what they were" in say("backup", str(tmp_path / "one.tar"))
    assert manifest(tmp_path / "one.tar")["files"] == []


def test_files_in_a_bucket_are_listed_and_looked_for(bucket, backup, elsewhere):
    made = backup()
    assert manifest(made)["files"] == [] and len(manifest(made)["listed"]) == 1
    elsewhere()
    assert "0 of them are not in the store" in restore(made)


def test_files_in_a_bucket_are_copied_when_asked_for(bucket, backup, elsewhere, monkeypatch):
    made = backup("--with-bucket")
    elsewhere()
    files.remove([hashlib.sha256(CONTENT).hexdigest()])
    assert bucket.kept() == []
    restore(made)
    assert files.get(hashlib.sha256(CONTENT).hexdigest()) == CONTENT
