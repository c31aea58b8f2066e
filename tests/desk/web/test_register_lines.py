"""The register as the reference systems have it: where persons are found, opened, made, and what leads where."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Holding
from contacts.addressing import add_address, retire
from contacts.agent import Agent
from contacts.company import Business, Category, Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from core.options import set_option
from tests.desk.web.tickets.conftest import page, post, words

FORM = {"first_name": "Ida", "last_name": "Hansetvedt"}


@pytest.fixture
def firm(fresh_database: Database, nora: Agent) -> Company:
    with fresh_database.write() as db:
        return create_company(db, "Kunde AS", by=nora.uid)


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent, firm: Company) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Ingrid", "last_name": "Johansen"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": db.get_one(Company, firm.id)}])


def stored(database: Database, last_name: str) -> Person:
    with database.read() as db:
        return db.scalars(select(Person).where(Person.last_name == last_name)).one()


def rail(text: str) -> str:
    return text[text.index('<nav class="rail"'):text.index("</nav>")]


def test_one_click_from_everywhere(agent_client: FlaskClient, ingrid: Person) -> None:
    """S1, S2, S3: persons have a place of their own in the menu, and a page of their own, with no way through a company."""
    assert 'href="/persons"' in rail(page(agent_client, "/companies"))
    listed = page(agent_client, "/persons")
    assert f'href="/persons/{ingrid.uid}"' in listed
    shown = page(agent_client, f"/persons/{ingrid.uid}")
    assert "<h1" in shown and "Ingrid Johansen" in words(shown[shown.index("<h1"):shown.index("</h1>")]) and "<dialog" in listed


def test_the_same_for_everybody(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person) -> None:
    """S4, S5, S85: one register, one card, whoever looks at it."""
    def facts(client: FlaskClient) -> str:
        text = page(client, f"/persons/{ingrid.uid}")
        return words(text[text.index('<div class="person-grid">'):text.index("</aside>")])

    assert facts(agent_client) == facts(admin_client)
    found = [re.findall(r"data-open>([^<]+)<", page(client, "/persons?q=johan")) for client in (agent_client, admin_client)]
    assert found[0] == found[1] == ["Ingrid Johansen"]


def test_the_company_is_one_click_away(agent_client: FlaskClient, ingrid: Person, firm: Company) -> None:
    """S14, S15: below the name, and in the menu."""
    text = page(agent_client, f"/persons/{ingrid.uid}")
    head = text[text.index('class="person-top"'):text.index('class="functions"')]
    assert f'<a href="/companies/{firm.uid}">Kunde AS</a>' in head
    assert f'href="/companies/{firm.uid}"' in rail(text)
    assert f'href="/companies/{firm.uid}"' not in rail(page(agent_client, "/persons"))


def test_found_by_a_part_of_the_last_name(agent_client: FlaskClient, ingrid: Person) -> None:
    """S10, T11, T12a, T12b, T13, T15: a box that is sent by Enter, a list of hits, a click opens the card."""
    for path in ("/search", "/persons"):
        text = page(agent_client, f"{path}?q=hanse")
        assert re.search(rf'href="/persons/{ingrid.uid}"[^>]*data-open', text), path
        assert re.search(rf'<form class="find" role="search" action="{path}" method="get">', text), path
    assert 'role="search" action="/search"' in rail(page(agent_client, f"/persons/{ingrid.uid}"))


def test_made_with_all_that_matters(agent_client: FlaskClient, firm: Company, nora: Agent, fresh_database: Database) -> None:
    """S24, S28, T5, W8, W15: a plus, a form, Save; our contact is who creates, and everything can be changed."""
    with fresh_database.write() as db:
        db.add(Category(name="Customer"))
    assert 'href="/persons/new"' in page(agent_client, "/persons")
    form = page(agent_client, "/persons/new")
    with fresh_database.read() as db:
        category = db.scalars(select(Category)).one()
    assert f'<option value="{nora.uid}" selected>' in form
    post(agent_client, "/persons", **FORM, company="Kunde AS", position="Controller", our_contact=nora.uid, category=category.uid,
         address_kind="email", address_value="ida@kunde.example", address_uid="", address_primary_email="0")
    ida = stored(fresh_database, "Hansetvedt")
    assert (ida.our_contact_id, ida.category_id) == (nora.id, category.id)
    post(agent_client, f"/persons/{ida.uid}", **FORM, company="Kunde AS", position="Manager", our_contact="", category="", version=str(ida.version))
    ida = stored(fresh_database, "Hansetvedt")
    assert (ida.our_contact_id, ida.category_id) == (None, None)


def test_the_form_begins_with_the_defaults(agent_client: FlaskClient, firm: Company, fresh_database: Database) -> None:
    """S25, S26, S27, S29: category and business of the user's own settings, the ground of the desk's; changed at creation and later."""
    with fresh_database.write() as db:
        kinds = [Category(name="Customer"), Category(name="Supplier"), Business(name="Workshops")]
        db.add_all(kinds)
        set_option(db, "contacts.legal_basis", "contract")
    customer, supplier, workshops = kinds
    post(agent_client, "/profile", name="Nora Vik", language="en", timezone="Europe/Oslo", default_category=customer.uid, default_business=workshops.uid)
    assert f'<option value="{customer.uid}" selected>' in page(agent_client, "/profile")
    form = page(agent_client, "/persons/new")
    chosen = re.findall(r'<option value="(\w+)" selected>', form)
    assert {customer.uid, workshops.uid, "contract"} <= set(chosen)
    post(agent_client, "/persons", **FORM, company="Kunde AS", category=supplier.uid, business=workshops.uid, basis="consent")
    ida = stored(fresh_database, "Hansetvedt")
    assert (ida.category_id, ida.business_id) == (supplier.id, workshops.id)
    assert "Ground: consent." in page(agent_client, f"/persons/{ida.uid}")
    post(agent_client, f"/persons/{ida.uid}", **FORM, company="Kunde AS", category=customer.uid, business="", basis="contract")
    with fresh_database.read() as db:
        ida = db.get_one(Person, ida.id)
        assert (ida.category_id, ida.business_id) == (customer.id, None)
        assert [one.basis for one in ida.legal_bases] == ["consent", "contract"]
    assert "Ground: contract." in page(agent_client, f"/persons/{ida.uid}")
    history = words(page(agent_client, f"/persons/{ida.uid}/history"))
    assert "ground for holding the data Consent Contract" in history


def test_from_a_company_the_company_stands_in_the_form(agent_client: FlaskClient, firm: Company) -> None:
    """W14, W16."""
    text = page(agent_client, f"/companies/{firm.uid}")
    link = re.search(r'href="(/persons/new\?company=[^"]+)"', text)
    assert link is not None
    assert re.search(r'name="company"[^>]*value="Kunde AS"', page(agent_client, link[1]))


def test_whether_a_company_is_asked_for_is_the_organisations_choice(
    agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    """S16, S17, S19, S20, S21, S22, W6, W10: asked for by default and refused without; an admin switches it in the settings."""
    refused = agent_client.post("/persons", data=FORM)
    assert refused.status_code == 422 and "A person must belong to a company here." in refused.text
    settings = page(admin_client, "/settings/desk")
    assert re.search(r'name="contacts.company_required"[^>]* checked', settings)
    with fresh_database.write() as db:
        set_option(db, "contacts.company_required", False)
    post(agent_client, "/persons", **FORM)
    assert stored(fresh_database, "Hansetvedt").to_be_completed is False


def test_a_private_person_needs_none(agent_client: FlaskClient, fresh_database: Database) -> None:
    """S18, T1, T2: a private customer, with the company still asked of everybody else."""
    post(agent_client, "/persons", **FORM, private_customer="1")
    assert stored(fresh_database, "Hansetvedt").private_customer


def test_a_person_can_be_deleted_from_the_card(admin_client: FlaskClient, ingrid: Person) -> None:
    """S62, W30c, W96: from the menu of the card, after a question; and back while it lies in the bin (S71)."""
    text = page(admin_client, f"/persons/{ingrid.uid}")
    assert 'popovertarget="delete"' in text and f'action="/persons/{ingrid.uid}/end"' in text
    post(admin_client, f"/persons/{ingrid.uid}/end")
    page(admin_client, f"/persons/{ingrid.uid}", 404)
    post(admin_client, f"/persons/{ingrid.uid}/restoring")
    assert "Ingrid Johansen" in page(admin_client, f"/persons/{ingrid.uid}")


def test_no_mass_mail_is_a_mark_of_the_card(agent_client: FlaskClient, fresh_database: Database) -> None:
    """The field; what a mailing does with it comes with mailings."""
    post(agent_client, "/persons", **FORM, private_customer="1", block_mass_mail="1")
    person = stored(fresh_database, "Hansetvedt")
    assert person.block_mass_mail and "No mass mail" in page(agent_client, f"/persons/{person.uid}")


def test_the_four_parts_of_a_card(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person) -> None:
    """W25, W26, W30a: functions with actions at the top, tabs, panels, sidebar; a company's card is built alike."""
    person, company = page(admin_client, f"/persons/{ingrid.uid}"), page(admin_client, f"/companies/{ingrid.employment.company.uid}")
    for text in (person, company):
        parts = [text.index(one) for one in ('class="functions"', '<nav class="tabs"', 'class="person-grid"', '<aside class="sidebar')]
        assert parts == sorted(parts)
    actions = person[person.index('class="functions"'):person.index('<nav class="tabs"')]
    assert [one for one in re.findall(r"<span>(\w+) …</span>", actions) if one] == ["Move", "Copy", "Merge", "Delete"]
    theirs = page(agent_client, f"/persons/{ingrid.uid}")
    assert "Delete …" not in theirs[theirs.index('class="functions"'):theirs.index('<nav class="tabs"')]


def test_tabs_for_what_is_tied_to_the_person(agent_client: FlaskClient, ingrid: Person) -> None:
    """T17, C3, W3: companies, tasks and appointments, notes, relations and history are a click away from the card."""
    text = page(agent_client, f"/persons/{ingrid.uid}")
    found = re.findall(r'class="tabs__tab" href="([^"]+)"', text)
    assert {"mails", "companies", "activities", "notes", "relations", "history"} <= {url.rpartition("/")[2] for url in found}
    for url in found:
        page(agent_client, url)


def test_a_mail_is_written_from_the_card(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """W75, W23: to the address in use; without one there is nobody to write to."""
    with fresh_database.write() as db:
        holding = add_address(db, db.get_one(Person, ingrid.id), "email", "ingrid@kunde.example", by=None)
    assert 'href="/tickets/new?to=ingrid@kunde.example"' in page(agent_client, f"/persons/{ingrid.uid}")
    with fresh_database.write() as db:
        retire(db, db.get_one(Holding, holding.id), by=None)
    assert "ingrid@kunde.example" not in page(agent_client, f"/persons/{ingrid.uid}")
