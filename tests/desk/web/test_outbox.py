"""The outbox of a demo desk, explaining a mail, and the desk's health."""

from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import undefer

from contacts.agent import Agent
from contacts.enrolling import new_token
from core.database import Database
from core.operations import Operation
from core.settings import settings
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail, enqueue

PICTURE = b"\x89PNG\r\n\x1a\n-not-really"


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKRANKE_DEMO", "1")
    settings.forget()


def caught(database: Database, *, open_to_all: bool = True, **more: object) -> OutboundMail:
    """A mail with a picture in its text, as the demo keeps it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Support <support@desk.example>", "ingrid@kunde.example", "Re: Skjermen"
    mail["Message-ID"] = "<a.b@desk.example>"
    mail.set_content("Hei Ingrid")
    mail.add_alternative('<p>Hei <b>Ingrid</b> <img src="cid:p1"><script>alert(1)</script></p>', subtype="html")
    mail.get_payload()[1].add_related(PICTURE, "image", "png", cid="<p1>")
    mail.add_attachment(b"x" * 1200, maintype="text", subtype="csv", filename="liste.csv")
    with database.write() as db:
        mailbox: Mailbox = add_mailbox(db, "support@desk.example", "Support", open_to_all=open_to_all)
        row = enqueue(db, kind="reply", mailbox=mailbox, recipients=["ingrid@kunde.example"], **more)
        row.composed, row.state = mail.as_bytes(), "sent"
    return row


def test_there_is_no_outbox_outside_a_demo(admin_client: FlaskClient, fresh_database: Database) -> None:
    row = caught(fresh_database)
    for path in ("/outbox", f"/outbox/{row.uid}", f"/outbox/{row.uid}/html", f"/outbox/{row.uid}/source"):
        assert admin_client.get(path).status_code == 404


@pytest.mark.usefixtures("demo")
def test_mail_is_shown_as_its_reader_would_see_it(agent_client: FlaskClient, fresh_database: Database) -> None:
    row = caught(fresh_database)
    assert "Re: Skjermen" in agent_client.get("/outbox").text
    page = agent_client.get(f"/outbox/{row.uid}").text
    for said in ("ingrid@kunde.example", "Hei Ingrid", "liste.csv", "1.2 kB", "&lt;a.b@desk.example&gt;", "<iframe"):
        assert said in page, said
    assert agent_client.get(f"/outbox/{row.uid}/source").data == row.composed


@pytest.mark.usefixtures("demo")
def test_frame_runs_nothing_and_carries_its_pictures(agent_client: FlaskClient, fresh_database: Database) -> None:
    row = caught(fresh_database)
    answer = agent_client.get(f"/outbox/{row.uid}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script" not in policy.replace("allow-scripts", "") and "sandbox" in policy
    assert 'src="data:image/png;base64,' in answer.text


@pytest.mark.usefixtures("demo")
def test_mail_of_mailboxes_one_does_not_see_stays_hidden(
    agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    row = caught(fresh_database, open_to_all=False)
    assert "Re: Skjermen" not in agent_client.get("/outbox").text
    assert agent_client.get(f"/outbox/{row.uid}").status_code == 404
    assert admin_client.get(f"/outbox/{row.uid}").status_code == 200


@pytest.mark.usefixtures("demo")
def test_links_for_passwords_of_others_stay_hidden(
    agent_client: FlaskClient, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        for agent in (nora, jonas):
            row = enqueue(db, kind="system", mailbox=None, recipients=[agent.email], subject=f"For {agent.name}",
                          agent_id=agent.id)
            row.composed = b"Subject: x\r\n\r\nlink\r\n"
    page = agent_client.get("/outbox").text
    assert "For Nora Vik" in page and "For Jonas Berg" not in page


def test_explaining_gives_the_file_to_a_worker(admin_client: FlaskClient, fresh_database: Database) -> None:
    raw = b"From: a@b.example\r\n\r\nHello\r\n"
    location = admin_client.post("/settings/explain", data={"file": (io.BytesIO(raw), "x.eml"), "mailbox": ""}).location
    assert "The mail is being read." in admin_client.get(location).text
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation).options(undefer(Operation.file))).one()
        assert (operation.kind, operation.given, operation.file) == ("mail.explain", {"mailbox": ""}, raw)
        operation.state = "done"
        operation.result = {"lines": ["1. The letter", "   From        <a@b.example>", "3. The verdict",
                                      "   Act         open_held (rule is_unknown_and_asked)", "   Person      asked"]}
    page = admin_client.get(location).text
    for said in ("1. The letter", "&lt;a@b.example&gt;", "3. The verdict", "New ticket, held · Unknown sender: an agent is asked",
                 "an agent is asked"):
        assert said in page, said
    assert "open_held" not in page


def test_explaining_nothing_is_refused(admin_client: FlaskClient, fresh_database: Database) -> None:
    answer = admin_client.post("/settings/explain", data={"mailbox": ""})
    assert answer.status_code == 422 and "Choose the file of a mail" in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(Operation)).all() == []


def test_healthy(visitor: FlaskClient) -> None:
    assert visitor.get("/healthz").json == {"status": "ok"}
    assert visitor.get("/readyz").json == {"status": "ok"}


def test_not_ready_without_migrations(visitor: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.connection().exec_driver_sql("DELETE FROM alembic_version")
    answer = visitor.get("/readyz")
    assert answer.status_code == 503 and answer.json["why"] == "The database waits for its migrations."


def test_not_ready_without_database(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from core import database

    monkeypatch.setenv("SKRANKE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    settings.forget()
    database.database.forget()
    answer = visitor.get("/readyz")
    assert answer.status_code == 503 and answer.json["why"] == "The database does not answer."
    assert visitor.get("/healthz").status_code == 200
    database.database().engine.dispose()


def test_numbers_for_this_machine(visitor: FlaskClient, fresh_database: Database) -> None:
    caught(fresh_database)
    with fresh_database.write() as db:
        enqueue(db, kind="system", mailbox=None, recipients=["a@b.example"])
    text = visitor.get("/metrics").text
    assert 'skranke_outbound_mails{state="queued"} 1.0' in text and 'skranke_inbound_mails{state="pending"} 0.0' in text
    assert "skranke_inbound_oldest_pending_seconds 0.0" in text


def test_numbers_are_not_for_everybody(
    visitor: FlaskClient, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    away = {"REMOTE_ADDR": "192.0.2.9"}
    assert visitor.get("/metrics", environ_base=away).status_code == 403
    assert visitor.get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 403
    with fresh_database.write() as db:
        of_agent = new_token(db, db.get_one(Agent, nora.id))
        of_admin = new_token(db, db.get_one(Agent, jonas.id))
    for token, status in ((of_agent, 403), (of_admin, 200), ("sk_wrong", 403)):
        answer = visitor.get("/metrics", environ_base=away, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
