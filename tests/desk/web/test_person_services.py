"""What a person's card leads to outside the desk."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from core.errors import Refused
from core.options import set_option
from tests.desk.web.tickets.conftest import page


@pytest.fixture
def mads(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        firm = create_company(db, "Værksted A/S", by=nora.uid, address="Havnegade 3\n5000 Odense", phone="+45 55 50 10 00",
                              website="https://verksted.example")
        return create_person(
            db, {"first_name": "Mads", "last_name": "Kjær"}, by=db.get_one(Agent, nora.id), employments=[{"company": firm}], addresses=[
                {"kind": "email", "value": "mads@verksted.example"}, {"kind": "phone", "value": "+45 55 50 12 77", "label": "mobile"},
                {"kind": "link", "value": "https://linkedin.example/in/mads", "label": "LinkedIn"}])


def links(client: FlaskClient, person: Person) -> dict[str, str]:
    """Service → where it leads; of several of a kind the first."""
    text = page(client, f"/persons/{person.uid}/services")
    found: dict[str, str] = {}
    for url, name in re.findall(r'class="service" href="([^"]+)".*?service__name">([^<]+)<', text, re.DOTALL):
        found.setdefault(name, url)
    return found


def test_what_is_set_up_and_nothing_else(agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    """T32, W27, W71, W77: map, website, profile at once; SMS and number look-up where an admin has set them up."""
    assert links(agent_client, mads) == {
        "Map": "https://www.openstreetmap.org/search?query=Havnegade%203%205000%20Odense", "Website": "https://verksted.example",
        "LinkedIn": "https://linkedin.example/in/mads", "Into the address book": f"/persons/{mads.uid}/vcard"}
    with fresh_database.write() as db:
        set_option(db, "services.sms", "sms:{number}")
        set_option(db, "services.numbers", "https://numbers.example/?q={number}")
        set_option(db, "services.map", "")
    found = links(agent_client, mads)
    assert found["SMS"] == "sms:+4555501277" and found["Look the number up"] == "https://numbers.example/?q=+4555501277"
    assert "Map" not in found


@pytest.mark.parametrize("address", ["javascript:alert({number})", "sms:", "https://a.example/{name}", "https://a b/{number}", 7, None])
def test_an_address_that_is_none_is_refused(address: object, fresh_database: Database) -> None:
    with fresh_database.write() as db, pytest.raises(Refused):
        set_option(db, "services.sms", address)


def test_a_profile_is_a_page_and_never_a_program(fresh_database: Database) -> None:
    with fresh_database.write() as db, pytest.raises(Refused, match="https://"):
        create_person(db, {"first_name": "A", "last_name": "B", "private_customer": True}, by=None,
                      addresses=[{"kind": "link", "value": "javascript:alert(1)", "label": "Profile"}])


def test_into_the_address_book(agent_client: FlaskClient, mads: Person) -> None:
    """W76, C7: vCard."""
    answer = agent_client.get(f"/persons/{mads.uid}/vcard")
    assert answer.mimetype == "text/vcard" and "mads-kjaer.vcf" in answer.headers["Content-Disposition"]
    assert "FN:Mads Kjær" in answer.text and "Værksted A/S" in answer.text and "+45 55 50 12 77" in answer.text
