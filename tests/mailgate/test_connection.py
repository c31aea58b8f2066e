"""The answer of a connection test, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.tokens import seal
from desk.mailboxes import Mailbox, add_mailbox
from mailgate import connection
from tests.certificates import certificate
from tests.mailgate.doors import open_door
from tests.mailgate.imap_proxy import proxied
from tests.ports import free_port
from tests.servers import PASSWORD, USER, ImapServer, dovecot, pymap


def tried(db: Session, url: str, **fields: Any) -> connection.Tried:
    made: Mailbox = add_mailbox(db, USER, "Support", imap_url=url, **{"imap_password": seal(PASSWORD), **fields})
    return connection.test_reading(made)


def test_all_is_well(db: Session) -> None:
    with dovecot() as server:
        server.deliver(b"Subject: x\r\n\r\n")
        answer = tried(db, server.url, imap_after="move", imap_move_to="Done")
        assert answer["ok"]
        assert answer["sentence"] == "support@desk.example can be read. New mail is announced at once."
        assert [step["sentence"] for step in answer["steps"]] == [
            f"127.0.0.1 answers on port {server.port}, not encrypted.", "support@desk.example is let in.",
            "INBOX holds 1 mails.", "Done will be made."]
        assert server.flags() == {1: set()}


@pytest.mark.parametrize(("fields", "step", "sentence"), [
    ({"imap_password": ""}, "sign_in", "Check user and password"),
    ({"imap_folders": "INBOX\nNope"}, "folder", "The folder Nope cannot be opened"),
    ({"imap_after": "move", "imap_move_to": "INBOX"}, "move", "that is not itself read"),
])
def test_what_failed_and_what_to_do(db: Session, fields: dict[str, str], step: str, sentence: str) -> None:
    with pymap() as server:
        answer = tried(db, server.url, **fields)
    assert not answer["ok"]
    assert answer["steps"][-1]["name"] == step, answer
    assert sentence in answer["sentence"]


def test_a_folder_that_is_none_is_told_without_how_long_it_took(db: Session) -> None:
    with dovecot() as server:
        answer = tried(db, server.url, imap_folders="Nope")
    assert answer["sentence"].endswith("Mailbox doesn't exist: Nope. There are: INBOX."), answer


def test_hosts_that_are_none(db: Session) -> None:
    port = free_port()
    assert tried(db, f"imap://127.0.0.1:{port}")["sentence"] == f"Nothing listens on port {port} of 127.0.0.1. Is the port right?"
    db.rollback()
    db.begin()
    assert "cannot be read: write imaps://" in tried(db, "http://127.0.0.1")["sentence"]


def test_a_mailbox_that_is_not_fetched_names_no_server(db: Session) -> None:
    answer = tried(db, "")
    assert answer == {"ok": True, "sentence": connection.BY_THE_DOOR, "steps": []}


def test_lines_that_are_not_encrypted_as_they_should(db: Session, server: ImapServer, tmp_path: Path) -> None:
    assert f"127.0.0.1 does not speak TLS on port {server.port}." in tried(db, server.url.replace("imap:", "imaps:"))["sentence"]


def test_a_password_does_not_go_over_an_open_network(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.imap_account.is_loopback", lambda host: False)
    with pymap() as server, proxied(server.port) as proxy:
        url = server.url.replace(str(server.port), str(proxy.port))
        answer = tried(db, url)
        assert "a password must not go over an open line" in answer["sentence"]
        assert (proxy.asked(b"LOGIN"), proxy.asked(b"AUTHENTICATE")) == (0, 0)
        db.rollback()
        db.begin()
        assert tried(db, f"{url}?tls=none")["ok"], "an admin who says that the line is safe is believed"


@pytest.fixture
def server() -> Any:
    with pymap() as started:
        yield started


def test_a_server_that_speaks_something_else(db: Session, tmp_path: Path) -> None:
    certificate(tmp_path)
    with open_door() as door:
        answer = tried(db, f"imap://127.0.0.1:{door.port}")
    assert not answer["ok"]
    assert answer["steps"][-1]["name"] == "connect"
