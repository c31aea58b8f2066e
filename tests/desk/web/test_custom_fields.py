"""User-defined fields: made by an admin, filled in on cards and by the API, remembered in the history, copied, merged, compared."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Address
from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.copying import copy_card
from contacts.creating import create_company
from contacts.custom_field import CustomField, CustomValue
from contacts.custom_fields import custom_fields, retire_field, save_field
from contacts.custom_values import custom_of, forget_personal
from contacts.editing import create_person, edit_person
from contacts.merging import merge, unmerge
from contacts.person import Person
from contacts.searching import search_persons
from core.database import Database
from core.errors import Conflict, Refused
from core.history import Change
from core.options import set_option
from tests.desk.web.tickets.conftest import page, post, words

KINDS: dict[str, tuple[Any, Any]] = {            # kind → what is typed, what is kept
    "text": ("  Blue   sky ", "Blue sky"), "long": ("one\r\ntwo", "one\ntwo"), "number": ("1 234,50", 1234.5), "date": ("2026-11-28", "2026-11-28"),
    "flag": ("no", False), "choice": ("GOLF", "Golf"), "choices": (["Sailing", "golf"], ["Golf", "Sailing"]),
    "link": ("kunde.example/om", "https://kunde.example/om"), "email": ("gammel@kunde.example", "gammel@kunde.example")}


@pytest.fixture
def fields(fresh_database: Database, jonas: Agent) -> dict[str, CustomField]:
    """One of each kind on persons, and a text on companies."""
    with fresh_database.write() as db:
        by = db.get_one(Agent, jonas.id)
        made = {kind: save_field(db, None, {"of": "person", "name": f"My {kind}", "key": kind, "kind": kind,
                                            "choices": ["Golf", "Sailing"] if kind.startswith("choice") else []}, by=by) for kind in KINDS}
        return made | {"company": save_field(db, None, {"of": "company", "name": "Fleet", "names": {"nb": "Flåte"}, "kind": "number"}, by=by)}


@pytest.fixture
def company(fresh_database: Database, nora: Agent) -> Company:
    with fresh_database.write() as db:
        return create_company(db, "Kunde AS", by=nora.uid)


def person(database: Database, company: Company, by: Agent, last: str = "Solheim", **custom: Any) -> Person:
    with database.write() as db:
        return create_person(db, {"first_name": "Ingrid", "last_name": last}, by=db.get_one(Agent, by.id), custom=custom,
                             employments=[{"company": db.get_one(Company, company.id)}])


def held(database: Database, one: Person | Company) -> dict[str, Any]:
    with database.read() as db:
        return custom_of(db, db.get_one(type(one), one.id))


def test_an_admin_makes_orders_and_retires_fields(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, company: Company, nora: Agent) -> None:
    """W85: Settings, User-defined fields, Persons leads on to Duplicates. A field that holds something is retired, not lost."""
    for name in ("Interests", "Shoe size"):
        post(admin_client, "/settings/fields", of="person", name=name, name_nb="Interesser", kind="text", personal="1")
    shown = page(admin_client, "/settings/fields?of=person")
    assert 'href="/settings/duplicates"' in shown and shown.index("Interests") < shown.index("Shoe size")
    with fresh_database.read() as db:
        interests, shoe = custom_fields(db, "person")
        assert (interests.key, shoe.key, interests.names, interests.personal) == ("interests", "shoe_size", {"nb": "Interesser"}, True)
    post(admin_client, f"/settings/fields/{shoe.uid}/place", to="up")
    ingrid = person(fresh_database, company, nora, interests="Golf")
    post(admin_client, f"/settings/fields/{interests.uid}/retirement")
    post(admin_client, f"/settings/fields/{shoe.uid}/retirement")
    with fresh_database.read() as db:
        assert [one.key for one in custom_fields(db, "person", retired=True)] == ["interests"] and not custom_fields(db, "person")
    assert "Golf" in page(agent_client, f"/persons/{ingrid.uid}") and "custom.interests" not in page(agent_client, f"/persons/{ingrid.uid}/edit")
    for url in ("/settings/fields", "/settings/fields/new", f"/settings/fields/{interests.uid}"):
        page(agent_client, url, status=403)
    assert {agent_client.post(f"/settings/fields{part}").status_code for part in (
        "", f"/{interests.uid}", f"/{interests.uid}/place", f"/{interests.uid}/retirement", f"/{interests.uid}/restoration")} == {403}


def test_what_is_wrong_with_a_field_is_said(admin_client: FlaskClient, fields: dict[str, CustomField]) -> None:
    taken = said(admin_client, "/settings/fields", of="person", name="Other", key="text", kind="choice")
    assert "Another field has this key." in taken and "Give at least one choice." in taken
    with_value = said(admin_client, "/settings/fields", of="person", name="", kind="text")
    assert "Give a name of at most 80 characters." in with_value


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_typed_kept_and_shown(agent_client: FlaskClient, fields: dict[str, CustomField], fresh_database: Database, company: Company,
                                           nora: Agent, kind: str) -> None:
    """W5, W56: a field of one's own is filled in with its own control, shown on the card, and kept in the column that finds it."""
    typed, kept = KINDS[kind]
    ingrid = person(fresh_database, company, nora)
    form = {"first_name": "Ingrid", "last_name": "Solheim", "company": "Kunde AS", f"custom.{kind}.there": "1", f"custom.{kind}": typed}
    post(agent_client, f"/persons/{ingrid.uid}", **form)
    assert held(fresh_database, ingrid) == {kind: kept}
    post(agent_client, f"/persons/{ingrid.uid}", **form)            # saving again what stands there changes nothing
    with fresh_database.read() as db:
        assert [one.field for one in db.scalars(select(Change).where(Change.field.like("custom.%")))] == [f"custom.{kind}"]
    post(agent_client, f"/persons/{ingrid.uid}", **form | {f"custom.{kind}": ""})
    assert held(fresh_database, ingrid) == {}


