"""Linking, moving and copying a person in a real browser: by keyboard alone, and without scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from contacts.activity import Activity, ActivityParticipant
from contacts.companies import new_company
from contacts.editing import employ
from contacts.person import Employment, Person
from core.database import Database
from tests.browser.test_addresses import flaws, shot
from tests.browser.test_kit import NARROW, WIDE
from tests.browser.test_ticket_page import (  # noqa: F401 - fixtures
    address,
    chromium,
    desk,
    open_page,
    pytestmark,
)


@pytest.fixture
def ole(desk: list[int], fresh_database: Database) -> str:  # noqa: F811
    """Ole works at Kunde AS, where two things were done with him; their uid."""
    with fresh_database.write() as db:
        person = db.scalars(select(Person).where(Person.first_name == "Ole")).one()
        kunde, _workshop = (new_company(db, {"name": name}, by=None) for name in ("Kunde AS", "Værksted A/S"))
        employ(db, person, kunde, position="IT technician")
        db.add_all(Activity(kind="call", title=title, at=datetime(2026, month, 3, 12, tzinfo=UTC), company_id=kunde.id,
                            participants=[ActivityParticipant(person_id=person.id)]) for title, month in (("Renewal", 9), ("Welcome", 11)))
        return person.uid


def stand(database: Database) -> tuple[list[tuple[str, bool]], dict[str, str]]:
    with database.read() as db:
        return ([(job.company.name, job.ended_on is None) for job in db.scalars(select(Employment).order_by(Employment.id))],
                {one.title: one.company.name for one in db.scalars(select(Activity))})


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _n in range(200):
        if page.evaluate("(to) => document.activeElement?.matches(to)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached")


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_moved_by_keyboard_alone(open_page: Any, ole: str, fresh_database: Database, viewport: dict[str, int], scheme: str) -> None:  # noqa: F811
    """S35, S41, W90, W95: from the card to the confirmed move, and back."""
    page = open_page(f"/persons/{ole}", viewport=viewport, color_scheme=scheme)
    tab_to(page, ".functions summary")
    page.keyboard.press("Enter")
    tab_to(page, 'a[href$="/move"].menu__item')
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Move Ole')")
    found = {"move": flaws(page)}
    tab_to(page, "[name=company]")
    page.keyboard.type("Værksted A/S")
    tab_to(page, "[name=on]")
    page.fill("[name=on]", "2026-11-01")        # how a day is typed is the browser's
    tab_to(page, "[name=take]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#shown")
    shot(page, f"move-shown-{scheme}")
    found["shown"] = flaws(page)
    before = stand(fresh_database)
    assert before[0] == [("Kunde AS", True)]
    page.locator("#shown [type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#moves")
    assert stand(fresh_database) == ([("Kunde AS", False), ("Værksted A/S", True)], {"Renewal": "Kunde AS", "Welcome": "Værksted A/S"})
    found["companies"] = flaws(page)
    page.goto(f"/persons/{ole}?as_of=2026-10-31")
    page.wait_for_selector("text=IT technician at Kunde AS")
    found["then"] = flaws(page)
    page.goto(f"/persons/{ole}/companies")
    tab_to(page, "#moves button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It is as before.")
    assert stand(fresh_database) == before
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_linked_and_copied(open_page: Any, ole: str, fresh_database: Database, scripts: bool) -> None:  # noqa: F811
    """T9, T10, T18, T19, W87: search, mark, add; a new company in the same flow; a copy."""
    page = open_page(f"/persons/{ole}/companies", java_script_enabled=scripts)
    page.get_by_role("link", name="Link to company").click()
    page.locator(".find--wide input[name=q]").fill("ærkst")
    page.locator(".find--wide input[name=q]").press("Enter")
    page.get_by_label("Værksted A/S").check()
    page.get_by_role("textbox", name="Position").fill("Board member")
    shot(page, f"link-{scripts}")
    found = flaws(page) if scripts else []
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("text=is linked to Værksted A/S")
    page.goto(f"/persons/{ole}/companies/new?q=Fjordhaven")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("text=is linked to Fjordhaven")
    page.goto(f"/persons/{ole}/copy")
    found += flaws(page) if scripts else []
    page.fill("[name=company]", "Fjordhaven")
    page.get_by_label("A second card", exact=False).first.check()
    page.get_by_role("button", name="Copy").click()
    page.wait_for_selector("text=has a second card, at Fjordhaven")
    assert [name for name, _now in stand(fresh_database)[0]] == ["Kunde AS", "Værksted A/S", "Fjordhaven", "Fjordhaven"]
    assert found == []
