"""E-mails of a person whose access an admin has locked: who reads them, by every door."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Holding
from contacts.addressing import correct_address
from contacts.agent import Agent
from contacts.enrolling import new_token
from contacts.merging import merge, unmerge
from contacts.person import Person
from core.database import Database
from core.history import Change, FactRow
from desk.outbound import OutboundMail
from desk.tickets.message import Attachment, Message, Notification
from desk.tickets.ticket import Ticket
from jobs import fanout
from tests.desk.web.tickets.conftest import Arrive, messages_of, page, post
from tests.letters_made import mail

LOCKED = "There is a mail here. Access to it is locked."
#: What stands in the mail and in nothing else.
SECRETS = ("rhubarb", "Sick leave", "certificate.pdf")


def letter() -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = "Ole Vang <ole@kunde.example>", "support@desk.example", "Sick leave", "<s1@k.example>"
    made.set_content("I have rhubarb fever.")
    made.add_alternative("<p>I have <b>rhubarb</b> fever.</p>", subtype="html")
    made.add_attachment(b"%PDF", "application", "pdf", filename="certificate.pdf")
    return made.as_bytes()


@pytest.fixture
def locked(arrive: Arrive, admin_client: FlaskClient, fresh_database: Database) -> Ticket:
    """A request of Ole's, whose mails are locked by now."""
    ticket = arrive(letter())
    fanout.run()
    post(admin_client, f"/persons/{ole(fresh_database).uid}/mail-lock")
    return ticket


def ole(database: Database) -> Person:
    with database.read() as db:
        return db.scalars(select(Person).where(Person.first_name == "Ole")).one()


def bearer(database: Database, agent: Agent) -> dict[str, str]:
    with database.write() as db:
        return {"Authorization": f"Bearer {new_token(db, db.get_one(Agent, agent.id))}"}


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]