def test_what_does_not_fit_names_the_field(agent_client: FlaskClient, fields: dict[str, CustomField], fresh_database: Database, company: Company,
                                           nora: Agent) -> None:
    ingrid = person(fresh_database, company, nora)
    wrong = {"number": "many", "date": "28.11.2026", "choice": "Chess", "link": "javascript:alert(1)", "email": "nobody"}
    form = {"first_name": "Ingrid", "last_name": "Solheim", "company": "Kunde AS"}
    for kind, typed in wrong.items():
        form |= {f"custom.{kind}.there": "1", f"custom.{kind}": typed}
    shown = said(agent_client, f"/persons/{ingrid.uid}", **form)
    assert all(f"My {kind}:" in shown for kind in wrong) and held(fresh_database, ingrid) == {}


def test_a_required_field(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, company: Company, nora: Agent) -> None:
    """W10: a field that must be filled in is asked for by the form of a new person, and of one who had it."""
    old = person(fresh_database, company, nora, "Old")
    post(admin_client, "/settings/fields", of="person", name="Member number", kind="text", required="1")
    form = {"first_name": "Ole", "last_name": "Moe", "company": "Kunde AS", "custom.member_number.there": "1", "custom.member_number": ""}
    assert "Member number must be filled in." in said(agent_client, "/persons", **form)
    post(agent_client, f"/persons/{old.uid}", **form | {"last_name": "Old"})            # it was empty before
    post(agent_client, "/persons", **form | {"custom.member_number": "M-1"})


def test_history_says_from_what_to_what(agent_client: FlaskClient, fields: dict[str, CustomField], fresh_database: Database, company: Company,
                                        nora: Agent) -> None:
    ingrid = person(fresh_database, company, nora, choice="Golf", flag="yes")
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, ingrid.id), {}, by=db.get_one(Agent, nora.id), custom={"choice": "Sailing", "flag": False})
        edit_company(db, db.get_one(Company, company.id), {}, by=db.get_one(Agent, nora.id), custom={"fleet": 12})
    shown = words(page(agent_client, f"/persons/{ingrid.uid}/history"))
    assert "My choice" in shown and "Golf" in shown and "Sailing" in shown and "yes" in shown
    assert "Fleet" in words(page(agent_client, f"/companies/{company.uid}/history")) and "12" in words(page(agent_client, f"/companies/{company.uid}"))


def test_nothing_is_sent_to_a_custom_field(agent_client: FlaskClient, fields: dict[str, CustomField], fresh_database: Database, company: Company,
                                           nora: Agent) -> None:
    """W24: an address kept in a field of one's own is no address of the desk: nobody is reached or found by it, and no link offers to write."""
    ingrid = person(fresh_database, company, nora, email="gammel@kunde.example")
    with fresh_database.read() as db:
        assert db.scalars(select(Address.value)).all() == [] and not search_persons(db, "gammel@kunde.example").rows
    shown = page(agent_client, f"/persons/{ingrid.uid}")
    assert "gammel@kunde.example" in shown and "mailto:gammel" not in shown and "to=gammel" not in shown


