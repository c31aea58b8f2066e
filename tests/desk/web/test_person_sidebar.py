"""The sidebar of a person's card: the same on every tab, changed where it stands."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from core.options import set_option
from tests.desk.web.tickets.conftest import page, words


@pytest.fixture
def mads(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        firm = create_company(db, "Værksted A/S", by=nora.uid, address="Havnegade 3\n5000 Odense", phone="+45 55 50 10 00")
        return create_person(
            db, {"first_name": "Mads", "last_name": "Kjær", "title": "Manager"}, by=db.get_one(Agent, nora.id), employments=[{"company": firm}],
            addresses=[{"kind": "email", "value": "mads@verksted.example"}, {"kind": "phone", "value": "+45 55 50 12 77"}])


def sidebar(client: FlaskClient, person: Person, part: str = "") -> str:
    text = page(client, f"/persons/{person.uid}{part}")
    return text[text.index('<aside class="sidebar'):text.index("</aside>")]


def saved(client: FlaskClient, person: Person, code: int = 303, **fields: str) -> None:
    assert client.post(f"/persons/{person.uid}/sidebar", data={**fields, "version": str(person.version)}).status_code == code


def test_how_the_person_is_reached(agent_client: FlaskClient, mads: Person) -> None:
    """W1, W70, W71, W72, W73, W74, W76, S14: name, company, map, main number first, mailto, numbers to click, address book."""
    text = sidebar(agent_client, mads)
    assert '<h1 class="person-top__name">Mads' in page(agent_client, f"/persons/{mads.uid}")
    assert '">Værksted A/S</a>' in text and 'href="/companies/' in text
    assert "https://www.openstreetmap.org/search?query=Havnegade%203%205000%20Odense" in text
    assert text.index("tel:+4555501000") < text.index("tel:+4555501277")
    assert 'href="mailto:mads@verksted.example"' in text
    assert f"/persons/{mads.uid}/vcard" in text


def test_sms_where_it_is_set_up(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    """W77."""
    assert "SMS" not in sidebar(agent_client, mads)
    with fresh_database.write() as db:
        set_option(db, "services.sms", "sms:{number}")
    assert 'href="sms:+4555501277"' in sidebar(agent_client, mads)


def test_status_and_title_are_changed_there(agent_client: FlaskClient, mads: Person) -> None:
    """W69, W78, W79: both displays agree."""
    assert "Active" in words(sidebar(agent_client, mads)) and "Manager" in words(sidebar(agent_client, mads))
    saved(agent_client, mads, status="left", title="Retired")
    for part in ("", "/details", "/history"):
        assert "Has left" in words(sidebar(agent_client, mads, part)) and "Retired" in words(sidebar(agent_client, mads, part))
    form = page(agent_client, f"/persons/{mads.uid}/edit")
    assert '<option value="left" selected>' in form and 'value="Retired"' in form


def test_a_colleagues_edit_is_not_overwritten(agent_client: FlaskClient, mads: Person) -> None:
    saved(agent_client, mads, status="left")
    saved(agent_client, mads, 412, title="Overtaken")
    assert "Overtaken" not in page(agent_client, f"/persons/{mads.uid}")


def test_for_those_who_signed_in(visitor: FlaskClient, mads: Person) -> None:
    assert visitor.post(f"/persons/{mads.uid}/sidebar", data={"status": "left"}).headers["Location"].startswith("/sign-in")
