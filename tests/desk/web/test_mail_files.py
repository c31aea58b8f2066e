"""Files of mails brought to a person's card."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from core.errors import Refused
from desk.bringing_mail import written_at
from desk.inbound import Delivery, InboundMail, accept, raw_of
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail
from desk.outlook_files import as_mail
from desk.tickets.intake import file
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import AlsoIn, Ticket
from desk.tickets.writing import keep_files
from jobs import fanout
from mailgate.parse import parse
from tests.desk.web.tickets.conftest import page, words
from tests.letters_made import mail
from tests.outlook_made import outlook

HEADERS = "From: Ola Nordmann <ola@elsewhere.example>\r\nTo: support@desk.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <m1@elsewhere.example>\r\n"


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support")


@pytest.fixture
def ingrid(fresh_database: Database, support: Mailbox, nora: Agent) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id), exempt=True,
                             addresses=[{"kind": "email", "value": "ingrid@kunde.example"}])


def dropped(client: FlaskClient, database: Database, person: Person, *files: tuple[str, bytes]) -> str:
    """What the tab says; what was taken is filed as the worker files it."""
    answer = client.post(f"/persons/{person.uid}/mail-files", data={"files": [(io.BytesIO(raw), name) for name, raw in files]},
                         content_type="multipart/form-data")
    assert answer.status_code == 303
    with database.write() as db:
        for row in db.scalars(select(InboundMail).where(InboundMail.state == "pending").order_by(InboundMail.id)).all():
            letter = parse(raw_of(db, row.id))
            file(db, row, letter, keep_files(letter))
    fanout.run()
    whole = page(client, f"/persons/{person.uid}/mails?all=1")
    return words(whole[whole.index("<main"):whole.index("<aside")])


def test_several_at_once_and_nothing_twice(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """W67: .eml of hers and .msg from an address that nobody knows become mails of hers, closed, without answer or bell."""
    files = (("a.eml", mail("Ingrid Solheim <ingrid@kunde.example>", subject="Old matter")),
             ("b.msg", outlook(headers=HEADERS, subject="From home", body="I wrote this at home.\r\n")))
    text = dropped(agent_client, fresh_database, ingrid, *files)
    assert "2 e-mails are taken over" in text and "Old matter" in text and "From home" in text
    assert "All of it was here already." in dropped(agent_client, fresh_database, ingrid, *files)
    with fresh_database.read() as db:
        found = db.scalars(select(Message).order_by(Message.id)).all()
        assert [one.person_id for one in found] == [ingrid.id] * 2 and {one.ticket.state for one in found} == {"closed"}
        assert found[1].ticket.requester_id == ingrid.id and found[1].text.strip() == "I wrote this at home." and found[1].at.year == 2026
        assert not db.scalars(select(OutboundMail)).all() and not db.scalars(select(Notification)).all()
        assert len(db.scalars(select(Person)).all()) == 1


def test_a_mail_of_somebody_known_is_tied_all_the_same(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """W67: what is dropped on a card is on that card."""
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Kari", "last_name": "Lund"}, by=db.get_one(Agent, nora.id), exempt=True,
                      addresses=[{"kind": "email", "value": "kari@kunde.example"}])
    assert "About Ingrid" in dropped(agent_client, fresh_database, ingrid, ("k.eml", mail("Kari <kari@kunde.example>", subject="About Ingrid")))


def test_what_is_no_mail_is_refused_by_name(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """W67: nothing is taken where one of the files is none."""
    good = ("a.eml", mail("Ingrid Solheim <ingrid@kunde.example>", subject="Old matter"))
    for name, raw in (("photo.eml", b"\x89PNG\r\n"), ("broken.msg", outlook(subject="x")[:900]), ("task.msg", outlook(kind="IPM.Task", subject="x"))):
        text = dropped(agent_client, fresh_database, ingrid, good, (name, raw))
        assert f"{name} is no mail" in text and "Old matter" not in text


def test_an_outlook_file_keeps_what_the_mail_had() -> None:
    made = parse(as_mail("x.msg", outlook(headers=HEADERS, subject="Blåbær", body="Hei på deg")))
    assert (made.subject, made.sender.address, made.message_id, made.text.strip()) == (  # type: ignore[union-attr]
        "Blåbær", "ola@elsewhere.example", "m1@elsewhere.example", "Hei på deg")


def test_a_file_opens_no_other_mailbox(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """Whoever has a mail of a mailbox that is closed to them does not show its ticket in one of their own by dropping it."""
    raw = mail("Ola Nordmann <ola@elsewhere.example>", subject="Quiet", to="somebody@elsewhere.example", message_id="quiet@elsewhere.example")
    with fresh_database.write() as db:
        board = add_mailbox(db, "zoo@desk.example", "Zoo")       # "Support" stands first
        accept(db, Delivery(board.id, "smtp", "1", raw), at=written_at(raw))
    dropped(agent_client, fresh_database, ingrid, ("a.eml", raw))
    with fresh_database.read() as db:
        assert [one.mailbox_id for one in db.scalars(select(Ticket))] == [board.id]
        assert {one.mailbox_id for one in db.scalars(select(InboundMail))} != {board.id} and not db.scalars(select(AlsoIn)).all()


def test_a_file_that_says_it_is_larger_than_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sectors that go in circles would fill the memory; nothing of it is read."""
    raw = bytearray(outlook(headers=HEADERS, subject="x", body="y"))
    entries = (int.from_bytes(raw[48:52], "little") + 1) * 512
    entry = next(at for at in range(entries, len(raw), 128) if raw[at + 66] == 2)
    raw[entry + 120:entry + 124] = (2 ** 31 - 1).to_bytes(4, "little")
    monkeypatch.setattr("desk.outlook_files.Message.load", lambda raw: pytest.fail("it was read"))
    with pytest.raises(Refused):
        as_mail("x.msg", bytes(raw))
