"""The commands, as somebody at a terminal types them."""

from __future__ import annotations

import mailbox

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from contacts.agent import Agent, ApiToken
from contacts.editing import create_person
from contacts.enrolling import agent_with, right_password
from core.errors import Refused
from core.tokens import unseal
from desk.claiming import claim, finish
from desk.inbound import Delivery, InboundMail, accept
from desk.mailboxes import Mailbox, mailbox_called
from skranke import parts
from skranke.cli import COMMANDS, main, skranke
from tests.conftest import forget_caches

LETTER = b"From: Ida <ida@kunde.example>\r\nTo: support@desk.example\r\nSubject: Hei %d\r\n" \
         b"Message-ID: <%d@kunde.example>\r\nDate: Mon, 02 Mar 2020 10:00:00 +0100\r\n\r\nHei, dette er nummer %d.\r\n"


@pytest.fixture
def say(fresh_database):
    """Type a command; what it printed. What it refuses is raised."""
    def run(*words, given=None):
        result = CliRunner().invoke(skranke, words, input=given, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout
    return run


@pytest.fixture
def support(say):
    say("mailbox", "add", "support@desk.example", "--name", "Support")


def one(database, kind):
    with database.read() as db:
        return db.scalars(select(kind)).one()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(skranke, [command, "--help"], catch_exceptions=False)
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_an_agent_is_added(say, fresh_database):
    say("agent", "add", "Nora@Desk.example", "--role", "admin", "--name", "Nora Vik", "--password-stdin", given="hemmelig nok\n")
    nora = one(fresh_database, Agent)
    assert (nora.email, nora.name, nora.role) == ("nora@desk.example", "Nora Vik", "admin")
    assert nora.password_hash.startswith("$argon2id$")
    assert right_password(nora, "hemmelig nok")
    assert not right_password(nora, "hemmelig")


def test_a_password_is_changed_and_sign_ins_end(say, fresh_database):
    say("agent", "add", "nora@desk.example", "--password-stdin", given="hemmelig nok\n")
    before = one(fresh_database, Agent).session_version
    say("agent", "password", "nora@desk.example", "--password-stdin", given="et annet ord\n")
    nora = one(fresh_database, Agent)
    assert right_password(nora, "et annet ord")
    assert nora.session_version > before


@pytest.mark.parametrize(("words", "given", "why"), [
    (["agent", "add", "nora@desk.example", "--password-stdin"], "kort\n", "shorter than"),
    (["agent", "add", "nora@desk.example", "--password-stdin"], "", "no password"),
    (["agent", "add", "not an address", "--password-stdin"], "hemmelig nok\n", "not a mail address"),
    (["agent", "password", "ola@desk.example", "--password-stdin"], "hemmelig nok\n", "no agent"),
    (["token", "add", "ola@desk.example"], None, "no agent"),
    (["mailbox", "add", "support@desk.example", "--name", "S", "--imap", "http://host"], None, "cannot be used"),
    (["mailbox", "add", "support@desk.example", "--name", "S", "--relay", "smtp://ola:pass@host:99999"], None, "cannot be used"),
    (["mail", "replay", "f00"], None, "no delivery"),
])
def test_what_cannot_be_done_is_refused(say, words, given, why):
    with pytest.raises(Refused, match=why):
        say(*words, given=given)


@pytest.mark.parametrize("words", [("agent", "add", "nora@desk.example"), ("mailbox", "add", "support@desk.example", "--name", "S")])
def test_nothing_is_said_to_be_added_before_it_is_committed(fresh_database, words):
    def full(*_):
        raise OSError("The disk is full")

    event.listen(Session, "before_commit", full, once=True)
    result = CliRunner().invoke(skranke, words)
    assert isinstance(result.exception, OSError)
    assert "Added" not in result.stdout


def test_a_token_is_printed_alone(say, fresh_database):
    say("agent", "add", "nora@desk.example", "--password-stdin", given="hemmelig nok\n")
    token = say("token", "add", "nora@desk.example")
    assert len(token.split()) == 1
    with fresh_database.read() as db:
        assert agent_with(db, token.strip()).email == "nora@desk.example"
        assert agent_with(db, token.strip() + "x") is None
        assert token.strip() not in str([vars(row) for row in db.scalars(select(ApiToken))])


def test_a_mailbox_keeps_its_passwords_sealed(say, fresh_database):
    say("mailbox", "add", "support@desk.example", "--name", "Support", "--language", "nb",
        "--imap", "imaps://ola:p%40ss@imap.desk.example:993", "--relay", "smtp://ola:ord@relay.desk.example:587")
    box = one(fresh_database, Mailbox)
    assert (box.imap_url, box.relay_url) == ("imaps://ola@imap.desk.example:993", "smtp://ola@relay.desk.example:587")
    assert (unseal(box.imap_password), unseal(box.relay_password)) == ("p@ss", "ord")
    assert box.language == "nb"


def test_letters_are_taken_over_once_from_everywhere(say, fresh_database, support, tmp_path):
    (tmp_path / "one.eml").write_bytes(LETTER % (1, 1, 1))
    box = mailbox.mbox(tmp_path / "old.mbox")
    maildir = mailbox.Maildir(tmp_path / "maildir")
    for n in range(2, 62):
        box.add(LETTER % (n, n, n))
    for n in range(62, 65):
        maildir.add(LETTER % (n, n, n))
    box.close()
    maildir.close()
    said = say("mail", "import", str(tmp_path), "--mailbox", "support@desk.example", "--archive")
    assert said.startswith("64 taken over, 0 were there")
    assert say("mail", "import", str(tmp_path), "--mailbox", "support@desk.example").startswith("0 taken over, 64 were")
    with fresh_database.read() as db:
        rows = db.scalars(select(InboundMail)).all()
    assert len(rows) == 64
    assert {row.received_at.year for row in rows} == {2020}
    assert all(row.archive for row in rows)


@pytest.mark.parametrize("content", [b"", b"a list\nof words", b"\x00\xff\x89PNG", b"\nFrom: below@an.empty.example\n"])
def test_a_file_that_is_no_mail_is_refused_by_its_name(fresh_database, support, tmp_path, content):
    (tmp_path / "one.eml").write_bytes(LETTER % (1, 1, 1))
    (tmp_path / "list.eml").write_bytes(content)
    words = ["mail", "import", str(tmp_path / "one.eml"), str(tmp_path / "list.eml"), "--mailbox", "support@desk.example"]
    with pytest.raises(Refused, match=r"list\.eml is no mail"):
        CliRunner().invoke(skranke, words, catch_exceptions=False)
    with fresh_database.read() as db:
        assert db.scalars(select(InboundMail)).all() == []


def test_what_is_no_mail_in_a_folder_is_left_out_and_counted(fresh_database, support, tmp_path):
    (tmp_path / "one.eml").write_bytes(LETTER % (1, 1, 1))
    (tmp_path / "two.eml").write_bytes(b"a list\nof words")
    result = CliRunner().invoke(skranke, ["mail", "import", str(tmp_path), "--mailbox", "support@desk.example"], catch_exceptions=False)
    assert result.stdout.startswith("1 taken over, 0 were there")
    assert "1 had no header of a mail and were left out." in result.stderr
    assert one(fresh_database, InboundMail).size


def test_a_mail_is_explained_and_nothing_is_written(say, fresh_database, support, tmp_path):
    (tmp_path / "one.eml").write_bytes(LETTER % (1, 1, 1))
    said = say("mail", "explain", str(tmp_path / "one.eml"))
    assert "ida@kunde.example" in said
    assert "open (rule is_anything_else)" in said
    with fresh_database.read() as db:
        assert db.scalars(select(InboundMail)).all() == []


def test_a_stranger_is_explained_with_who_it_may_be(say, fresh_database, support, tmp_path):
    """Deliver 11: the identification is printed with its evidence, points for and against."""
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Ida", "last_name": "Sørbråten"}, by=None, exempt=True)
    (tmp_path / "one.eml").write_bytes(b"From: Ida Soerbraaten <ida@new.example>\nTo: support@desk.example\n\nHello\n")
    said = say("mail", "explain", str(tmp_path / "one.eml"))
    assert "Candidate   Ida Sørbråten" in said
    assert "+38 Same name" in said


def test_a_failed_mail_is_read_again(say, fresh_database, support, tmp_path):
    (tmp_path / "one.eml").write_bytes(LETTER % (1, 1, 1))
    say("mail", "import", str(tmp_path / "one.eml"), "--mailbox", "support@desk.example")
    with fresh_database.write() as db:
        row = claim(db, "test")[0]
        finish(row, "failed", "It was a test.")
    say("mail", "replay", row.uid)
    assert one(fresh_database, InboundMail).state == "pending"


def test_a_mail_without_bytes_is_left_to_the_reader(say, fresh_database, support):
    with fresh_database.write() as db:
        support_id = mailbox_called(db, "support@desk.example").id
        row = accept(db, Delivery(support_id, "imap", "1", b""))
        finish(row, "failed", "It was a test.")
    result = CliRunner().invoke(skranke, ["mail", "replay", row.uid])
    assert result.exit_code != 0 and "not read over IMAP any longer" in f"{result.output}{result.exception}"
    with fresh_database.write() as db:
        mailbox_called(db, "support@desk.example").imap_url = "imaps://imap.example.com"
    assert "The desk asks for it again" in say("mail", "replay", row.uid)
    left = one(fresh_database, InboundMail)
    assert (left.state, left.done_at) == ("failed", None) and "asks for it again" in left.reason


def test_a_database_is_made_where_there_is_none(data_folder):
    result = CliRunner().invoke(skranke, ["mailbox", "add", "a@desk.example", "--name", "A"], catch_exceptions=False)
    assert result.exit_code == 0
    assert (data_folder / "skranke.db").exists()
    assert CliRunner().invoke(skranke, ["db", "upgrade"], catch_exceptions=False).exit_code == 0


def test_a_settings_file_that_is_broken_is_said_in_a_sentence(data_folder, monkeypatch, capsys):
    data_folder.mkdir(exist_ok=True)
    (data_folder / "skranke.toml").write_text("web = 127.0.0.1:80")
    forget_caches()
    monkeypatch.setattr("sys.argv", ["skranke", "db", "upgrade"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert f"{data_folder / 'skranke.toml'} cannot be read: " in capsys.readouterr().err


@pytest.mark.parametrize("part", parts.PARTS)
def test_a_part_says_what_of_its_settings_is_not_read(part, data_folder, monkeypatch):
    data_folder.mkdir(exist_ok=True)
    (data_folder / "skranke.toml").write_text('smpt = "127.0.0.1:25"')
    forget_caches()
    monkeypatch.setattr(parts, "run", lambda name: None)
    monkeypatch.setattr(parts.logs, "configure", lambda name: None)
    with capture_logs() as said:
        CliRunner().invoke(skranke, [part], catch_exceptions=False)
    assert "“smpt”, which is no setting. It is not read. Did you mean “smtp”?" in said[0]["help"]


@pytest.mark.parametrize(("setting", "value", "command", "why"), [
    ("SKRANKE_DATABASE_URL", "mysql://x", ["db", "upgrade"], "SKRANKE_DATABASE_URL: Write it like postgresql://"),
    ("SKRANKE_DATABASE_URL", "postgresql://x:y@127.0.0.1:1/z", ["db", "upgrade"], "The database does not answer"),
    ("SKRANKE_WEB", "127.0.0.1:99999", ["db", "upgrade"], "SKRANKE_WEB: Write it like 127.0.0.1:8080."),
    ("SKRANKE_SMTP", "abc", ["db", "upgrade"], "SKRANKE_SMTP"),
    ("SKRANKE_REDIS_URL", "foo", ["db", "upgrade"], "SKRANKE_REDIS_URL: Write it like redis://"),
    ("SKRANKE_DATA", "/proc/nope", ["db", "upgrade"], "/proc/nope"),
])
def test_what_is_set_wrongly_is_said_in_a_sentence(setting, value, command, why, monkeypatch, capsys):
    monkeypatch.setenv(setting, value)
    forget_caches()
    monkeypatch.setattr("sys.argv", ["skranke", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code not in (0, None)
    assert why in said and "Traceback" not in said
