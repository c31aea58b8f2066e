"""Companies in the register."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.companies import domains_of, edit_company
from contacts.company import Company
from contacts.editing import create_person
from core.database import Database

FORM = {"name": "Værksted A/S", "number": "DK 12 34 56 78", "domains": "verksted.example, Shop.example",
        "website": "verksted.example", "phone": "+45 55 50 10 00", "address": "Havnegade 1\n9990 Demoby", "language": "da"}


@pytest.fixture
def verksted(agent_client: FlaskClient, fresh_database: Database) -> Company:
    answer = agent_client.post("/companies", data=FORM)
    assert answer.status_code == 303, answer.text
    return stored(fresh_database)


def stored(database: Database) -> Company:
    with database.read() as db:
        return db.scalars(select(Company)).one()


def test_form_makes_a_company(verksted: Company, nora: Agent, fresh_database: Database) -> None:
    assert (verksted.organisation_number, verksted.website) == ("DK 12 34 56 78", "https://verksted.example")
    with fresh_database.read() as db:
        assert domains_of(db, db.get_one(Company, verksted.id)) == ["shop.example", "verksted.example"]


def test_page_and_list(verksted: Company, agent_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=None,
                      employments=[{"company": db.get_one(Company, verksted.id), "position": "Chef"}])
    page = agent_client.get(f"/companies/{verksted.uid}").text
    for said in ("DK 12 34 56 78", "verksted.example", "Havnegade 1", "Mads Kjær", "Chef", "A person was created here"):
        assert said in page, said
    assert "shop.example" in agent_client.get("/companies?q=kst").text


def test_names_are_suggested(verksted: Company, agent_client: FlaskClient) -> None:
    assert agent_client.get("/companies/suggestions?q=verks").json == [{"uid": verksted.uid, "name": "Værksted A/S"}]
    assert agent_client.get("/companies/suggestions?q=nobody").json == []


def test_what_does_not_fit(agent_client: FlaskClient, verksted: Company) -> None:
    for changed, said in (({"name": " "}, "Give a name."), ({"name": "Other", "domains": "shop.example"}, "shop.example is taken"),
                          ({"number": "1" * 30}, "At most")):
        answer = agent_client.post("/companies", data=FORM | {"domains": ""} | changed)
        assert answer.status_code == 422 and said in answer.text, changed


def test_a_colleagues_edit_in_between(
    verksted: Company, agent_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        edit_company(db, db.get_one(Company, verksted.id), {"phone": "+45 55 50 99 99"}, by=db.get_one(Agent, jonas.id))
    form = FORM | {"version": str(verksted.version), "name": "Værkstedet"}
    answer = agent_client.post(f"/companies/{verksted.uid}", data=form)
    assert answer.status_code == 409 and "It is now: +45 55 50 99 99" in answer.text and 'value="Værkstedet"' in answer.text
    assert stored(fresh_database).name == "Værksted A/S"
    form["version"] = str(stored(fresh_database).version)
    assert agent_client.post(f"/companies/{verksted.uid}", data=form).status_code == 303
    assert stored(fresh_database).name == "Værkstedet"


def test_bin_and_back(verksted: Company, admin_client: FlaskClient, agent_client: FlaskClient) -> None:
    assert admin_client.post(f"/companies/{verksted.uid}/end").status_code == 303
    assert agent_client.get(f"/companies/{verksted.uid}").status_code == 404
    assert "Værksted" in admin_client.get("/bin?of=company").text
    admin_client.post(f"/companies/{verksted.uid}/restoring")
    assert agent_client.get(f"/companies/{verksted.uid}").status_code == 200


def test_company_with_persons_is_not_deleted(
    verksted: Company, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=None,
                      employments=[{"company": db.get_one(Company, verksted.id)}])
    answer = admin_client.post(f"/companies/{verksted.uid}/end")
    assert answer.status_code == 422 and "Persons still work at" in answer.text


def test_domains_are_cleaned_from_the_beginning(agent_client: FlaskClient, fresh_database: Database) -> None:
    typed = "@acme.example, ACME.example, xn--vrksted-mxa.example"
    assert agent_client.post("/companies", data=FORM | {"domains": typed}).status_code == 303
    with fresh_database.read() as db:
        assert domains_of(db, stored(fresh_database)) == ["acme.example", "værksted.example"]
    taken = agent_client.post("/companies", data=FORM | {"name": "Other", "domains": "@Acme.example"})
    assert taken.status_code == 422 and "acme.example is taken" in taken.text


def test_a_domain_that_a_colleague_added_stays(verksted: Company, agent_client: FlaskClient, fresh_database: Database) -> None:
    old = FORM | {"version": str(verksted.version)}
    added = FORM["domains"] + ", more.example"
    assert agent_client.post(f"/companies/{verksted.uid}", data=old | {"domains": added}).status_code == 303
    answer = agent_client.post(f"/companies/{verksted.uid}", data=old | {"phone": "12"})
    assert answer.status_code == 409 and "more.example" in answer.text
    with fresh_database.read() as db:
        assert "more.example" in domains_of(db, verksted)


@pytest.mark.parametrize(("domain", "why"), [("not a domain", "is not a domain"), ("gmail", "is not a domain"), ("Gmail.com", "Everybody can have")])
def test_a_domain_that_tells_no_company_is_refused(agent_client: FlaskClient, fresh_database: Database, domain: str, why: str) -> None:
    answer = agent_client.post("/companies", data={"name": "B", "domains": f"b.example\n{domain}"})
    assert answer.status_code == 422 and why in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(Company)).all() == []