def test_copied_to_another_company(fields: dict[str, CustomField], fresh_database: Database, company: Company, nora: Agent) -> None:
    """W88: all data fields go along; a field of the duplicate rule stays with the original (0.17)."""
    ingrid = person(fresh_database, company, nora, text="M-1", choices=["Golf"])
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["custom.text"]])
        other, by = create_company(db, "Annen AS", by=nora.uid), db.get_one(Agent, nora.id)
        made = copy_card(db, db.get_one(Person, ingrid.id), other, position=None, by=by)
    assert held(fresh_database, made) == {"choices": ["Golf"]}


def test_merged_field_by_field_and_taken_apart(fields: dict[str, CustomField], fresh_database: Database, company: Company, nora: Agent) -> None:
    """W92, W93, C19: each field is chosen by itself, an empty one is filled, and parting gives all of it back."""
    one = person(fresh_database, company, nora, text="one", choice="Golf", choices=["Golf", "Sailing"], number=0)
    two = person(fresh_database, company, nora, "Solheim-Moe", text="two", choice="Sailing")
    with fresh_database.write() as db:
        merge(db, db.get_one(Person, one.id), db.get_one(Person, two.id), {"custom.choice": "from"}, by=db.get_one(Agent, nora.id))
    assert held(fresh_database, two) == {"text": "two", "choice": "Golf", "choices": ["Golf", "Sailing"], "number": 0}
    with fresh_database.write() as db:
        unmerge(db, db.get_one(Person, one.id), by=db.get_one(Agent, nora.id))
    assert held(fresh_database, one) == {"text": "one", "choice": "Golf", "choices": ["Golf", "Sailing"], "number": 0}
    assert held(fresh_database, two) == {"text": "two", "choice": "Sailing"}


@pytest.mark.parametrize(("kind", "mine", "same"), [("text", "M-1 Å", "m-1 aa"), ("number", "12", 12.0), ("date", "1980-02-01", "1980-02-01")])
def test_a_field_of_the_duplicate_rule(fields: dict[str, CustomField], fresh_database: Database, company: Company, nora: Agent, kind: str,
                                       mine: Any, same: Any) -> None:
    """W83, W86: a field of one's own can be what tells a duplicate, alone or with another; the refusal names it."""
    person(fresh_database, company, nora, **{kind: mine})
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [[f"custom.{kind}", "first_name"]])
    person(fresh_database, company, nora, "Other", choice="Golf")
    with pytest.raises(Conflict) as refused:
        person(fresh_database, company, nora, "Moe", **{kind: same})
    assert f"custom.{kind}" in refused.value.errors and f"My {kind}" in refused.value.sentence


def test_the_rule_is_chosen_among_them(admin_client: FlaskClient, fields: dict[str, CustomField]) -> None:
    """W85: the fields of one's own stand beside the others; a choice that many share does not stand alone."""
    assert "My text" in page(admin_client, "/settings/duplicates")
    assert "Choose a second field." in said(admin_client, "/settings/duplicates", field_0="custom.choice")
    post(admin_client, "/settings/duplicates", field_0="custom.text", field_1="custom.choice", also_1="name")


def test_erasing_takes_what_is_declared_personal(fields: dict[str, CustomField], fresh_database: Database, jonas: Agent, company: Company,
                                                 nora: Agent) -> None:
    ingrid = person(fresh_database, company, nora, text="M-1", number=7)
    with fresh_database.write() as db:
        save_field(db, db.get_one(CustomField, fields["number"].id), {"personal": False}, by=db.get_one(Agent, jonas.id))
        forget_personal(db, db.get_one(Person, ingrid.id))
    assert held(fresh_database, ingrid) == {"number": 7}
    assert all(CustomValue.__table__.c[name].info["erase"] == "delete_row" for name in ("text", "folded", "number", "day"))


def test_names_follow_the_language(fields: dict[str, CustomField]) -> None:
    from core.i18n import speaking
    with speaking("nb"):
        assert (fields["company"].label, fields["text"].label) == ("Flåte", "My text")


def test_retired_values_cannot_be_changed(fields: dict[str, CustomField], fresh_database: Database, company: Company, nora: Agent, jonas: Agent) -> None:
    person(fresh_database, company, nora, text="M-1")
    with fresh_database.write() as db:
        retire_field(db, db.get_one(CustomField, fields["text"].id), by=db.get_one(Agent, jonas.id))
    with pytest.raises(Refused):
        person(fresh_database, company, nora, "Moe", text="M-2")


def said(client: FlaskClient, url: str, **form: Any) -> str:
    """A form that is refused."""
    with client.post(url, data=form) as answer:
        assert answer.status_code in (409, 422)
        return words(answer.text)