def test_admins_alone_lock(agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    """T36, T38: the button is on the tab of e-mails for admins alone; the same place opens access again."""
    url = f"/persons/{ole(fresh_database).uid}"
    assert "Lock access" not in page(agent_client, f"{url}/mails") and "Lock access" in page(admin_client, f"{url}/mails")
    for address in (f"{url}/mail-lock", f"{url}/mail-lock/end", f"/tickets/{ticket.number}/mail-openings"):
        post(agent_client, address, status=403, reason="x")
    post(admin_client, f"{url}/mail-lock")
    assert "Open access" in page(admin_client, f"{url}/mails") and LOCKED in page(agent_client, f"/tickets/{ticket.number}")
    post(admin_client, f"{url}/mail-lock/end")
    assert "The printer does not print." in page(agent_client, f"/tickets/{ticket.number}")
    assert "Access to the e-mails opened" in page(agent_client, f"{url}/history")


def test_no_page_tells(agent_client: FlaskClient, locked: Ticket, fresh_database: Database) -> None:
    """T37: sent and received e-mails tied to the person; that there is a mail is seen."""
    person, message = f"/persons/{ole(fresh_database).uid}", f"/messages/{messages_of(locked)[0].uid}"
    for url in (f"/tickets/{locked.number}", "/tickets?view=all", f"{person}/mails", "/search?q=Ole"):
        text = page(agent_client, url)
        assert not secrets_in(text) and LOCKED in text, url
    for url in (person, "/notifications", f"{message}/html", f"{message}/original", f"/live/tickets/{locked.number}?last=0"):
        assert not secrets_in(page(agent_client, url)), url
    assert LOCKED not in page(agent_client, f"{person}/mails?q=rhubarb")


def test_no_search_finds_it_by_its_words(agent_client: FlaskClient, admin_client: FlaskClient, locked: Ticket) -> None:
    """T37: admins find it, and do not read it either before they have said why."""
    for query in ("rhubarb", "Sick leave"):
        assert f"/tickets/{locked.number}" not in page(agent_client, f"/search?q={query}")
        found = page(admin_client, f"/search?q={query}")
        assert f"/tickets/{locked.number}" in found and LOCKED in found


def test_neither_source_nor_files(agent_client: FlaskClient, admin_client: FlaskClient, locked: Ticket, fresh_database: Database) -> None:
    """T37: the bytes of the mail and its files, for admins not before they have said why."""
    message = messages_of(locked)[0]
    with fresh_database.read() as db:
        file = db.scalars(select(Attachment)).one()
    for client in (agent_client, admin_client):
        page(client, f"/messages/{message.uid}/source", status=403)
        page(client, f"/attachments/{file.uid}", status=403)
    post(admin_client, f"/tickets/{locked.number}/mail-openings", reason="Her doctor called")
    assert b"rhubarb" in admin_client.get(f"/messages/{message.uid}/source?download=1").data
    assert page(admin_client, f"/attachments/{file.uid}") == "%PDF"


def test_the_api_tells_as_little(agent_client: FlaskClient, locked: Ticket, nora: Agent, jonas: Agent, fresh_database: Database) -> None:
    """T37: by the API too; it says which mails are locked."""
    api = agent_client.application.test_client()        # a program, not a browser in which somebody is signed in as well
    person, message, mine = ole(fresh_database), messages_of(locked)[0], bearer(fresh_database, nora)
    for path in (f"tickets/{locked.number}", "tickets", f"persons/{person.uid}/messages", f"persons/{person.uid}/tickets"):
        answer = api.get(f"/api/v1/{path}", headers=mine)
        assert answer.status_code == 200 and not secrets_in(answer.text), path
    [shown] = api.get(f"/api/v1/tickets/{locked.number}", headers=mine).get_json()["messages"]
    assert shown["locked"] and shown["text"] == LOCKED and not shown["attachments"]
    assert api.get(f"/api/v1/messages/{message.uid}/raw", headers=mine).status_code == 403
    assert api.put(f"/api/v1/persons/{person.uid}/mail-lock", headers=mine).status_code == 403
    his = bearer(fresh_database, jonas)
    assert api.post(f"/api/v1/tickets/{locked.number}/mail-openings", json={"reason": "Audit"}, headers=his).status_code == 204
    assert "rhubarb" in api.get(f"/api/v1/tickets/{locked.number}", headers=his).text


def test_nobody_answers_blindly_or_sends_it_on(agent_client: FlaskClient, locked: Ticket, fresh_database: Database) -> None:
    """T37: an answer and a forward quote what they follow."""
    page(agent_client, f"/tickets/{locked.number}/forwards/new?message={messages_of(locked)[0].uid}", status=403)
    for what, to in (("replies", "ole@kunde.example"), ("forwards", "else@else.example")):
        post(agent_client, f"/tickets/{locked.number}/{what}", status=403, to=to, text="Here.", original=messages_of(locked)[0].uid)
    with fresh_database.read() as db:
        assert not db.scalars(select(OutboundMail).where(OutboundMail.kind.in_(("reply", "forward")))).all()


def test_new_mail_reaches_admins(
    agent_client: FlaskClient, locked: Ticket, arrive: Arrive, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    """T37: bell and mail tell admins, without its words; agents see that it exists."""
    with fresh_database.write() as db:
        for agent in (nora, jonas):
            db.get_one(Agent, agent.id).notify = {"new": ["bell", "mail"], "answered": ["bell", "mail"]}
        before = len(db.scalars(select(Notification).where(Notification.agent_id == nora.id)).all())
        db.get_one(Ticket, locked.id).assignee_id = nora.id
    joined = arrive(mail(subject="Re: Sick leave", text="More rhubarb.", In_Reply_To="<s1@k.example>"))
    fanout.run()
    assert joined.id == locked.id
    with fresh_database.read() as db:
        told = db.scalars(select(Notification.agent_id).where(Notification.event == "answered")).all()
        mails = db.scalars(select(OutboundMail).where(OutboundMail.kind == "notification", OutboundMail.agent_id == jonas.id)).all()
        assert told == [jonas.id] and mails and not any("rhubarb" in one.text for one in mails)
        assert len(db.scalars(select(Notification).where(Notification.agent_id == nora.id)).all()) == before
    assert page(agent_client, f"/tickets/{locked.number}").count(LOCKED) >= 1


def test_an_admin_reads_with_a_reason(
    agent_client: FlaskClient, admin_client: FlaskClient, locked: Ticket, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    """T37: the reason is in the history before the text shows, and shows to admins alone."""
    there, person = f"/tickets/{locked.number}", ole(fresh_database)
    text = page(admin_client, there)
    assert "Sick leave" in text and "rhubarb" not in text
    post(admin_client, f"{there}/mail-openings", status=422, reason=" ")
    post(admin_client, f"{there}/mail-openings", reason="Her doctor called")
    assert secrets_in(page(admin_client, there)) == list(SECRETS) and "rhubarb" in page(admin_client, f"/messages/{messages_of(locked)[0].uid}/html")
    assert not secrets_in(page(agent_client, there))
    with fresh_database.read() as db:
        fact = db.scalars(select(FactRow).where(FactRow.kind == "ticket.locked_mail_read")).one()
        assert db.scalars(select(Change.after).where(Change.fact_id == fact.id)).one() == "Her doctor called"
    assert "Her doctor called" in page(admin_client, f"/persons/{person.uid}/history")
    history = page(agent_client, f"/persons/{person.uid}/history")
    assert "Locked e-mails were read" in history and "Her doctor called" not in history
    api = f"/api/v1/persons/{person.uid}/history"
    told = agent_client.get(api, headers=bearer(fresh_database, nora)).text
    assert "ticket.locked_mail_read" in told and "Her doctor called" not in told
    assert agent_client.get(f"{api}?q=doctor", headers=bearer(fresh_database, nora)).json["items"] == []
    assert "Her doctor called" in admin_client.get(api, headers=bearer(fresh_database, jonas)).text


def test_mail_they_got_in_copy(agent_client: FlaskClient, locked: Ticket, arrive: Arrive) -> None:
    """T37: tied to exactly this person: what they got from somebody else too, and nothing of others."""
    copied = arrive(mail("Kari Lund <kari@kunde.example>", subject="For both", text="A secret for Ole.", Cc="ole@kunde.example"))
    other = arrive(mail("Kari Lund <kari@kunde.example>", subject="Of Kari", text="Weather is fine."))
    assert "A secret for Ole" not in page(agent_client, f"/tickets/{copied.number}")
    assert "Weather is fine" in page(agent_client, f"/tickets/{other.number}")


def test_the_lock_outlives_a_merge(agent_client: FlaskClient, locked: Ticket, arrive: Arrive, jonas: Agent, fresh_database: Database) -> None:
    """T37: also once the person has become part of another, whose own mail is then locked along; apart, it is open again."""
    other = arrive(mail("Olav Vang <olav@kunde.example>", subject="From Olav", text="Weather is fine."))
    with fresh_database.write() as db:
        into = db.scalars(select(Person).where(Person.first_name == "Olav")).one()
        merge(db, db.get_one(Person, ole(fresh_database).id), into, {}, by=db.get_one(Agent, jonas.id))
    assert not secrets_in(page(agent_client, f"/tickets/{locked.number}")) and "Weather" not in page(agent_client, f"/tickets/{other.number}")
    with fresh_database.write() as db:
        unmerge(db, db.get_one(Person, ole(fresh_database).id), by=db.get_one(Agent, jonas.id))
    assert not secrets_in(page(agent_client, f"/tickets/{locked.number}")) and "Weather" in page(agent_client, f"/tickets/{other.number}")


def test_nothing_is_written_over(agent_client: FlaskClient, locked: Ticket, fresh_database: Database) -> None:
    """What is kept from a reader stays what it is when that reader changes something on the ticket."""
    post(agent_client, f"/tickets/{locked.number}/assignment", agent="")
    with fresh_database.read() as db:
        assert db.get_one(Ticket, locked.id).subject == "Sick leave" and "rhubarb" in db.scalars(select(Message.text)).one()


def test_parting_opens_nothing(agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, jonas: Agent, fresh_database: Database) -> None:
    """T37: whoever was part of the person when access was locked is locked along, also once they are apart."""
    ticket = arrive(letter())
    arrive(mail("Olav Vang <olav@kunde.example>", subject="From Olav", text="Weather is fine."))
    with fresh_database.write() as db:
        into = db.scalars(select(Person).where(Person.first_name == "Olav")).one()
        merge(db, db.get_one(Person, ole(fresh_database).id), into, {}, by=db.get_one(Agent, jonas.id))
    post(admin_client, f"/persons/{into.uid}/mail-lock")
    post(agent_client, f"/persons/{ole(fresh_database).uid}/unmerge")
    assert not secrets_in(page(agent_client, f"/tickets/{ticket.number}"))


def test_nobody_unties_the_person_from_what_they_may_not_read(agent_client: FlaskClient, locked: Ticket, nora: Agent, fresh_database: Database) -> None:
    person = ole(fresh_database)
    api = agent_client.application.test_client()
    answer = api.put(f"/api/v1/tickets/{locked.number}/requester", json={"none": True}, headers=bearer(fresh_database, nora))
    assert answer.status_code == 403
    with fresh_database.write() as db:
        holding = db.scalars(select(Holding).where(Holding.person_id == person.id)).one()
        holding.origin, holding.proof = "import", "none"
        correct_address(db, holding, "olle@kunde.example", by=db.get_one(Agent, nora.id))
    assert not secrets_in(page(agent_client, f"/tickets/{locked.number}"))


def test_names_of_their_files_are_not_told(agent_client: FlaskClient, admin_client: FlaskClient, locked: Ticket, fresh_database: Database) -> None:
    there = f"/persons/{ole(fresh_database).uid}/files/mails"
    assert "certificate.pdf" not in page(agent_client, there)
