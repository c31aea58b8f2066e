"""The box that finds everything, and what narrows the page of hits."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from desk.mailboxes import Mailbox
from tests.desk.web.tickets.conftest import Arrive, arrive, board, page, post, statements, support, words
from tests.letters_made import mail

__all__ = ["arrive", "board", "statements", "support"]
HTMX = {"HX-Request": "true"}


def hits(client: FlaskClient, query: str = "", **more: str) -> str:
    return page(client, "/search/hits", query_string={"q": query, **more}, headers=HTMX)


@pytest.fixture
def ingrid(fresh_database: Database, jonas: Agent) -> Person:
    with fresh_database.write() as db:
        customer = Category(name="Customer")
        db.add(customer)
        db.flush()
        kunde = new_company(db, {"name": "Kunde AS", "phone": "55 50 10 00"}, by=jonas, domains=["kunde.example"])
        create_person(db, {"last_name": "Johansen", "private_customer": True, "category_id": customer.id}, by=jonas)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Brøhansen", "private_customer": True}, by=jonas, employments=[{"company": kunde}],
                             addresses=[{"kind": "phone", "value": "+47 22 33 44 55"}, {"kind": "email", "value": "ibh@kunde.example"}])


def test_everything_by_any_part(agent_client: FlaskClient, ingrid: Person, arrive: Arrive) -> None:
    """S10, T13: persons, companies, addresses, numbers in any spelling and tickets, in groups; Nordic letters both ways."""
    ticket = arrive(mail(subject="Kompressor leaks", sender="Ole Vang <ole@fjord.example>"))
    for query in ("hanse", "broehans", "ibh@", "22334455", "+47 22 33 44 55", "004722334455", "+47 2233", "kunde as"):
        assert f'href="/persons/{ingrid.uid}"' in hits(agent_client, query), query
    for query in ("unde", "kunde.ex", "+47 55501000", "5550"):
        assert "<mark>Kunde</mark> AS" in hits(agent_client, query) or "unde" in words(hits(agent_client, query, kind="companies")), query
        assert 'face--firm' in hits(agent_client, query), query
    for query in (str(ticket.number), f"#{ticket.number}", "kompr", "ole@fjo"):
        assert f'href="/tickets/{ticket.number}"' in hits(agent_client, query, kind="tickets"), query
    assert "face--firm" not in hits(agent_client, "kunde", kind="persons")
    assert "All hits" in hits(agent_client, "xyzzy") and 'aria-disabled="true"' in hits(agent_client, "xyzzy")


def test_nothing_typed_shows_what_is_at_hand(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, arrive: Arrive) -> None:
    """S8, S9, S11: favourites and what was opened last, of all kinds, each agent's own."""
    ticket = arrive(mail(subject="Kompressor leaks"))
    assert "is listed here" in hits(agent_client)
    post(agent_client, f"/persons/{ingrid.uid}/favourite")
    page(agent_client, f"/tickets/{ticket.number}")
    text = words(hits(agent_client))
    assert text.index("Favourites") < text.index("Brøhansen") < text.index("Recently opened") < text.index("Kompressor leaks")
    assert "Kompressor" not in hits(agent_client, kind="persons")
    assert "is listed here" in hits(admin_client)


def test_tickets_that_an_agent_does_not_see_are_no_hits(agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, board: Mailbox) -> None:
    secret = arrive(mail(subject="Secret plans", sender="Eva Lund <eva@secret.example>", to="board@desk.example"), board)
    for query in ("secret", str(secret.number), "eva@secret"):
        assert "Secret plans" in words(hits(admin_client, query, kind="tickets")), query
        assert "Secret plans" not in words(hits(agent_client, query, kind="tickets")), query


def test_a_key_costs_few_statements(agent_client: FlaskClient, ingrid: Person, statements: list[str]) -> None:
    for query in ("", "hans", "22334455"):
        hits(agent_client, query)
        statements.clear()
        hits(agent_client, query)
        assert len(statements) <= 18, "\n".join(statements)


def test_the_page_is_narrowed_by_kind_and_category(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """T14."""
    with fresh_database.read() as db:
        customer = db.query(Category).one().uid
    assert "Br" in words(page(agent_client, "/search?q=hansen")) and 'name="category"' in page(agent_client, "/search?q=hansen")
    text = words(page(agent_client, f"/search?q=hansen&kind=persons&category={customer}"))
    assert "Johansen" in text and "Brøhansen" not in text
    page(agent_client, "/search?q=hansen&category=unknown", 404)


def test_without_scripts_the_hits_are_a_page(agent_client: FlaskClient, visitor: FlaskClient) -> None:
    answer = agent_client.get("/search/hits?q=hansen")
    assert (answer.status_code, answer.location) == (303, "/search?q=hansen&kind=all")
    assert visitor.get("/search/hits?q=hansen", headers=HTMX).status_code in (302, 303, 401)


def test_a_symbol_above_the_box_and_a_toggle(agent_client: FlaskClient, ingrid: Person) -> None:
    """T4, W7: a symbol for a new contact above the search box; from the companies to the persons, and back."""
    text = page(agent_client, "/companies")
    above = text[text.index('class="rail__top"'):text.index('class="rail__find"')]
    assert above.index('href="/persons/new"') < above.index("#i-user-plus") < above.index("</a>", above.index("#i-user-plus"))
    head = text[text.index('class="sheet__head"'):]
    assert '<a class="toggle__side" href="/persons">' in head
    assert '<a class="toggle__side" href="/companies">' in page(agent_client, "/persons")


def test_company_found_by_a_domain_that_came_later(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        kunde = db.query(Company).one()
    post(agent_client, f"/companies/{kunde.uid}", name="Kunde AS", domains="later.example", version=str(kunde.version))
    assert "later.ex" in words(hits(agent_client, "later.ex"))
