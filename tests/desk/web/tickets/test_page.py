"""The page of a ticket."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Address
from contacts.agent import Agent
from contacts.company import Business, Category, ServiceLevel
from contacts.creating import create_company
from contacts.identifying import hold
from contacts.person import Employment, Person
from core.clock import now
from core.database import Database
from core.i18n import speaking
from core.options import set_option
from desk.loops import within_budget
from desk.mailboxes import Mailbox
from desk.tickets.answering import note, reply
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import Ticket
from desk.web.presenting.times import near
from desk.web.presenting.words import kind_of_phone
from rules.intake import ACTS
from rules.loops import WINDOW
from tests.desk.web.tickets.conftest import Arrive, messages_of, now_of, page, words
from tests.letters_made import mail


def test_list_conversation_and_card(agent_client: FlaskClient, ticket: Ticket) -> None:
    text = page(agent_client, f"/tickets/{ticket.number}?view=all")
    assert all(f'id="{column}"' in text for column in ("list", "conversation", "card", "composer"))
    said = words(text)
    assert "The printer does not print." in said
    assert "Ole Vang is new here, so a person was made." in said
    assert f"Rule {len(ACTS)}: A new request." in said
    assert "ole@kunde.example" in said
    assert "Why do we hold this person?" in said
    assert "Wrote to Support" in said


def test_a_fragment_is_conversation_and_card_alone(agent_client: FlaskClient, ticket: Ticket) -> None:
    text = page(agent_client, f"/tickets/{ticket.number}?view=all", headers={"HX-Request": "true"})
    assert text.lstrip().startswith('<div class="desk__ticket" id="ticket">')
    assert 'id="list"' not in text
    assert 'id="card"' in text


def test_opening_it_makes_it_read(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.add(Notification(agent_id=nora.id, ticket_id=ticket.id, event="new"))
    assert now_of(ticket).unread
    page(agent_client, f"/tickets/{ticket.number}")
    assert not now_of(ticket).unread
    assert now_of(ticket).version == ticket.version
    with fresh_database.read() as db:
        assert db.scalar(select(Notification.read_at)) is not None


def test_the_card_tells_what_we_know(
    agent_client: FlaskClient, ticket: Ticket, arrive: Arrive, fresh_database: Database, nora: Agent, jonas: Agent,
) -> None:
    """S79a-c: preferred language, service level, support contact; S80: our contact, category, business; S78c: the person's own page
    says the same."""
    with fresh_database.write() as db:
        person = db.scalars(select(Person)).one()
        company = create_company(db, "Kunde AS")
        level, category, business = ServiceLevel(name="Gold"), Category(name="Partner"), Business(name="Shipping")
        other = Address(value="ole@old.example", normalised="ole@old.example", health="bouncing")
        db.add_all([Employment(person_id=person.id, company_id=company.id, position="Buyer"), other, level, category, business])
        db.flush()
        hold(db, other, person, origin="agent")
        person.support_contact_id, person.preferred_language, person.our_contact_id = nora.id, "nb", jonas.id
        person.service_level_id, person.category_id, person.business_id = level.id, category.id, business.id
        uid = person.uid
    earlier = arrive(mail(subject="Another matter"))
    known = ("Kunde AS", "ole@old.example", "Norwegian Bokmål", "Gold", "Nora Vik", "Jonas Berg", "Partner", "Shipping")
    beside = words(page(agent_client, f"/tickets/{ticket.number}"))
    alone = words(page(agent_client, f"/persons/{uid}"))
    assert [part for part in (*known, "Buyer", "ole@old.example bounces", earlier.subject) if part not in beside] == []
    assert [part for part in known if part not in alone] == []


def test_somebody_without_a_company_is_made_and_found_in_the_desk(agent_client: FlaskClient, ticket: Ticket) -> None:
    """S78a-b: whoever belongs to no company is created, saved, looked up and written to where tickets are answered."""
    made = agent_client.post("/persons", data={"first_name": "Ada", "last_name": "Lunde", "private_customer": "1",
                                               "address_uid": [""], "address_kind": ["email"], "address_value": ["ada@post.example"]})
    assert made.status_code == 303
    assert "Ada Lunde" in words(page(agent_client, made.headers["Location"]))
    assert "Ada Lunde" in words(page(agent_client, "/persons?q=lund"))
    assert "ada@post.example" in agent_client.get("/recipients?q=ada").text
    assert "Ada Lunde" in words(page(agent_client, f"/tickets/{ticket.number}/requester?q=lunde"))


def test_answers_and_notes_stand_in_order(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        mine, agent = db.get_one(Ticket, ticket.id), db.get_one(Agent, nora.id)
        reply(db, mine, by=agent, text="Press the green button.")
        note(db, mine, by=agent, text="He always calls on Mondays.")
    text = page(agent_client, f"/tickets/{ticket.number}").partition("data-thread")[2]
    at = [text.index(part) for part in ("The printer does not print.", "Press the green button.", "He always calls")]
    assert at == sorted(at)
    assert "being sent" in words(text)


def test_deeds_are_sentences_with_names(
    agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket, nora: Agent,
) -> None:
    agent_client.post(f"/tickets/{ticket.number}/assignment", data={"agent": nora.uid})
    admin_client.post(f"/tickets/{ticket.number}/state", data={"state": "closed"})
    said = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "Nora Vik took the ticket" in said
    assert "Jonas Berg closed the ticket" in said


def test_who_is_unknown_is_asked_about(
    agent_client: FlaskClient, arrive: Arrive, support: Mailbox, fresh_database: Database,
) -> None:
    arrive(mail(sender="Mads Holm <mads@old.example>"))
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    held = arrive(mail(sender="Mads Holm <mads@new.example>"))
    text = page(agent_client, f"/tickets/{held.number}?view=held")
    said = words(text)
    assert "Nobody we know, so an agent is asked." in said
    assert "The mailbox is set to ask before a person is made." in said
    assert "Same name, rare in the register" in said
    assert "It is this person: add the address" in said
    assert "Create Mads Holm" in said
    assert "deleted 90 days after it is closed" in said
    assert 'id="composer"' in text
    assert "@new.example" in said


def test_a_merged_ticket_leads_to_its_survivor(
    agent_client: FlaskClient, ticket: Ticket, arrive: Arrive, fresh_database: Database,
) -> None:
    other = arrive()
    with fresh_database.write() as db:
        merged = db.get_one(Ticket, ticket.id)
        merged.merged_into_id = other.id
        merged.enter(merged.state)
    answer = agent_client.get(f"/tickets/{ticket.number}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tickets/{other.number}")


def test_a_long_conversation_begins_with_its_end(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, fresh_database: Database, statements: list[str],
) -> None:
    with fresh_database.write() as db:
        mine, agent = db.get_one(Ticket, ticket.id), db.get_one(Agent, nora.id)
        for n in range(60):
            note(db, mine, by=agent, text=f"Note number {n:02}.")
    text = page(agent_client, f"/tickets/{ticket.number}")
    assert "Note number 59." in text
    assert "Note number 09." not in text
    assert "Show 11 earlier messages" in words(text)
    more = re.search(r'href="([^"]*messages=61)"', text)
    assert more is not None
    assert "The printer does not print." in page(agent_client, more[1].replace("&amp;", "&"))


def test_fifty_messages_ask_no_more_than_one(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, arrive: Arrive, fresh_database: Database, statements: list[str],
) -> None:
    page(agent_client, f"/tickets/{ticket.number}")
    statements.clear()
    page(agent_client, f"/tickets/{ticket.number}")
    alone = len(statements)
    first = messages_of(ticket)[0]
    for n in range(25):
        arrive(mail(subject=f"Re: {ticket.subject}", text=f"Again {n}", In_Reply_To=f"<{first.rfc_message_id}>",
                    sender=f"Person {n} <p{n}@kunde.example>"))
    with fresh_database.write() as db:
        for n in range(24):
            reply(db, db.get_one(Ticket, ticket.id), by=db.get_one(Agent, nora.id), text=f"Answer {n}")
    assert len(messages_of(ticket)) == 50
    page(agent_client, f"/tickets/{ticket.number}")
    statements.clear()
    page(agent_client, f"/tickets/{ticket.number}")
    assert len(statements) <= alone + 6
    assert len(statements) <= 60


def test_what_is_folded_away_is_called_what_it_is(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    signed = arrive(mail(text="The pump leaks.\n\n-- \nOle Vang\nTel: +47 555 01 200\n"))
    quoting = arrive(mail(text="It does.\n\nOn 3 Nov 2026 Nora Vik wrote:\n> Does the pump leak?\n"))
    assert "Signature -- Ole Vang Tel: +47 555 01 200" in words(page(agent_client, f"/tickets/{signed.number}"))
    assert "Earlier text" in words(page(agent_client, f"/tickets/{quoting.number}"))
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    held = arrive(mail(sender="Mads Holm <mads@new.example>", text="The pump leaks.\n\n-- \nMads Holm\nForeman\n"))
    text = page(agent_client, f"/tickets/{held.number}?view=held")
    assert '<details class="fold" open>' in text
    assert 'class="face face--unknown"' in text.partition('id="conversation"')[2].partition('id="card"')[0]
    assert words(text).count("so an agent is asked") == 2          # the bar, and the rule behind it


def test_a_bounce_does_not_show_our_token(agent_client: FlaskClient, arrive: Arrive, ticket: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        message = db.scalars(select(Message).where(Message.ticket_id == ticket.id)).one()
        message.to = [["", "support+b2f5b1e6@desk.example"], ["", "ole+lists@kunde.example"]]
    said = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "support@desk.example, ole+lists@kunde.example" in said
    assert "b2f5b1e6" not in said


def test_telephones_are_labelled_in_the_agents_language() -> None:
    with speaking("sv"):
        assert [kind_of_phone(label) for label in ("Mobile", "work", "Sommarstugan")] == ["mobil", "arbete", "Sommarstugan"]


def test_years_are_said_where_they_are_another() -> None:
    with speaking("en"):
        today = now().astimezone(ZoneInfo("Europe/Oslo"))
        assert near(now()) == f"{today.day} {today:%b}"
        assert near(now() - timedelta(days=400)).endswith(str((now() - timedelta(days=400)).year))


def test_what_the_loop_breaker_holds_back_is_said_with_its_reason(
    agent_client: FlaskClient, ticket: Ticket, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        set_option(db, "mail.loop_limit", 1)
        row = db.get_one(Ticket, ticket.id)
        assert [within_budget(db, row, f"robot{n}@kunde.example") for n in range(2)] == [True, False]
    text = words(page(agent_client, f"/tickets/{ticket.number}"))
    assert "1 went out on this ticket within three hours, which looks like a loop. What you write yourself still goes out." in text
    assert "The loop breaker stopped automatic mail on this ticket" in text
    with fresh_database.write() as db:
        row = db.get_one(Ticket, ticket.id)
        row.verdict = {**row.verdict, "breaker": {**row.verdict["breaker"], "at": (now() - WINDOW).isoformat()}}
    assert "looks like a loop" not in words(page(agent_client, f"/tickets/{ticket.number}"))
