"""What the form of a person does not let empty."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from core.errors import Refused
from core.options import set_option
from tests.desk.web.tickets.conftest import page

FORM = {"first_name": "Ida", "last_name": "Lund", "private_customer": "1", "address_uid": "", "address_kind": "email", "address_value": ""}


def stars(text: str) -> set[str]:
    return set(re.findall(r'for="f-(\w+)">[^<]+<span class="field__star"', text))


def test_company_and_names_by_default(agent_client: FlaskClient) -> None:
    """W9, W10, W11: the company, first and last name carry a star, and the form is refused without."""
    text = page(agent_client, "/persons/new")
    assert stars(text) == {"first_name", "last_name", "company"}
    refused = agent_client.post("/persons", data=FORM | {"first_name": ""})
    assert refused.status_code == 422 and "This must be filled in." in refused.text
    assert agent_client.post("/persons", data=FORM).status_code == 303


@pytest.mark.parametrize(("field", "filled"), [
    ("title", {"title": "Manager"}), ("email", {"address_value": "ida@kunde.example"}), ("language", {"language": "nb"}),
    ("phone", {"address_kind": "phone", "address_value": "+47 55 50 12 77"})])
def test_what_is_asked_for_is_the_organisations_choice(
    agent_client: FlaskClient, fresh_database: Database, field: str, filled: dict[str, str],
) -> None:
    """W12."""
    with fresh_database.write() as db:
        set_option(db, "contacts.required_fields", [field])
    assert stars(page(agent_client, "/persons/new")) - {"company"} == {field} - {"email", "phone"}
    assert agent_client.post("/persons", data=FORM).status_code == 422
    assert agent_client.post("/persons", data=FORM | {"first_name": ""} | filled).status_code == 303


def test_what_was_empty_before_keeps_nobody_from_saving_the_rest(agent_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        person = create_person(db, {"last_name": "Kontoret", "private_customer": True}, by=None)
    changed = FORM | {"first_name": "", "last_name": "Kontoret"}
    assert agent_client.post(f"/persons/{person.uid}", data=changed | {"title": "Office", "version": str(person.version)}).status_code == 303
    refused = agent_client.post(f"/persons/{person.uid}", data=FORM | {"last_name": ""})
    assert refused.status_code == 422
    with fresh_database.read() as db:
        assert db.scalars(select(Person.title)).one() == "Office"


def test_a_field_that_there_is_not_is_refused(fresh_database: Database) -> None:
    for wrong in (["colour"], ["title", "title"], "title", None):
        with fresh_database.write() as db, pytest.raises(Refused):
            set_option(db, "contacts.required_fields", wrong)
