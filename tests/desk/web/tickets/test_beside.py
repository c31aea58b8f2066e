"""Search, the bell, canned replies, suggestions."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.creating import create_company
from core.database import Database
from desk.mailboxes import Mailbox
from desk.tickets.message import CannedReply, Notification
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, post, said, words
from tests.letters_made import mail


def test_search_finds_by_number_subject_people_and_text(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    ticket = arrive(mail(sender="Anna Hansetvedt <anna@kunde.example>", subject="Kompressor", text="The gauge is broken."))
    with fresh_database.write() as db:
        create_company(db, "Hansen Metall AS", domains=["hansen.example"])
    for query in (str(ticket.number), f"%23{ticket.number}", "kompressor", "gauge", "hanse", "anna@kunde.example"):
        assert "Kompressor" in page(agent_client, f"/search?q={query}"), query
    text = words(page(agent_client, "/search?q=hanse"))
    assert "Anna Hansetvedt" in text
    assert "Hansen Metall AS" in text
    assert "Hansen Metall AS" not in page(agent_client, "/search?q=hanse&kind=persons")
    assert "Kompressor" not in page(agent_client, "/search?q=hanse&kind=companies")
    assert "Nothing was found" in words(page(agent_client, "/search?q=zzzzz"))
    assert "Search for anything" in words(page(agent_client, "/search"))


def test_search_goes_on_by_key(agent_client: FlaskClient, arrive: Arrive) -> None:
    for n in range(23):
        arrive(mail(subject=f"Pump {n:02}"))
    text = page(agent_client, "/search?q=pump")
    older = text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "<mark>Pump</mark> 22" in text
    assert "<mark>Pump</mark> 00" not in text
    assert "<mark>Pump</mark> 00" in page(agent_client, older)


def test_search_says_how_much_it_found_of_each(agent_client: FlaskClient, arrive: Arrive) -> None:
    for n in range(23):
        arrive(mail(sender="Anna Hansetvedt <anna@kunde.example>", subject=f"Pump {n:02} & <seal>"))
    text = page(agent_client, "/search?q=hanse")
    assert 'Tickets<span class="tabs__count">20+</span>' in text
    assert 'Persons<span class="tabs__count">1</span>' in text
    assert 'Tickets<span class="tabs__count">20+</span>' in page(agent_client, "/search?q=hanse&kind=persons")
    assert "Anna <mark>Hanse</mark>tvedt" in text
    assert "&amp; &lt;<mark>seal</mark>&gt;" in page(agent_client, "/search?q=SEAL")
    assert text.count("data-search") == 1


def test_every_word_is_found_wherever_it_stands(agent_client: FlaskClient, arrive: Arrive) -> None:
    """Late in a long text, in an address, between signs."""
    arrive(mail(subject="Long", text=" ".join(f"word{n}" for n in range(300)) + " <zebra> at stable@savanna.example"))
    for query in ("word299", "zebra", "savanna"):
        assert "Long" in page(agent_client, f"/search?q={query}")


def test_the_bell(agent_client: FlaskClient, ticket: Ticket, nora: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.add_all(Notification(agent_id=nora.id, ticket_id=ticket.id, event=event) for event in
                   ("new", "assigned", "answered", "bounced", "failed", "replied", "noted"))
    text = page(agent_client, "/notifications")
    assert "New from Ole Vang" in words(text)
    assert f'href="/tickets/{ticket.number}"' in text
    assert text.count("row-item--unread") == 7
    post(agent_client, "/notifications")
    assert "row-item--unread" not in page(agent_client, "/notifications")


def test_canned_replies(
    admin_client: FlaskClient, agent_client: FlaskClient, ticket: Ticket, support: Mailbox, fresh_database: Database,
) -> None:
    page(admin_client, "/canned/new")
    post(admin_client, "/canned", prefix="/Takk", title="Thanks", language="", mailbox="", text="Dear {name},\n\nthank you.\n{agent}")
    post(admin_client, "/canned", prefix="takk", title="Takk", language="da", mailbox="", text="Kære {name}")
    post(admin_client, "/canned", prefix="takk", title="Of support", language="", mailbox=support.uid, text="Support thanks {name}")
    offered = agent_client.get(f"/canned.json?ticket={ticket.number}").json
    assert offered == [{"prefix": "takk", "title": "Of support", "html": "<p>Support thanks Ole Vang</p>"}]
    assert "Thanks" in page(agent_client, "/canned")
    refused = words(said(admin_client.post("/canned", data={"prefix": "takk", "title": "Twice", "text": "x"}), 422))
    assert "This word is taken in this language and mailbox." in refused
    with fresh_database.read() as db:
        row = db.scalars(select(CannedReply).where(CannedReply.name == "Thanks")).one()
    assert "thank you." in page(admin_client, f"/canned/{row.uid}")
    post(admin_client, f"/canned/{row.uid}", prefix="takk", title="Many thanks", text="<script>x</script>Dear {name}")
    assert said(admin_client.post(f"/canned/{row.uid}", data={"prefix": "two words", "title": "", "text": ""}), 422)
    with fresh_database.read() as db:
        assert db.get_one(CannedReply, row.id).html == "<p>&lt;script&gt;x&lt;/script&gt;Dear {name}</p>"
    post(admin_client, f"/canned/{row.uid}/deletion")
    assert "Many thanks" not in page(admin_client, "/canned").partition("<tbody>")[2]


def test_addresses_are_suggested(agent_client: FlaskClient, ticket: Ticket) -> None:
    assert agent_client.get("/recipients?q=vang").json == [{"address": "ole@kunde.example", "name": "Ole Vang"}]
    assert agent_client.get("/recipients?q=v").json == []
