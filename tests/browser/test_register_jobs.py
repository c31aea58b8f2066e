"""Whoever keeps a register, by keyboard alone: created, several in one go, related, merged and taken apart, laid out, imported.

Linking, moving with a date and copying are walked in ``test_employed``.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.arranging import add_panel, set_up
from contacts.company import Company
from contacts.creating import create_company
from contacts.custom_fields import save_field
from contacts.custom_values import custom_of
from contacts.editing import create_person
from contacts.layouts import in_force, save_layout
from contacts.person import Person
from contacts.relation import Relation
from core.database import Database
from jobs import operations
from tests.browser.test_addresses import flaws, shot
from tests.browser.test_kit import NARROW
from tests.browser.test_ticket_page import (  # noqa: F401 - fixtures
    address,
    chromium,
    desk,
    go,
    open_page,
    pytestmark,
)

ROWS = "First name;Last name;E-mail;Company\nÅse;Ødegård;aase@fjord.example;Fjord AS\nTove;Lund;tove@fjord.example;Fjord AS\n"


def to(page: Any, selector: str, key: str = "Tab") -> None:
    """Press Tab until the element has the focus."""
    for _n in range(220):
        if page.evaluate("(to) => document.activeElement?.matches(to)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached")


def press(page: Any, selector: str) -> None:
    to(page, selector)
    page.keyboard.press("Enter")


def write(page: Any, **values: str) -> None:
    """Fill in fields, each reached by Tab, and save with Ctrl+S."""
    for name, value in values.items():
        to(page, f"[name={name}]")
        page.keyboard.type(value)
    page.keyboard.press("Control+s")


def persons(database: Database) -> dict[str, Person]:
    with database.read() as db:
        return {one.name: one for one in db.scalars(select(Person).where(Person.merged_into_id.is_(None)))}


def test_a_register_is_kept_by_keyboard(open_page: Any, fresh_database: Database) -> None:  # noqa: F811
    """W8, W17-W19, W92, W93, C19, S49, S50: the jobs one after the other; at each page nothing is wrong."""
    page, wrong = open_page("/quick/company"), {}

    def looked_at(name: str, text: str) -> None:
        page.wait_for_selector(f"text={text}")
        shot(page, f"job-{name}")
        wrong[name] = flaws(page)

    write(page, name="Verft AS")
    page.wait_for_selector("text=Add a person here")
    press(page, ".quick__made a.why-link")
    page.wait_for_selector("[name=first_name]")
    write(page, first_name="Livia", last_name="Strand")
    page.wait_for_selector(".quick__made >> text=Livia Strand")
    looked_at("quick", "Made in this go")
    go(page, "/persons")
    press(page, "a[href='/persons/new'].btn")
    page.wait_for_selector("[name=first_name]")
    looked_at("create-form", "New person")
    write(page, first_name="Liv", last_name="Strand", company="Verft AS")
    looked_at("created", "Liv Strand")
    there = persons(fresh_database)
    assert {"Liv Strand", "Livia Strand"} <= there.keys()
    livia, liv = there["Livia Strand"], there["Liv Strand"]

    go(page, f"/persons/{livia.uid}/relations")
    press(page, "a[href*='/relations/new']")
    page.wait_for_selector("[name=kind]")
    to(page, "[name=kind]")
    page.keyboard.press("ArrowDown")
    to(page, "[name=q]")
    page.keyboard.type("Liv Strand")
    page.wait_for_selector("[name=other]")
    to(page, "[name=other]")
    page.keyboard.press("Space")
    looked_at("relation", "To whom")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/relations")
    with fresh_database.read() as db:
        assert len(db.scalars(select(Relation)).all()) == 1

    go(page, f"/persons/{livia.uid}")
    press(page, ".functions .menu:last-of-type summary")
    press(page, "a[href$='/merge'].menu__item")
    page.wait_for_selector("text=Who is the other record?")
    press(page, f"a[href$='/merge/{liv.uid}']")
    looked_at("merge", "Which information stands")
    press(page, "form button[type=submit].btn-primary")
    page.wait_for_url(f"**/persons/{liv.uid}**")
    assert "Livia Strand" not in persons(fresh_database)
    looked_at("merged", "Merged from")
    press(page, "aside a.why-link[href*='unmerge']")
    looked_at("unmerge", "What goes back to Livia")
    press(page, "form button[type=submit].btn-primary")
    page.wait_for_selector("h1:has-text('Livia Strand')")
    assert {"Liv Strand", "Livia Strand"} <= persons(fresh_database).keys()

    go(page, f"/layouts/person?tab=details&back=/persons/{livia.uid}")
    press(page, "button[data-kind=figures]")
    page.wait_for_selector("#setup")
    to(page, "#f-name")
    page.keyboard.type("What happened")
    page.keyboard.press("Enter")
    page.wait_for_selector(".slot__name:has-text('What happened')")
    looked_at("layout", "not saved")
    press(page, "#save button[value=own]")
    page.wait_for_selector("text=The layout is in force for you.")
    with fresh_database.read() as db:
        nora = db.scalars(select(Agent).where(Agent.email == "nora@desk.example")).one()
        assert "What happened" in str(in_force(db, "person", nora).content)
    assert {name: said for name, said in wrong.items() if said} == {}


def test_a_file_is_imported_and_taken_back(open_page: Any, fresh_database: Database) -> None:  # noqa: F811
    """From the file to the approved import and its undo, in a narrow window, where the keys that go somewhere work too."""
    page = open_page("/operations", viewport=NARROW, color_scheme="dark")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/persons")
    go(page, "/operations")
    press(page, "a[href^='/imports/new']")
    page.wait_for_selector("[name=file]")
    page.set_input_files("[name=file]", {"name": "persons.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    press(page, "form button[type=submit].btn-primary")
    page.wait_for_selector("text=What each column is")
    shot(page, "job-import-columns")
    wrong = flaws(page)
    press(page, "form button[type=submit].btn-primary:not([name])")
    page.wait_for_url("**/operations/**")
    operations.run()
    go(page)
    shot(page, "job-import-planned")
    wrong += flaws(page)
    with page.expect_navigation():
        press(page, "button[type=submit].btn-primary")
    operations.run()
    go(page)
    assert {"Åse Ødegård", "Tove Lund"} <= persons(fresh_database).keys()
    shot(page, "job-import-done")
    wrong += flaws(page)
    with fresh_database.read() as db:
        assert db.scalars(select(Company.name).where(Company.name == "Fjord AS")).all() == ["Fjord AS"]
    with page.expect_navigation():
        press(page, "form[action$='/undo'] button")
    operations.run()
    assert not {"Åse Ødegård", "Tove Lund"} & persons(fresh_database).keys()
    assert wrong == []


@pytest.mark.parametrize(("of", "tab"), [("person", "fields"), ("company", "overview")])
def test_fields_of_ones_own_are_changed_where_they_stand(open_page: Any, fresh_database: Database, of: str, tab: str) -> None:  # noqa: F811
    """W56: all nine kinds by keyboard alone, and what is wrong is said beside the field, with all that was typed still there."""
    kinds = ("text", "long", "number", "date", "flag", "choice", "choices", "link", "email")
    with fresh_database.write() as db:
        nora = db.scalars(select(Agent).where(Agent.email == "nora@desk.example")).one()
        for kind in kinds:
            save_field(db, None, {"of": of, "name": f"Our {kind}", "key": kind, "kind": kind, "choices": ["Small", "Large"]}, by=nora)
        content = in_force(db, of, nora).content
        set_up(content, tab, add_panel(content, tab, "fields"), "Ours", {"fields": [f"{of}-custom.{kind}" for kind in kinds]})
        save_layout(db, of, content, owner=nora.uid, by=nora)
        company = create_company(db, "Kunde AS", by=nora.uid)
        whose: Any = create_person(db, {"last_name": "Moe"}, by=nora, employments=[{"company": company}]) if of == "person" else company
    page = open_page(f"/{'persons' if of == 'person' else 'companies'}/{whose.uid}")

    def at(kind: str) -> str:
        return f"[name='{of}-custom.{kind}']"
    for kind, said in (("text", "Red"), ("long", "Much to say"), ("number", "many"), ("date", "11282026"), ("flag", "N"), ("choice", "L")):
        to(page, at(kind))
        page.keyboard.type(said)
    to(page, at("choices"))
    page.keyboard.press("Space")
    for kind, said in (("link", "kunde.example"), ("email", "moe@kunde.example")):
        to(page, at(kind))
        page.keyboard.type(said)
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=Our number: Write a number")
    shot(page, f"job-own-{of}-wrong")
    wrong = [one for one in flaws(page) if "422" not in one]
    to(page, at("number"))
    page.keyboard.press("Control+a")
    page.keyboard.type("43,5")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=was saved.")
    shot(page, f"job-own-{of}")
    assert wrong + flaws(page) == []
    with fresh_database.read() as db:
        assert custom_of(db, db.get_one(type(whose), whose.id)) == {
            "text": "Red", "long": "Much to say", "number": 43.5, "date": "2026-11-28", "flag": False, "choice": "Large", "choices": ["Small"],
            "link": "https://kunde.example", "email": "moe@kunde.example"}
