"""The doctor finds what is wrong, says how to mend it, and says nothing where all is well."""

from __future__ import annotations

import errno
import socket
from datetime import timedelta

import pytest
from click.testing import CliRunner

from contacts.enrolling import add_agent
from core import tokens
from core.clock import now
from desk.inbound import Delivery, accept
from desk.mailboxes import Alert, add_mailbox
from skranke.cli import skranke
from tests.certificates import certificate
from tests.conftest import forget_caches
from tests.valkeys import Valkey

RAW = b"From: a@kunde.example\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture
def examine(fresh_database, data_folder):
    """What the doctor says, and whether all is well."""
    data_folder.mkdir(exist_ok=True)

    def run():
        result = CliRunner().invoke(skranke, ["doctor"], catch_exceptions=False)
        return result.output, result.exit_code == 0
    return run


@pytest.fixture
def well(fresh_database, data_folder, monkeypatch, tmp_path):
    """A desk with an admin, a mailbox and a relay that takes mail."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("SKRANKE_DEMO", "1")
        monkeypatch.setenv("SKRANKE_WEB", f"127.0.0.1:{closed.getsockname()[1]}")
        forget_caches()
        data_folder.mkdir(exist_ok=True)
        tokens.secret()
        with fresh_database.write() as db:
            add_agent(db, "nora@desk.example", role="admin")
            add_mailbox(db, "support@desk.example", "Support")
        yield monkeypatch


def test_nothing_is_wrong(examine, well):
    said, fine = examine()
    assert fine, said
    assert said.endswith("Nothing is wrong.\n")


def test_an_empty_desk_wants_an_admin_and_a_mailbox(examine):
    said, fine = examine()
    assert not fine
    assert "skranke agent add" in said
    assert "skranke mailbox add" in said


def test_a_full_disk_wants_room_and_no_other_owner(examine, well, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    said, fine = examine()
    assert not fine
    assert "Make room" in said and "chown" not in said


def test_a_name_in_the_settings_that_is_none(examine, well, data_folder):
    (data_folder / "skranke.toml").write_text('publc_url = "https://desk.example"\nlog_level = "info"\n[mail]\nSKRANKE_WEB = "x"\n')
    forget_caches()
    said, fine = examine()
    assert not fine
    assert "“publc_url”, which is no setting. It is not read. Did you mean “public_url”?" in said
    assert "“mail”, which is no setting. It is not read." in said
    assert "“log_level”" not in said


def test_a_secret_that_others_can_read(examine, well, data_folder):
    (data_folder / "keys" / "secret").chmod(0o644)
    said, fine = examine()
    assert not fine
    assert "chmod 600" in said


def test_a_database_that_is_not_there(examine, well):
    well.setenv("SKRANKE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    forget_caches()
    said, fine = examine()
    assert not fine
    assert "SKRANKE_DATABASE_URL" in said
    assert "Traceback" not in said
    assert said.endswith("1 thing to mend.\n")


def test_a_database_that_is_behind(examine, well, tmp_path):
    well.setenv("SKRANKE_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    forget_caches()
    said, fine = examine()
    assert not fine
    assert "skranke db upgrade" in said


def test_a_redis_that_does_not_answer(examine, well, tmp_path):
    server = Valkey(tmp_path).start()
    well.setenv("SKRANKE_REDIS_URL", server.url)
    forget_caches()
    assert examine()[1]
    server.stop()
    said, fine = examine()
    assert not fine
    assert "SKRANKE_REDIS_URL" in said


def test_no_way_out_for_the_mail(examine, well):
    well.delenv("SKRANKE_DEMO")
    forget_caches()
    said, fine = examine()
    assert not fine
    assert "SKRANKE_RELAY_URL" in said


def test_a_mailbox_that_cannot_be_read_or_sent_from(examine, well, fresh_database):
    with fresh_database.write() as db:
        add_mailbox(db, "sales@desk.example", "Sales", imap_url="imap://sales@127.0.0.1:1", relay_url="smtp://127.0.0.1:1")
    said, fine = examine()
    assert not fine
    assert "sales@desk.example cannot be read" in said
    assert "sales@desk.example cannot be sent from" in said


def test_mail_that_waits_and_alerts_that_stand(examine, well, fresh_database):
    with fresh_database.write() as db:
        accept(db, Delivery(1, "smtp", "1", RAW), at=now() - timedelta(hours=1))
        db.add(Alert(about="support@desk.example", kind="imap", detail="It broke.", raised_at=now()))
    said, fine = examine()
    assert not fine
    assert "skranke worker" in said
    assert "It broke." in said


def test_a_certificate_that_expires(examine, well, tmp_path):
    chain, key = certificate(tmp_path)
    well.setenv("SKRANKE_SMTP_CERTIFICATE", str(chain))
    forget_caches()
    assert not examine()[1], "it has no key"
    well.setenv("SKRANKE_SMTP_KEY", str(key))
    forget_caches()
    said, fine = examine()
    assert fine, "it still has two days"
    assert "Renew it" in said
    well.setenv("SKRANKE_SMTP_CERTIFICATE", str(tmp_path / "none.pem"))
    forget_caches()
    assert not examine()[1]


def test_a_bucket_for_the_files(examine, well, bucket):
    said, fine = examine()
    assert fine and "The files in s3://files/desk can be written, read, listed and removed." in said
    assert bucket.kept() == []
    bucket.mood("500")
    said, fine = examine()
    assert not fine and "cannot be reached: InternalError it is (InternalError)" in said and "AWS_ACCESS_KEY_ID" in said
    well.setenv("SKRANKE_FILES_URL", "files")
    forget_caches()
    said, fine = examine()
    assert not fine and "has to look like s3://bucket/prefix" in said
