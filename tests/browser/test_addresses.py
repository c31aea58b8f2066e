"""A person's addresses in a real browser: readable by everybody, wide and narrow, light and dark; and the walk through them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contacts.address import Address
from contacts.addressing import add_address, holdings_of, retire
from contacts.person import Person
from core.clock import now
from core.database import Database
from desk.outbound import OutboundMail
from tests.browser.test_kit import NARROW, WIDE, axe
from tests.browser.test_ticket_page import (  # noqa: F401 - fixtures
    address,
    chromium,
    desk,
    go,
    open_page,
    pytestmark,
)

SHOTS = os.environ.get("SKRANKE_TEST_SHOTS", "")
OLD, PRIVATE, LONG = "ole@kunde.example", "ole@privat.example", "ole.magnus.hansetvedt-lyngstad@fastighetsforvaltning.example"


@pytest.fixture
def ole(desk: list[int], fresh_database: Database) -> str:  # noqa: F811
    """Ole has three addresses in use and had one before; mail to the first comes back. Their uid."""
    with fresh_database.write() as db:
        person = db.scalars(select(Person).where(Person.first_name == "Ole")).one()
        person.preferred_language = "nb"
        for value, label in ((PRIVATE, "home"), (LONG, ""), ("+47 55 50 12 77", "switchboard"), ("ole@gammel.example", "")):
            add_address(db, person, "phone" if value.startswith("+") else "email", value, label=label, by=None)
        retire(db, next(h for h in holdings_of(db, person) if h.address.value == "ole@gammel.example"), by=None)
        bad = db.scalars(select(Address).where(Address.value == OLD)).one()
        bad.health, bad.health_at = "bouncing", now()
        return person.uid


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def flaws(page: Any) -> list[str]:
    found = [*page.complaints, *axe(page)]
    page.complaints.clear()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"{wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize(("size", "scheme", "scripts"), [
    ("wide", "light", True), ("narrow", "dark", True), ("wide", "dark", True), ("narrow", "light", True), ("narrow", "light", False)])
def test_readable_by_everybody(open_page: Any, ole: str, desk: list[int], size: str, scheme: str, scripts: bool) -> None:  # noqa: F811
    page = open_page(f"/persons/{ole}", viewport=WIDE if size == "wide" else NARROW, color_scheme=scheme, java_script_enabled=scripts)
    found = {}
    for name, path in (("person", f"/persons/{ole}"), ("addresses", f"/persons/{ole}/addresses")):
        page.goto(path)
        if name == "addresses":
            page.locator(".held-past > summary").click()
        shot(page, f"{name}-{size}-{scheme}-{scripts}")
        found[name] = flaws(page) if scripts else []
    page.locator("a", has_text="Move to another person").first.click()
    page.locator("main input[name=q], .find--wide input[name=q]").first.fill("Lunde")
    if not scripts:
        page.locator(".find--wide input[name=q]").press("Enter")
    page.wait_for_selector("text=Per Lunde")
    shot(page, f"move-{size}-{scheme}-{scripts}")
    found["move"] = flaws(page) if scripts else []
    page.goto(f"/tickets/{desk[2]}?view=all#conversation")
    page.wait_for_selector("text=Write there instead")
    shot(page, f"bounce-{size}-{scheme}-{scripts}")
    found["bounce"] = flaws(page) if scripts else []
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_confirmed_moved_and_taken_back(open_page: Any, ole: str, address: str, fresh_database: Database, scripts: bool) -> None:  # noqa: F811
    page = open_page(f"/persons/{ole}/addresses", java_script_enabled=scripts)
    line = page.locator(".held-line", has_text="privat.example")
    line.get_by_role("button", name="Mail a link").click()
    page.wait_for_selector("text=A link is on its way")
    with fresh_database.read() as db:
        [link] = [found[1] for one in db.scalars(select(OutboundMail)) if (found := re.search(r"http://[^/]+(/address/\S+)", one.text))]
    anybody = page.context.browser.new_context(base_url=address, viewport=NARROW, java_script_enabled=scripts)
    public = anybody.new_page()
    public.goto(link)
    assert "Ole" not in public.content() and public.locator("html").get_attribute("lang") == "nb"
    shot(public, f"public-{scripts}")
    public.locator("button[type=submit]").click()
    public.wait_for_selector(".notice--sure")
    shot(public, f"confirmed-{scripts}")
    anybody.close()
    page.goto(f"/persons/{ole}/addresses")
    assert "confirmed by a link" in page.locator(".held-line", has_text="privat.example").inner_text()
    page.locator(".held-line", has_text="privat.example").get_by_role("link", name="Move to another person").click()
    page.locator(".find--wide input[name=q]").fill("Lunde")
    page.locator(".find--wide input[name=q]").press("Enter")
    page.get_by_role("button", name="Move here").click()
    page.wait_for_selector("h1:has-text('Per Lunde')")
    assert page.locator(".held-line", has_text="privat.example").count() == 1
    page.goto(f"/persons/{ole}/addresses")
    page.locator(".held-past > summary").click()
    page.locator(".held-past .held-line", has_text="privat.example").get_by_role("button", name="Take back").click()
    page.wait_for_selector("text=has ole@privat.example again")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_bounces_goes_elsewhere_at_a_click_and_keeps_the_words(open_page: Any, ole: str, desk: list[int], scripts: bool) -> None:  # noqa: F811
    page = open_page(f"/tickets/{desk[2]}?view=all", java_script_enabled=scripts)
    if scripts:
        page.locator("trix-editor").first.click()
        page.keyboard.type("Is it plugged in?")
    else:
        page.fill("textarea[name=text]", "Is it plugged in?")
    page.get_by_role("button", name="Write there instead").click()
    page.wait_for_selector("text=Write there instead", state="detached")
    assert PRIVATE in page.locator("input[name=to]").first.input_value()
    said = page.locator("trix-editor").first.inner_text() if scripts else page.locator("textarea[name=text]").input_value()
    assert "Is it plugged in?" in said
    shot(page, f"instead-{scripts}")
