"""The e-mails on a person's card: whose they are, searched and narrowed, and who sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.tickets.assigning import assign
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, post, words
from tests.letters_made import mail

OLE = "ole@kunde.example"
EMPTY = "No e-mails in the last twelve months."


@pytest.fixture
def ole(arrive: Arrive, fresh_database: Database) -> Person:
    arrive(mail(subject="The printer"))
    with fresh_database.read() as db:
        return db.scalars(select(Person)).one()


def tab(client: FlaskClient, person: Person, asked: str = "") -> str:
    whole = page(client, f"/persons/{person.uid}/mails{asked}")
    return words(whole[whole.index('id="mails"'):whole.index("<aside")])


def ticket_of(database: Database, subject: str) -> Ticket:
    with database.read() as db:
        return db.scalars(select(Ticket).where(Ticket.subject == subject)).one()


def test_what_they_wrote_and_what_they_got(agent_client: FlaskClient, ole: Person, arrive: Arrive, fresh_database: Database) -> None:
    """T34, W62, C5, C6: as sender, and among To or Cc, on whichever ticket."""
    post(agent_client, f"/tickets/{ticket_of(fresh_database, 'The printer').number}/replies", to=OLE, text="Press green.")
    arrive(mail("Kari Lund <kari@kunde.example>", subject="For both of us", Cc=f"Ole <{OLE}>"))
    arrive(mail("Kari Lund <kari@kunde.example>", subject="Of Kari alone"))
    text = tab(agent_client, ole)
    assert text.count("The printer") == 2 and "Nora Vik" in text
    assert "For both of us" in text
    assert "Of Kari alone" not in text
    assert "Of Kari alone" not in tab(agent_client, ole, "?all=1")


def test_an_answer_to_others_on_their_ticket_is_not_theirs(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    post(agent_client, f"/tickets/{ticket_of(fresh_database, 'The printer').number}/replies", to="kari@kunde.example", text="A word about Ole.",
         sure="1")
    with fresh_database.read() as db:
        assert db.scalars(select(Message.to).where(Message.direction == "out")).one() == [["", "kari@kunde.example"]]
    assert tab(agent_client, ole).count("The printer") == 1


def test_mail_shows_where_the_address_was_on_the_card_then(
    agent_client: FlaskClient, ole: Person, arrive: Arrive, fresh_database: Database,
) -> None:
    """T35: an address that has left the card takes what came to it since, and leaves what came before."""
    arrive(mail("Kari Lund <kari@kunde.example>", subject="Before", Cc=OLE))
    with fresh_database.write() as db:
        held = db.scalars(select(Holding).join(Address).where(Address.value == OLE)).one()
        held.until = now()
    arrive(mail("Kari Lund <kari@kunde.example>", subject="Since", Cc=OLE))
    text = tab(agent_client, ole)
    assert "Before" in text and "The printer" in text
    assert "Since" not in text


def test_a_mailbox_may_keep_its_mail_off_cards(agent_client: FlaskClient, ole: Person, support: Mailbox, fresh_database: Database) -> None:
    """T35: a switch per mailbox."""
    assert "The printer" in tab(agent_client, ole)
    with fresh_database.write() as db:
        set_option(db, "mail.on_cards", False, support.uid)
    assert EMPTY in tab(agent_client, ole)


def test_an_agent_sees_the_mail_of_their_mailboxes_alone(
    agent_client: FlaskClient, admin_client: FlaskClient, ole: Person, arrive: Arrive, board: Mailbox,
) -> None:
    arrive(mail(subject="To the board", to="board@desk.example"), board)
    assert "To the board" not in tab(agent_client, ole)
    assert "To the board" in tab(admin_client, ole)


def test_searched(agent_client: FlaskClient, ole: Person, arrive: Arrive) -> None:
    """W63: in subject and text, Nordic letters both ways."""
    arrive(mail(subject="Tøyen", text="Kaffetrakteren lekker.\n"))
    assert "Tøyen" in tab(agent_client, ole, "?q=toyen+kaffe") and "The printer" not in tab(agent_client, ole, "?q=toyen")
    assert "No e-mail fits." in tab(agent_client, ole, "?q=nowhere")


def test_narrowed(agent_client: FlaskClient, ole: Person, arrive: Arrive, nora: Agent, fresh_database: Database) -> None:
    """W64: by responsible, status, direction."""
    hers = arrive(mail(subject="Hers"))
    with fresh_database.write() as db:
        assign(db, db.get_one(Ticket, hers.id), by=None, assignee=db.get_one(Agent, nora.id))
    assert "The printer" not in tab(agent_client, ole, f"?assignee={nora.uid}") and "Hers" in tab(agent_client, ole, f"?assignee={nora.uid}")
    assert "Hers" not in tab(agent_client, ole, "?assignee=nobody") and "The printer" in tab(agent_client, ole, "?assignee=nobody")
    post(agent_client, f"/tickets/{hers.number}/replies", to=OLE, text="Press green.")
    assert tab(agent_client, ole, "?state=waiting").count("Hers") == 2
    assert tab(agent_client, ole, "?direction=out").count("Hers") == 1
    page(agent_client, f"/persons/{ole.uid}/mails?assignee=none-such", 404)


def test_a_year_of_it_unless_all_is_asked_for(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    """W66."""
    with fresh_database.write() as db:
        db.execute(update(Message).values(at=now() - timedelta(days=400)))
    assert EMPTY in tab(agent_client, ole)
    assert "The printer" in tab(agent_client, ole, "?all=1")


def test_by_pages_and_with_few_questions(agent_client: FlaskClient, ole: Person, arrive: Arrive, statements: list[str]) -> None:
    page(agent_client, f"/persons/{ole.uid}/mails")
    statements.clear()
    page(agent_client, f"/persons/{ole.uid}/mails")
    alone = len(statements)
    for number in range(60):
        arrive(mail(subject=f"Letter {number:02}"))
    statements.clear()
    first = page(agent_client, f"/persons/{ole.uid}/mails")
    assert len(statements) <= alone + 1
    older = first[first.index("cursor="):].partition('"')[0]
    second = tab(agent_client, ole, f"?{older}")
    assert "Letter 10" in words(first) and "Letter 09" not in words(first)
    assert "Letter 09" in second and "The printer" in second and "Letter 10" not in second
    page(agent_client, f"/persons/{ole.uid}/mails?cursor=x", 422)


def test_the_tab_tells_how_many(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    post(agent_client, f"/tickets/{ticket_of(fresh_database, 'The printer').number}/replies", to=OLE, text="Press green.")
    assert '>E-mails<span class="tabs__count">2</span>' in page(agent_client, f"/persons/{ole.uid}")


def test_only_for_those_who_signed_in(visitor: FlaskClient, ole: Person) -> None:
    for part in ("", "/details", "/mails", "/history"):
        assert visitor.get(f"/persons/{ole.uid}{part}").status_code == 303


def test_one_mail_to_whoever_wants_no_mass_mail(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    """W21: what an agent writes to one person goes out."""
    with fresh_database.write() as db:
        db.execute(update(Person).values(block_mass_mail=True, status="left"))
    post(agent_client, f"/tickets/{ticket_of(fresh_database, 'The printer').number}/replies", to=OLE, text="Press green.", sure="1")
    with fresh_database.read() as db:
        assert db.scalars(select(Message.to).where(Message.direction == "out")).one()[0][1] == OLE
