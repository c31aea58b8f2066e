"""Projects found at every key, ticked into a selection, and selected by criteria; nothing is wrong on the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.matter_kinds import PROJECTS
from contacts.matters import add_matter
from core.database import Database
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


def test_projects_are_found_and_selected(open_page: Any, fresh_database: Database) -> None:  # noqa: F811
    with fresh_database.write() as db:
        by = db.scalars(select(Agent).where(Agent.email == "nora@desk.example")).one()
        havn = new_company(db, {"name": "Ærøskøbing Havn"}, by=by)
        for title, state in (("Ny brygge", "open"), ("Låven på Nes", "open"), ("Tårnet", "done"), ("Blåbærhagen", "planned")):
            add_matter(db, PROJECTS, {"title": title, "state": state, "company_id": havn.id if "bryg" in title else None, "starts_on": date(2026, 3, 1)}, by=by)
    page, wrong = open_page("/projects?whose=mine&state=open&state=done"), {}

    def looked_at(name: str) -> None:
        shot(page, f"projects-{name}")
        wrong[name] = flaws(page)

    page.keyboard.press("Escape")
    page.fill(".find [name=q]", "taar")
    page.wait_for_selector("#found:not(:has-text('Ny brygge')):has-text('Tårnet')")
    assert "whose=mine" in page.url and "state=open" in page.url and page.input_value(".find [name=q]") == "taar"
    assert "q=taar" in str(page.get_attribute("#file a", "href")) and "q=taar" in str(page.get_attribute("#kinds a", "href"))
    looked_at("found")
    page.fill(".find [name=q]", "aeroe")
    page.wait_for_selector("#found:has-text('Ny brygge'):not(:has-text('Tårnet'))")
    page.fill(".find [name=q]", "")
    page.wait_for_selector("#found:has-text('Låven')")
    page.check("tr:has-text('Ny brygge') [name=uids]")
    page.check("tr:has-text('Tårnet') [name=uids]")
    page.wait_for_selector("#many:has-text('2 chosen')")
    looked_at("ticked")
    page.click("#many >> text=Add")
    page.fill("[name=name]", "Picked")
    page.click("[data-save-button]")
    page.wait_for_selector("h1:has-text('Picked')")
    looked_at("selection")
    page.set_viewport_size(NARROW)
    looked_at("selection-narrow")
    page.goto(page.url.split("/selections")[0] + "/projects")
    looked_at("list-narrow")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(page.url.split("/projects")[0] + "/selections/new?of=projects&kind=dynamic")
    page.select_option("[name=field_0]", "company")
    page.wait_for_selector("[name=value_0]")
    page.fill("[name=value_0]", "havn")
    page.wait_for_selector(".criteria__count:has-text('1 project')")
    looked_at("criteria")
    page.goto(page.url.split("/selections")[0] + "/selections")
    page.click("text=Picked")
    page.click("text=Actions")
    page.click("text=Change …")
    page.wait_for_selector("text=Change fields")
    looked_at("acts")
    assert not any(wrong.values()), wrong
