"""Quick create, and the menu of what can be made."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.activity import Activity
from contacts.company import Company
from contacts.person import Person
from core.database import Database
from core.options import set_option
from desk.mailboxes import add_mailbox
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import page, post, said, statements, words

__all__ = ["statements"]


@pytest.fixture(autouse=True)
def _support(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")


def beside(text: str) -> str:
    return words(text[text.index("quick__made"):])


def test_new_is_a_menu_on_every_page(agent_client: FlaskClient) -> None:
    """S23: New → Person, and what else there is."""
    menu = page(agent_client, "/tickets?view=mine")
    menu = menu[menu.index('id="menu"'):]
    assert all(f'href="{url}"' in menu for url in ("/persons/new", "/companies/new", "/tickets/new", "/activities/new", "/quick"))


def test_several_in_one_go(agent_client: FlaskClient, fresh_database: Database, statements: list[str]) -> None:
    """W17, W18, W19: click the kind, fill in, save; the panel lists what was made; a company employs by one click."""
    post(agent_client, "/quick/company", name="Nordlys AS")
    here = page(agent_client, "/quick/company")
    assert "Nordlys AS" in beside(here)
    there = "/quick/person?company=Nordlys+AS"
    assert f'href="{there}"' in here and 'value="Nordlys AS"' in page(agent_client, there)
    post(agent_client, "/quick/person", first_name="Eva", last_name="Lie", company="Nordlys AS", email="eva@nordlys.example")
    post(agent_client, "/quick/activity", title="Call Eva", company="Nordlys AS")
    post(agent_client, "/quick/ticket", who="Eva Lie", subject="A question", text="She called.")
    statements.clear()
    text = beside(page(agent_client, "/quick"))
    assert [text.index(name) for name in ("A question", "Call Eva", "Eva Lie", "Nordlys AS")] == sorted(
        text.index(name) for name in ("A question", "Call Eva", "Eva Lie", "Nordlys AS"))
    assert len(statements) <= 16, len(statements)
    with fresh_database.read() as db:
        eva = db.scalars(select(Person)).one()
        assert eva.employment is not None and eva.employment.company.name == "Nordlys AS"
        assert db.scalars(select(Activity)).one().company_id == db.scalars(select(Company)).one().id and db.scalars(select(Ticket)).one().channel == "phone"
    post(agent_client, "/quick/end")
    assert "What you make is listed here." in beside(page(agent_client, "/quick"))


def test_what_is_wrong_stays_on_the_form(agent_client: FlaskClient, fresh_database: Database) -> None:
    """S20: a person without a company is refused here too, with what was typed."""
    text = said(agent_client.post("/quick/person", data={"first_name": "Eva", "last_name": "Lie"}), 422)
    assert 'value="Eva"' in text and "f-company-error" in text
    said(agent_client.get("/quick/boat"), 404)


def test_duplicates_as_this_door_says(agent_client: FlaskClient, fresh_database: Database) -> None:
    """W80: the door of quick create has a treatment of its own."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["name"]])
        set_option(db, "contacts.duplicates_quick", "warn")
        set_option(db, "contacts.company_required", False)
    eva = {"first_name": "Eva", "last_name": "Lie"}
    post(agent_client, "/quick/person", **eva)
    text = said(agent_client.post("/quick/person", data=eva), 409)
    assert "Save nevertheless" in text and "Same name" in words(text)
    post(agent_client, "/quick/person", nevertheless="1", **eva)
    with fresh_database.read() as db:
        assert len(db.scalars(select(Person)).all()) == 2


def test_strangers_make_nothing(visitor: FlaskClient) -> None:
    assert visitor.get("/quick").status_code == 303 and visitor.post("/quick/company", data={"name": "X"}).status_code == 303
