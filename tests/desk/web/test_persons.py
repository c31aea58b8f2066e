"""Persons in the register: finding, making, changing beside a colleague, deleting and restoring."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Address, Holding
from contacts.addressing import add_address, holdings_of
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person, edit_person
from contacts.person import Employment, Person
from contacts.searching import count_persons
from core.database import Database
from core.history import Change
from core.options import set_option
from desk.mailboxes import add_mailbox
from desk.tickets.ticket import Ticket

FORM: dict[str, Any] = {"first_name": "Ingrid", "last_name": "Solheim", "company": "Kunde AS", "position": "Controller",
                        "language": "nb", "address_uid": ["", ""], "address_kind": ["email", "phone"],
                        "address_value": ["ingrid@kunde.example", "+47 55 50 12 77"], "address_primary_email": "0"}


@pytest.fixture
def kunde(fresh_database: Database, jonas: Agent) -> Company:
    with fresh_database.write() as db:
        return new_company(db, {"name": "Kunde AS"}, by=db.get_one(Agent, jonas.id), domains=["kunde.example"])


@pytest.fixture
def ingrid(agent_client: FlaskClient, kunde: Company, fresh_database: Database) -> Person:
    """Made by the form."""
    answer = agent_client.post("/persons", data=FORM)
    assert answer.status_code == 303, answer.text
    return stored(fresh_database, "Solheim")


def stored(database: Database, last_name: str) -> Person:
    with database.read() as db:
        return db.scalars(select(Person).where(Person.last_name == last_name)).one()


def held(database: Database, person: Person) -> list[tuple[str, bool]]:
    with database.read() as db:
        return [(h.address.value, h.primary) for h in holdings_of(db, db.get_one(Person, person.id))]


def made(database: Database, first: str, last: str, **more: Any) -> Person:
    with database.write() as db:
        return create_person(db, {"first_name": first, "last_name": last, "private_customer": True, **more}, by=None)


def posted(ingrid: Person, database: Database, **changed: Any) -> dict[str, Any]:
    """The form as a browser would post it."""
    with database.read() as db:
        person = db.get_one(Person, ingrid.id)
        held, ours = holdings_of(db, person), person.our_contact.uid if person.our_contact else ""
    rows = {"address_uid": [h.uid for h in held], "address_kind": [h.address.kind for h in held],
            "address_value": [h.address.value for h in held], "version": str(ingrid.version), "our_contact": ours}
    return FORM | rows | changed


def test_each_kind_of_address_has_a_primary_one_of_its_own(
        agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    page = agent_client.get(f"/persons/{ingrid.uid}/edit").text
    ticked = re.findall(r'type="radio" name="([a-z_]+)" value="(\d)" checked', page)
    assert ticked == [("address_primary_email", "0"), ("address_primary_phone", "1")]
    form = posted(ingrid, fresh_database)
    for column, more in (("uid", ["", ""]), ("kind", ["email", "phone"]), ("value", ["i@post.example", "+47 55 50 99 99"])):
        form[f"address_{column}"] = [*form[f"address_{column}"], *more]
    form |= {"address_primary_email": "2", "address_primary_phone": "1"}
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form).status_code == 303
    assert held(fresh_database, ingrid) == [
        ("i@post.example", True), ("ingrid@kunde.example", False), ("+47 55 50 12 77", True), ("+47 55 50 99 99", False)]


def test_the_register_says_how_many_and_in_which_order(agent_client: FlaskClient, fresh_database: Database) -> None:
    for last in ("Berg", "Aas", "Moe"):
        made(fresh_database, "Ida", last)
    page = agent_client.get("/persons").text
    assert '<span class="number faint" id="count">3</span>' in page and "Name, by last name" in page
    assert '<span class="number faint" id="count">1</span>' in agent_client.get("/persons?q=berg").text
    with fresh_database.read() as db:
        assert (count_persons(db), count_persons(db, most=2)) == (3, None)


def test_form_makes_a_person(ingrid: Person, nora: Agent, jonas: Agent, fresh_database: Database) -> None:
    assert (ingrid.preferred_language, ingrid.created_how, ingrid.to_be_completed) == ("nb", "form", False)
    assert ingrid.our_contact_id == jonas.id and ingrid.created_by_id == nora.id
    with fresh_database.read() as db:
        job = db.get_one(Person, ingrid.id).employment
        assert (job.company.name, job.position) == ("Kunde AS", "Controller")
    assert held(fresh_database, ingrid) == [("ingrid@kunde.example", True), ("+47 55 50 12 77", True)]


def test_page_of_a_person(ingrid: Person, agent_client: FlaskClient) -> None:
    page = agent_client.get(f"/persons/{ingrid.uid}").text
    for said in ("Ingrid Solheim", "Kunde AS", "Controller", "ingrid@kunde.example", "by an agent", "Created",
                 "By Nora Vik.", "Ground: legitimate interest.", "Nora Vik", "No tickets yet."):
        assert said in page, said


def test_any_part_of_a_name_finds(agent_client: FlaskClient, fresh_database: Database) -> None:
    for first, last in (("Ole", "Johansen"), ("Kari", "Hansetvedt"), ("Per", "Lunde")):
        made(fresh_database, first, last)
    page = agent_client.get("/persons?q=hanse").text
    assert "Ole Johansen" in page and "Kari Hansetvedt" in page and "Per Lunde" not in page
    assert "Nobody is called “xyzzy”" in agent_client.get("/persons?q=xyzzy").text


def test_company_is_required_and_said_clearly(agent_client: FlaskClient, kunde: Company, fresh_database: Database) -> None:
    answer = agent_client.post("/persons", data=FORM | {"company": ""})
    assert answer.status_code == 422 and "A person must belong to a company here." in answer.text
    assert "Choose a company." in answer.text and 'value="Solheim"' in answer.text
    answer = agent_client.post("/persons", data=FORM | {"company": "Nobody AS"})
    assert answer.status_code == 422 and "There is no company called “Nobody AS”." in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(Person)).all() == []
    assert agent_client.post("/persons", data=FORM | {"company": "", "private_customer": "1"}).status_code == 303


def test_company_is_not_required_where_the_option_says_so(
    agent_client: FlaskClient, kunde: Company, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        set_option(db, "contacts.company_required", False)
    assert agent_client.post("/persons", data=FORM | {"company": ""}).status_code == 303


def test_editing_is_a_fact_with_both_values(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    answer = agent_client.post(f"/persons/{ingrid.uid}", data=posted(ingrid, fresh_database, last_name="Dahl", title="CFO"))
    assert answer.status_code == 303
    with fresh_database.read() as db:
        changes = {c.field: (c.before, c.after) for c in db.scalars(select(Change))}
    assert changes == {"last_name": ("Solheim", "Dahl"), "title": (None, "CFO")}
    page = agent_client.get(f"/persons/{ingrid.uid}").text
    assert "Changed: last name, title, Nora Vik" in page and "<del>Solheim</del> Dahl" in page


def test_a_colleagues_edit_in_between_is_shown_and_nothing_is_lost(
    ingrid: Person, agent_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    form = posted(ingrid, fresh_database, last_name="Dahl")
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, ingrid.id), {"last_name": "Berg", "title": "CFO"}, by=db.get_one(Agent, jonas.id))
    answer = agent_client.post(f"/persons/{ingrid.uid}", data=form)
    assert answer.status_code == 409 and "A colleague has changed this person" in answer.text
    assert 'value="Dahl"' in answer.text and "It is now: Berg" in answer.text and "It is now: CFO" in answer.text
    assert stored(fresh_database, "Berg").title == "CFO"
    now = stored(fresh_database, "Berg")
    answer = agent_client.post(f"/persons/{ingrid.uid}", data=form | {"version": str(now.version), "title": "CFO"})
    assert answer.status_code == 303 and stored(fresh_database, "Dahl").title == "CFO"


def test_addresses_are_changed_added_and_taken_away(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    form = posted(ingrid, fresh_database)
    uid = form["address_uid"]
    rows = {"address_uid": [*uid, ""], "address_kind": ["email", "phone", "email"],
            "address_value": ["ingrid@kunde.example", "", "solheim@post.example"], "address_primary_email": "2"}
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form | rows).status_code == 303
    assert held(fresh_database, ingrid) == [("solheim@post.example", True), ("ingrid@kunde.example", False)]


def test_a_corrected_address_keeps_its_label_and_the_next_is_primary(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        add_address(db, db.get_one(Person, ingrid.id), "email", "solhiem@post.example", label="private", by=None)
    form = posted(ingrid, fresh_database)
    rows = {"address_value": ["solheim@post.example" if value == "solhiem@post.example" else "" for value in form["address_value"]]}
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form | rows).status_code == 303
    assert held(fresh_database, ingrid) == [("solheim@post.example", True)]
    assert "private" in agent_client.get(f"/persons/{ingrid.uid}/addresses").text


def test_an_address_that_a_colleague_added_stays(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    form = posted(ingrid, fresh_database)
    with fresh_database.write() as db:
        add_address(db, db.get_one(Person, ingrid.id), "email", "new@kunde.example", by=None)
    agent_client.post(f"/persons/{ingrid.uid}", data=form)
    assert ("new@kunde.example", False) in held(fresh_database, ingrid)


def test_an_address_of_somebody_else_is_refused_or_shared(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    other = made(fresh_database, "Ole", "Vang")
    form = posted(other, fresh_database, first_name="Ole", last_name="Vang", company="", private_customer="1", address_uid=[""],
                  address_kind=["email"], address_value=["Ingrid@kunde.example"], address_primary_email="0")
    answer = agent_client.post(f"/persons/{other.uid}", data=form)
    assert answer.status_code == 409 and "Ingrid Solheim has this address." in answer.text and "Both use it" in answer.text
    assert held(fresh_database, other) == []
    assert agent_client.post(f"/persons/{other.uid}", data=form | {"address_share": "0"}).status_code == 303
    assert held(fresh_database, other) == [("ingrid@kunde.example", True)]


def test_what_is_no_address_is_said_at_its_row(ingrid: Person, agent_client: FlaskClient, fresh_database: Database) -> None:
    form = posted(ingrid, fresh_database, address_value=["not an address", "12"])
    answer = agent_client.post(f"/persons/{ingrid.uid}", data=form)
    assert answer.status_code == 422 and 'id="address-1-error"' in answer.text and 'value="not an address"' in answer.text
    assert held(fresh_database, ingrid)[0] == ("ingrid@kunde.example", True)


def test_another_company_is_a_job_change(
    ingrid: Person, agent_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        new_company(db, {"name": "Værksted A/S"}, by=db.get_one(Agent, jonas.id))
    form = posted(ingrid, fresh_database, company="værksted a/s", position="Chef")
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form).status_code == 303
    with fresh_database.read() as db:
        jobs = db.scalars(select(Employment).order_by(Employment.id)).all()
        assert [(j.company.name, j.position, j.ended_on is None, j.primary) for j in jobs] == [
            ("Kunde AS", "Controller", False, False), ("Værksted A/S", "Chef", True, True)]
    page = agent_client.get(f"/persons/{ingrid.uid}").text
    assert "Left a company" in page and "Began at a company" in page


def test_leaving_the_last_company_is_allowed_and_shows(
    ingrid: Person, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    """0.11: disconnecting is allowed; whoever is to be completed stands in a list of their own."""
    form = posted(ingrid, fresh_database, company="")
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form).status_code == 303
    assert stored(fresh_database, "Solheim").to_be_completed
    assert "Ingrid Solheim" in agent_client.get("/persons?only=incomplete").text


def test_links_begin_a_person(agent_client: FlaskClient, kunde: Company) -> None:
    page = agent_client.get("/persons/new?name=Ole+Martin+Vang&company=Kunde+AS&email=ole@kunde.example").text
    for said in ('value="Ole Martin"', 'value="Vang"', 'value="Kunde AS"', 'value="ole@kunde.example"'):
        assert said in page, said


def test_deleted_persons_are_masked_and_come_back(
    ingrid: Person, admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database,
) -> None:
    assert admin_client.post(f"/persons/{ingrid.uid}/end").location == "/persons"
    assert "restoring" in admin_client.get("/persons").text      # the undo of the act
    assert agent_client.get(f"/persons/{ingrid.uid}").status_code == 404
    assert "Solheim" not in agent_client.get("/persons?q=solheim").text.split('id="found"')[1].replace("“solheim”", "")
    assert "Ingrid Solheim" in admin_client.get("/bin").text
    assert admin_client.post(f"/persons/{ingrid.uid}/restoring").status_code == 303
    assert "Ingrid Solheim" in agent_client.get("/persons?q=solheim").text
    assert held(fresh_database, ingrid)[0][0] == "ingrid@kunde.example"


def test_merged_persons_lead_to_their_survivor(ingrid: Person, agent_client: FlaskClient, fresh_database: Database) -> None:
    other = made(fresh_database, "Inge", "Solheimsen")
    with fresh_database.write() as db:
        db.get_one(Person, other.id).merged_into_id = ingrid.id
    assert agent_client.get(f"/persons/{other.uid}").location == f"/persons/{ingrid.uid}"


def test_tickets_of_mailboxes_one_does_not_see_are_not_shown(
    ingrid: Person, agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    from core.clock import now

    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
        db.add(Ticket(subject="Hidden matter", mailbox_id=mailbox.id, requester_id=ingrid.id, moved_at=now()))
    assert "Hidden matter" not in agent_client.get(f"/persons/{ingrid.uid}").text
    assert "Hidden matter" in admin_client.get(f"/persons/{ingrid.uid}").text
    assert ">1<" not in agent_client.get("/persons").text.split('id="found"')[1]


def test_paged_by_key(agent_client: FlaskClient, fresh_database: Database) -> None:
    import re

    for n in range(55):
        made(fresh_database, "Nr", f"{n:03}")
    first = agent_client.get("/persons").text
    link = re.search(r'href="(/persons\?cursor=[^"]+)"', first)[1]
    second = agent_client.get(link).text
    assert "Nr 049" in first and "Nr 050" not in first and "Nr 050" in second and "From the top" in second
    with fresh_database.read() as db:
        assert db.scalars(select(Holding)).all() == db.scalars(select(Address)).all() == []


def found(client: FlaskClient, query: str) -> bool:
    """Whether the list finds Ingrid by this."""
    return "Solheim" in client.get("/persons", query_string={"q": query}).text.partition("<table")[2]


def test_addresses_of_the_form_are_searched_for(ingrid: Person, agent_client: FlaskClient, fresh_database: Database) -> None:
    for query in ("ingrid@kunde", "+47 55 50 12 77", "55501277", "55 50 12 77"):
        assert found(agent_client, query), query
    form = posted(ingrid, fresh_database, address_value=["solheim@kunde.example", ""])
    assert agent_client.post(f"/persons/{ingrid.uid}", data=form).status_code == 303
    assert found(agent_client, "solheim@kunde") and not found(agent_client, "ingrid@kunde") and not found(agent_client, "55501277")


def test_a_company_of_another_name_finds_its_people(ingrid: Person, agent_client: FlaskClient) -> None:
    assert not found(agent_client, "fjordkraft")
    company = re.search(r"/companies/([0-9a-f]{24})", agent_client.get(f"/persons/{ingrid.uid}").text)
    assert company
    agent_client.post(f"/companies/{company[1]}", data={"name": "Fjordkraft AS"})
    assert found(agent_client, "fjordkraft")


def test_an_address_that_was_taken_away_stays_away(ingrid: Person, agent_client: FlaskClient, fresh_database: Database) -> None:
    old = posted(ingrid, fresh_database)
    agent_client.post(f"/persons/{ingrid.uid}", data=old | {"address_value": ["ingrid@kunde.example", ""]})
    answer = agent_client.post(f"/persons/{ingrid.uid}", data=old | {"title": "CFO"})
    assert answer.status_code == 409 and "A colleague has taken this address away." in answer.text
    assert held(fresh_database, ingrid) == [("ingrid@kunde.example", True)]
    now = stored(fresh_database, "Solheim")
    agent_client.post(f"/persons/{ingrid.uid}", data=posted(now, fresh_database))      # nothing changed: no new version
    assert stored(fresh_database, "Solheim").version == now.version
