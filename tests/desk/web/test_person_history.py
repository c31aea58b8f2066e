"""The tabs of a person's card, and the history: who changed what, from what to what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person, edit_person
from contacts.levels import save_level
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.errors import Refused
from core.history import FactRow
from core.options import set_option
from tests.desk.web.tickets.conftest import page, words

#: In the order of REQUIREMENTS 0.12.
TABS = ["Fields", "Details", "E-mails", "Companies", "Activities", "Notes", "Sales", "Campaigns", "Projects", "Orders", "Files", "Relations", "Infotags",
        "Services", "History"]


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": company}])


def history(client: FlaskClient, person: Person, asked: str = "") -> str:
    whole = page(client, f"/persons/{person.uid}/history{asked}")
    return words(whole[whole.index('id="history"'):whole.index("<aside")])


def edited(database: Database, person: Person, agent: Agent, **fields: object) -> None:
    with database.write() as db:
        edit_person(db, db.get_one(Person, person.id), fields, by=db.get_one(Agent, agent.id))


def test_tabs_in_their_order(agent_client: FlaskClient, ingrid: Person) -> None:
    """W31, W37, REQUIREMENTS 0.12: two layout tabs, then lists; each a page of its own with the same sidebar (W68)."""
    shown = {}
    for part, name in (("", "Fields"), ("/details", "Details"), ("/mails", "E-mails"), ("/companies", "Companies"), ("/history", "History")):
        text = page(agent_client, f"/persons/{ingrid.uid}{part}")
        tabs = text[text.index('<nav class="tabs"'):text.index("</nav>", text.index('<nav class="tabs"'))]
        assert re.findall(r'aria-current="page">([\w-]+)', tabs) == [name]
        found = re.findall(r">([A-Z][\w-]+)<", tabs)
        assert found == [one for one in TABS if one in found] and found[:3] == ["Fields", "Details", "E-mails"]
        shown[name] = words(text[text.index("<aside"):text.index("</aside>")])
    assert len(set(shown.values())) == 1
    assert "Active" in shown["Fields"]


def test_details_open_with_service_and_contact(agent_client: FlaskClient, ingrid: Person) -> None:
    """S79d, W57, REQUIREMENTS 0.13: language, service level and support contact, then what belongs to the person."""
    text = page(agent_client, f"/persons/{ingrid.uid}/details")
    assert re.findall(r"<h2>(\w+)</h2>", text)[:3] == ["Service", "Contact", "Tickets"]
    assert all(f"<dt>{name}</dt>" in text for name in ("Service level", "Language", "Support contact"))


def test_without_service_its_fields_are_not_used(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """S79e: the flag takes language, level and support contact from card and form, and nothing saves them; S80's fields stay."""
    edited(fresh_database, ingrid, nora, preferred_language="da")
    shown = words(page(agent_client, f"/persons/{ingrid.uid}/details"))
    assert "Service level" in shown and 'name="service_level"' in page(agent_client, f"/persons/{ingrid.uid}/edit")
    with fresh_database.write() as db:
        set_option(db, "features.service", False)
    shown, form = words(page(agent_client, f"/persons/{ingrid.uid}/details")), page(agent_client, f"/persons/{ingrid.uid}/edit")
    assert "Service level" not in shown and "Our contact" in shown
    assert all(f'name="{name}"' not in form for name in ("language", "service_level", "support_contact")) and 'name="our_contact"' in form
    assert agent_client.post(f"/persons/{ingrid.uid}", data={"first_name": "Ingrid", "last_name": "Solheim", "company": "Kunde AS", "title": "X"}).status_code == 303
    with fresh_database.read() as db:
        assert db.get_one(Person, ingrid.id).preferred_language == "da"       # kept for the day it is switched on again
    with pytest.raises(Refused, match="switched off"):
        edited(fresh_database, ingrid, nora, preferred_language="nb")


def test_who_changed_what_from_what_to_what(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """W58, T30: also of records that are known by their names."""
    with fresh_database.write() as db:
        gold = save_level(db, None, {"name": "Gold"}, by=db.get_one(Agent, jonas.id))
    edited(fresh_database, ingrid, jonas, title="Controller", service_level_id=gold.id)
    text = history(agent_client, ingrid)
    assert "Changed: title, service level" in text or "Changed: service level, title" in text
    assert "– Controller" in text
    assert "service level – Gold" in text
    assert "Jonas Berg" in text and "Created" in text


def test_searched_and_between_two_days(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """T31."""
    edited(fresh_database, ingrid, jonas, title="Controller")
    assert "Controller" in history(agent_client, ingrid, "?q=jonas+controller") and "Created" not in history(agent_client, ingrid, "?q=controller")
    assert "Nothing that fits." in history(agent_client, ingrid, "?q=nowhere")
    with fresh_database.write() as db:
        db.execute(update(FactRow).where(FactRow.kind == "person.created").values(at=now() - timedelta(days=30)))
        company = db.scalars(select(Company.uid)).one()
    day = (now() - timedelta(days=10)).date().isoformat()
    assert "Created" not in history(agent_client, ingrid, f"?from={day}") and "Controller" in history(agent_client, ingrid, f"?from={day}")
    assert "Created" in history(agent_client, ingrid, f"?to={day}") and "Controller" not in history(agent_client, ingrid, f"?to={day}")
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    assert "Controller" in history(agent_client, ingrid, f"?from={day}&to={tomorrow}")
    for wrong in ("from=yesterday", "from=0001-01-01", "to=9999-12-31"):
        assert "Write a day like" in history(agent_client, ingrid, f"?{wrong}")
        assert "Write a day like" in page(agent_client, f"/companies/{company}/history?{wrong}")
    assert "Active" in page(agent_client, f"/persons/{ingrid.uid}?as_of=0001-01-01")


def test_the_companys_history_from_the_person(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """W59."""
    with fresh_database.write() as db:
        edit_company(db, db.scalars(select(Company)).one(), {"phone": "+47 55 50 10 00"}, by=db.get_one(Agent, jonas.id))
    assert "55 50 10 00" not in history(agent_client, ingrid)
    assert "55 50 10 00" in history(agent_client, ingrid, "?company=1")


def test_history_by_pages(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    for number in range(60):
        edited(fresh_database, ingrid, jonas, title=f"Title {number:02}")
    first = page(agent_client, f"/persons/{ingrid.uid}/history")
    older = first[first.index("cursor="):].partition('"')[0]
    second = history(agent_client, ingrid, f"?{older}")
    body = words(first[first.index('id="history"'):first.index("<aside")])
    assert "Title 59" in body and "Title 08" not in body
    assert "Title 08" in second and "Created" in second
