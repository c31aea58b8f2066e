"""Files out and in again: formulas defused, cards of both versions, and a file of ours imported changes nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.company import Category
from contacts.creating import create_company
from contacts.custom_fields import save_field
from contacts.custom_values import cleaned, set_custom
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.exporting import COMPANIES, PERSONS, company_rows, head, person_cards, person_rows
from contacts.importing_choices import begin_import, choose_columns
from contacts.importing_columns import guess
from contacts.importing_files import defused, restored
from contacts.infotags import put_on, save_infotag
from contacts.person import Person
from contacts.vcard_reading import as_table, cards, is_vcards
from core.database import Database
from core.operations import Operation, OperationItem
from jobs import operations as job


@pytest.fixture
def nora(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")


@pytest.fixture
def aase(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        category = Category(name="Customer; big")
        db.add(category)
        db.flush()
        company = create_company(db, "Kunde, Sønn & Co AS", domains=["kunde.example"], website="https://kunde.example", address="Storgata 1\n0155 Oslo")
        person = create_person(db, {"first_name": "Åse", "last_name": "=HYPERLINK(1)", "title": "@boss", "preferred_language": "nb", "category_id": category.id,
                                    "customer_number": "-77"}, by=nora, employments=[{"company": company, "position": "+1 Chief"}])
        for kind, value in (("email", "ase@kunde.example"), ("email", "ase@home.example"), ("phone", "22 86 44 00"), ("link", "https://kunde.example/ase")):
            add_address(db, person, kind, value, by=nora)
        return person


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=6) | st.from_regex(r"'{0,2}[-=+@\t].?", fullmatch=True)
       | st.text("',;\t\n=+a", max_size=8))
def test_no_cell_is_a_formula_and_all_come_back(cell: str) -> None:
    """What a spreadsheet would take for a formula is defused, and restored where the file comes back."""
    assert restored(defused(cell)) == cell
    assert not any(part.startswith(("=", "+", "-", "@")) for part in re.split("[,;\t\r\n]", defused(cell)))
    assert not defused(cell).startswith(("\t", "\r"))


def test_a_file_of_ours_imported_changes_nothing(fresh_database: Database, nora: Agent, aase: Person) -> None:
    assert len(guess(PERSONS, "persons")) == len(PERSONS) and len(guess(COMPANIES, "companies")) == len(COMPANIES)
    with fresh_database.write() as db:      # fields of one's own too, whatever they are called, and infotags
        person, values = db.get_one(Person, aase.id), {"title": "=1+1", "size": 7.5, "colours": ["Red", "Blue"], "vip": False, "ends": "2030-01-01"}
        golf = save_infotag(db, None, {"name": "Golf"}, by=nora)
        for of, card in (("person", person), ("company", person.employments[0].company)):
            for name, kind in (("Title" if of == "person" else "Phone", "text"), ("Size", "number"), ("Colours", "choices"), ("Vip", "flag"), ("Ends", "date")):
                save_field(db, None, {"of": of, "name": name, "key": "title" if kind == "text" else "", "kind": kind, "choices": ["Red", "Blue"] if kind == "choices" else []}, by=nora)
            set_custom(db, card, cleaned(db, type(card), values))
            put_on(db, card, golf, by=nora)
        files = {"persons": head(db, "persons") + person_rows(db, [person]),
                 "companies": head(db, "companies") + company_rows(db, [person.employments[0].company])}
    assert "'=HYPERLINK(1)" in files["persons"] and "'+47 22 86 44 00" in files["persons"] and "'-77" in files["persons"]
    assert all("Red; Blue" in text and ";no;2030-01-01" in text and "custom.title" in text and "Golf" in text for text in files.values())
    for what, text in files.items():
        with fresh_database.write() as db:
            operation = begin_import(db, what, text.encode(), "file.csv", by=nora)
            choose_columns(db, operation, operation.given["columns"])
        job.run()
        with fresh_database.read() as db:
            item = db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id)).one()
            assert (item.state, item.reason, item.data["after"]) == ("skipped", "Nothing in this row is new.", {}), item.data


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_cards_out_and_in(fresh_database: Database, nora: Agent, aase: Person, version: str) -> None:
    """Both versions hold names, company, position, addresses; what is read from them is the same person."""
    with fresh_database.read() as db:
        text = person_cards(db, [db.get_one(Person, aase.id)] * 2, version)
    assert text.count(f"VERSION:{version}") == 2 and is_vcards(text.encode())
    card = next(cards(text.encode()))
    assert card | {"Language": [""]} == {
        "First name": ["Åse"], "Last name": ["=HYPERLINK(1)"], "Company": ["Kunde, Sønn & Co AS"], "Job title": ["+1 Chief"], "Language": [""],
        "E-mail": ["ase@kunde.example", "ase@home.example"], "Phone": ["+47 22 86 44 00"], "URL": ["https://kunde.example/ase"]}
    with fresh_database.write() as db:
        operation = begin_import(db, "persons", as_table(text.encode()), "cards.vcf", by=nora)
        choose_columns(db, operation, operation.given["columns"])
    job.run()
    with fresh_database.read() as db:
        assert db.get_one(Operation, operation.id).result["items"] == {"skipped": 2}
        assert next(item.subject_uid for item in db.scalars(select(OperationItem).order_by(OperationItem.id))) == aase.uid


def test_cards_of_old_telephones() -> None:
    """Version 2.1 in quoted-printable, groups, folded lines."""
    raw = (b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:B=C3=B8;=C3=85se;;;\r\nTEL;CELL:+47 22 86 44 00\r\n"
           b"item1.EMAIL;PREF;INTERNET:ase@\r\n kunde.example\r\nORG:Kunde\\; S\xc3\xb8nn;Avdeling\r\nEND:VCARD\r\n")
    assert next(cards(raw)) == {"Last name": ["Bø"], "First name": ["Åse"], "Phone": ["+47 22 86 44 00"], "E-mail": ["ase@kunde.example"],
                                "Company": ["Kunde; Sønn"]}
